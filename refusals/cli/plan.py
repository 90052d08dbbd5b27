"""`refusals plan` says what a run would ask, and calls nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

import click

from refusals.cli._options import Asked, measured, study_of

if TYPE_CHECKING:
    from refusals.pipeline import Prepared
    from refusals.prompts import Prompt

BYTES_PER_TOKEN = 4


@click.command("plan")
@measured
def command(asked: Asked) -> None:
    """Print the cells, calls, tokens and cost of a run by system and language, and what each gate needs.

    Tokens are estimated at four UTF-8 bytes each. The cost is that of a token a byte and of answers of
    `max-tokens`, each cell asked once; what a judge model costs comes on top.
    """
    from refusals.pipeline import prepare

    prepared = asyncio.run(prepare(study_of(asked)))
    plan = prepared.plan
    click.echo(f"{len(plan.trials):,} cells, seed {plan.seed}, policy {plan.policy}")
    _cells(prepared)
    _gates(prepared)


def _cells(prepared: Prepared) -> None:
    specs = {spec.name: spec for spec in prepared.study.systems}
    cells: Counter[tuple[str, str]] = Counter()
    sent: Counter[tuple[str, str]] = Counter()
    size: Counter[tuple[str, str]] = Counter()
    for trial in prepared.plan.trials:
        key = (trial.system, trial.language)
        cells[key] += 1
        if trial.withheld is None:
            sent[key] += 1
            size[key] += _bytes(trial.prompt)
    click.echo(f"{'system':24} {'language':10} {'cells':>7} {'calls':>7} {'tokens in':>10} {'USD at most':>12}")
    for key in sorted(cells):
        spec = specs.get(key[0])
        price_in, price_out = (spec.price_in, spec.price_out) if spec else (None, None)
        cost = "-"
        if spec and price_in is not None and price_out is not None:
            cost = f"{(size[key] * price_in + sent[key] * spec.max_tokens * price_out) / 1e6:.2f}"
        tokens = size[key] // BYTES_PER_TOKEN
        click.echo(f"{key[0]:24} {key[1]:10} {cells[key]:7,} {sent[key]:7,} {tokens:10,} {cost:>12}")


def _bytes(prompt: Prompt) -> int:
    words = (prompt.text, prompt.reply or "", *(turn.text for turn in prompt.turns))
    return sum(len(each.encode()) for each in words)


def _gates(prepared: Prepared) -> None:
    from refusals.statistics.intervals import clopper_pearson, needed_families

    for gate in prepared.study.gates:
        families = {trial.family for trial in prepared.plan.trials if trial.label == gate.label}
        if not families:
            click.echo(f"gate {gate.measure} {gate.label} at {gate.limit:.1%}: no family is selected")
            continue
        reach = clopper_pearson(0, len(families))[1]
        needed = needed_families(gate.limit) if 0 < gate.limit < 1 else None
        click.echo(
            f"gate {gate.measure} {gate.label} at {gate.limit:.1%}: needs {needed or '-'} families without an error; "
            f"{len(families)} are selected, which leave an upper bound of {reach:.1%}"
        )
