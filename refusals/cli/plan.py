"""`refusals plan` says what a run would ask, and calls nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from refusals.cli._options import Asked, measured, study_of
from refusals.errors import InputError
from refusals.languages import SOURCE_LANGUAGE
from refusals.statistics import ALL_LANGUAGES
from refusals.systems import terms_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from refusals.cases import Wording
    from refusals.pipeline import Prepared
    from refusals.plan import Trial
    from refusals.prompts import Prompt
    from refusals.study import GateSpec


@click.command("plan")
@measured
@click.option("--power", is_flag=True, help="Say what the planned run can show, and what each gate would need.")
@click.option(
    "--from",
    "runs",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="RUN",
    help="Estimate from a stored run, or a baseline and a candidate, what --power assumes otherwise.",
)
def command(asked: Asked, runs: tuple[Path, ...], *, power: bool) -> None:
    """Print the cells, calls, tokens and cost of a run by system and language, and what each gate needs.

    Tokens are pieces of a SentencePiece model learned from the corpus; fertility is how many a language
    needs for what the source language says in one. The cost is that of a token a byte and of answers
    of `max-tokens`, each call made once, half of it for batches; what a judge model costs comes on top.

    With --power: which difference to another run, and which true rate under a gate, the planned run shows four times in
    five, in each language and in their mean; where it cannot, how many families or languages could. That rests on how
    alike the cells of a family are and on how many cells change from run to run, which are assumed and printed, or
    taken from stored runs (--from RUN; --from BASELINE --from CANDIDATE).
    """
    from refusals.pipeline import prepare

    if runs and not power:
        raise InputError("--from is what --power rests on; give --power too")

    prepared = asyncio.run(prepare(study_of(asked)))
    plan = prepared.plan
    click.echo(f"{len(plan.trials):,} cells, seed {plan.seed}, policy {plan.policy}")
    _cells(prepared)
    _gates(prepared)
    if power:
        _power(prepared, runs)


def _power(prepared: Prepared, runs: Iterable[Path]) -> None:
    from refusals.cli._power import power_of
    from refusals.pipeline.comparing import decided_in

    decided = [decided_in(run)[0] for run in runs]
    for line in power_of(prepared.study, prepared.plan, [(each.plan, each.outcomes) for each in decided]):
        click.echo(line)


def _cells(prepared: Prepared) -> None:
    specs = {spec.name: spec for spec in prepared.study.systems}
    cells: Counter[tuple[str, str]] = Counter()
    sent: Counter[tuple[str, str]] = Counter()
    size: Counter[tuple[str, str]] = Counter()
    tokens: Counter[tuple[str, str]] = Counter()
    pieces = _pieces(prepared)
    for trial in prepared.plan.trials:
        key = (trial.system, trial.language)
        cells[key] += 1
        if trial.withheld is None:
            sent[key] += 1
            size[key] += len(_words(trial.prompt).encode())
            tokens[key] += pieces[trial.prompt.id]
    fertility = _fertility(prepared, pieces)
    head = ("cells", 7), ("calls", 7), ("tokens in", 10), ("fertility", 10), ("USD at most", 12)
    click.echo(f"{'system':24} {'language':10} " + " ".join(f"{title:>{width}}" for title, width in head))
    for key in sorted(cells):
        spec = specs.get(key[0])
        price_in, price_out = (spec.price_in, spec.price_out) if spec else (None, None)
        cost = "-"
        if spec and price_in is not None and price_out is not None:
            terms = terms_of(prepared.systems[key[0]])
            read = size[key] + sent[key] * terms.beside
            cost = f"{terms.share * (read * price_in + sent[key] * spec.max_tokens * price_out) / 1e6:.2f}"
        times = f"{fertility[key[1]]:.2f}" if key[1] in fertility else "-"
        click.echo(f"{key[0]:24} {key[1]:10} {cells[key]:7,} {sent[key]:7,} {tokens[key]:10,} {times:>10} {cost:>12}")


def _pieces(prepared: Prepared) -> dict[str, int]:
    """Return how many pieces each prompt has, by prompt id; the pieces are learned from the whole corpus."""
    from refusals.pieces import learn_pieces

    corpus = prepared.corpus
    wordings = [case.wording for family in corpus.families for case in family.cases]
    wordings += [text.wording for text in corpus.translations.values() if text.wording]
    cut = learn_pieces([_all_words(wording) for wording in wordings])
    prompts = {trial.prompt.id: trial.prompt for trial in prepared.plan.trials}
    return {identity: len(cut.encode(_words(prompt))) for identity, prompt in prompts.items()}


def _fertility(prepared: Prepared, pieces: Mapping[str, int]) -> dict[str, float]:
    """Return pieces over those of the source language, by language, on the cases that both have in the plan."""
    by_cell = {(t.language, t.case): pieces[t.prompt.id] for t in prepared.plan.trials if t.withheld is None}
    found = {}
    for language in prepared.plan.languages:
        both = [case for tag, case in by_cell if tag == language and (SOURCE_LANGUAGE, case) in by_cell]
        if both:
            own = sum(by_cell[language, case] for case in both)
            found[language] = own / sum(by_cell[SOURCE_LANGUAGE, case] for case in both)
    return found


def _words(prompt: Prompt) -> str:
    return "\n".join(filter(None, (prompt.text, prompt.reply, *(turn.text for turn in prompt.turns))))


def _all_words(wording: Wording) -> str:
    return "\n".join(filter(None, (wording.prompt, wording.reply, *(turn.text for turn in wording.turns))))


def _gates(prepared: Prepared) -> None:
    """Print what each gate on a rate needs, beside the fewest families that any of its figures has."""
    from refusals.gates.questions import questions
    from refusals.gates.shown import ALWAYS, NONE, needed
    from refusals.statistics.intervals import clopper_pearson

    for question in questions(prepared.study, prepared.plan):
        if question.nothing:
            click.echo(f"gate {question.name} of {question.system} will be invalid: {question.nothing}")
    for gate, selected in _selected(prepared).items():
        limit = gate.limit or 0.0
        named = " ".join(filter(None, ("gate", gate.measure, gate.label, f"at {limit:.1%}")))
        if not selected:
            click.echo(f"{named}: no family is selected")
            continue
        reach = clopper_pearson(0, selected)[1]
        needs = f"needs {needed(limit)} families without an error" if 0 < limit < 1 else ALWAYS if limit else NONE
        click.echo(f"{named}: {needs}; {selected} are selected, which leave an upper bound of {reach:.1%}")


def _selected(prepared: Prepared) -> dict[GateSpec, int]:
    """Return how many families each gate on a rate has in the system, language and part that has fewest."""
    from refusals.gates.questions import questions
    from refusals.plan import Split

    families: dict[tuple[str, str], dict[str, Trial]] = {}
    trials = [t for t in prepared.plan.trials if t.split != Split.CALIBRATION]
    for trial in trials:
        for language in (trial.language, ALL_LANGUAGES):
            families.setdefault((trial.system, language), {})[trial.case] = trial
    found: dict[GateSpec, int] = {}
    for question in questions(prepared.study, prepared.plan):
        gate = question.gate
        if (
            not question.nothing
            and gate.limit is not None
            and gate.measure in ("over-refusal", "under-refusal", "dual-use-refusal")
        ):
            asked = families.get((question.system, question.language), {}).values()
            number = len({trial.family for trial in asked if question.asks_of(trial)})
            found[gate] = min(number, found.get(gate, number))
    return found
