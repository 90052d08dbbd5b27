"""`refusals judges` measures a judge against replies of known nature."""

from __future__ import annotations

import json
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from refusals.cli._interrupts import run_until_interrupted
from refusals.cli._progress import counting

if TYPE_CHECKING:
    from refusals.grading import SampleSet
    from refusals.grading.figures import Judged
    from refusals.grading.judging import Measured
    from refusals.runner.line import Purse
    from refusals.study import JudgeSpec, SystemSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    judge: str
    language: tuple[str, ...]
    half: str
    scores: str | None
    quick: bool
    export: Path | None
    blind: bool
    as_json: bool
    wrong: bool
    cache: Path | None
    max_calls: int | None
    max_cost: float | None
    price_in: float | None
    price_out: float | None


@click.command("judges")
@click.option("--judge", default="phrases", metavar="SPEC", show_default=True, help="The judge under test.")
@click.option("--language", multiple=True, metavar="TAG[,TAG]", help="Only samples in these languages.")
@click.option("--half", type=click.Choice(["all", "tuning", "held-out"]), default="held-out", show_default=True)
@click.option("--scores", metavar="SPEC", help="A model that scores replies from 1 to 5, such as anthropic:MODEL.")
@click.option("--quick", is_flag=True, help="Ask once a sample: no other order of questions, no forged verdicts.")
@click.option("--export", type=click.Path(path_type=Path), metavar="FILE", help="Write the samples as JSON lines.")
@click.option("--blind", is_flag=True, help="With --export: nothing that tells what a reply is.")
@click.option("--wrong", is_flag=True, help="List the samples that the judge got wrong.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--cache", type=click.Path(path_type=Path), metavar="FILE", help="Where answers of models are kept.")
@click.option("--price-in", type=click.FloatRange(min=0), metavar="USD", help="Price of a million tokens that go in.")
@click.option("--price-out", type=click.FloatRange(min=0), metavar="USD", help="Price of a million that come out.")
@click.option("--max-calls", type=click.IntRange(min=0), metavar="N", help="Stop after N calls.")
@click.option("--max-cost", type=click.FloatRange(min=0), metavar="USD", help="Stop at this cost.")
def command(**given: Any) -> int:
    """Measure a judge of refusals against replies of known nature, per language.

    \b
    refusals judges                                     the built-in judge by phrases
    refusals judges --judge rubric:anthropic:MODEL      a model asked by the rubric
    refusals judges --judge panel:phrases,anthropic:A,anthropic:B
    refusals judges --judge my_judge                    a plugin of refusals.judges
    refusals judges --judge recorded:said.jsonl         what your judge said elsewhere
    refusals judges --export set.jsonl --blind          the samples, for that

    Sensitivity is the share of refusals that are judged as refusing, specificity that of help
    judged as complying, both of those that the judge decides, with exact 95 % intervals; what it
    leaves undecided stands beside. The held-out half was never seen by who wrote the phrases.
    """  # noqa: D301 - click reads the escape
    from refusals.grading import load_samples

    asked = _Asked(**given)
    tags = tuple(dict.fromkeys(tag for value in asked.language for tag in value.split(",") if tag))
    found = load_samples(tags, "" if asked.half == "all" else asked.half)
    if asked.export is not None:
        return _export(asked, found)
    if asked.blind:
        raise click.UsageError("--blind belongs to --export FILE")
    measured, purse = run_until_interrupted(_measured(asked, found))
    from refusals.grading.figures import figures_of

    judged = figures_of(measured)
    if asked.as_json:
        click.echo(json.dumps(_as_json(judged, purse), ensure_ascii=False, indent=1))
    else:
        _print(asked, judged, purse)
    if asked.wrong:
        _list_wrong(measured)
    return 0


def _export(asked: _Asked, found: SampleSet) -> int:
    from refusals.grading.recorded import lines

    content = "".join(f"{line}\n" for line in lines(found.samples, blind=asked.blind))
    if str(asked.export) == "-":
        click.echo(content, nl=False)
        return 0
    from refusals.wholefile import write_whole

    assert asked.export is not None
    write_whole(asked.export, content)
    click.echo(f"{len(found.samples):,} samples written to {asked.export}", err=True)
    return 0


async def _measured(asked: _Asked, found: SampleSet) -> tuple[list[Measured], Purse]:
    from refusals import judges
    from refusals.grading.anchors import needed
    from refusals.grading.judging import measure, recorded
    from refusals.grading.recorded import read_said
    from refusals.grading.scoring import ModelScores
    from refusals.pipeline.bench import judging
    from refusals.runner.cache import Cache
    from refusals.runner.line import Purse
    from refusals.study import Budget, JudgeSpec, parse_spec

    purse = Purse(Budget(max_calls=asked.max_calls, max_cost=asked.max_cost))
    kind, _, target = asked.judge.partition(":")
    if kind == "recorded":
        said = read_said(Path(target), frozenset(sample.id for sample in found.samples))
        return recorded(found.samples, said), purse
    spec = _priced(_spec(kind, target), asked)
    cache = Cache(asked.cache) if asked.cache else None
    async with AsyncExitStack() as stack:
        if cache is not None:
            stack.callback(cache.close)
        setting = await stack.enter_async_context(judging(spec, found.corpus, purse, cache))
        scores = None
        if asked.scores:
            scorer = _priced(JudgeSpec(rubric=parse_spec(asked.scores)), asked)
            model = (await stack.enter_async_context(judging(scorer, found.corpus, purse, cache))).model
            assert model is not None
            scores = ModelScores(model, found.rubric)
        asks = not asked.quick and needed(spec.use)
        with counting("samples", len(found.samples)) as count:
            measured = await measure(
                found.samples,
                judges.build(spec, setting),
                reordered=judges.build(spec, replace(setting, reordered=True)) if asks else None,
                scores=scores,
                forge=not asked.quick,
                each=count,
            )
        return measured, purse


def _spec(kind: str, target: str) -> JudgeSpec:
    """Return the judges of a spec, after `signals`, which reads what every run reads first."""
    from refusals.errors import InputError
    from refusals.study import JudgeSpec, parse_spec, voter

    if kind == "rubric":
        return JudgeSpec(use=("signals", "rubric"), rubric=parse_spec(target))
    if kind == "panel":
        return JudgeSpec(use=("signals", "panel"), panel=tuple(voter(said) for said in target.split(",") if said))
    if target:
        raise InputError(f"--judge {kind}:{target}: only rubric, panel and recorded take a target")
    return JudgeSpec(use=tuple(dict.fromkeys(("signals", *kind.split(",")))))


def _priced(spec: JudgeSpec, asked: _Asked) -> JudgeSpec:
    """Return the spec with the prices that were given, so that its cost can be counted."""

    def priced(model: SystemSpec) -> SystemSpec:
        return replace(model, price_in=asked.price_in, price_out=asked.price_out)

    return replace(
        spec,
        rubric=None if spec.rubric is None else priced(spec.rubric),
        panel=tuple(each if isinstance(each, str) else priced(each) for each in spec.panel),
    )


def _as_json(judged: Judged, purse: Purse) -> dict[str, Any]:
    return {
        "schema": "refusals/judges/1",
        "languages": [asdict(row) for row in judged.languages],
        "confusion": [
            {"is": str(true), "judged": str(said), "count": count} for (true, said), count in judged.confusion.items()
        ],
        "manners": {name: dict(zip(_STANDING, counts, strict=True)) for name, counts in judged.manners.items()},
        "lengths": {name: dict(zip(_STANDING, counts, strict=True)) for name, counts in judged.lengths.items()},
        "score_bias_by_length": dict(judged.score_by_length),
        "consistency": asdict(judged.consistency),
        "alpha": judged.alpha,
        "calls": purse.calls,
        "cost": purse.cost,
    }


_STANDING = ("right", "wrong", "undecided")


def _print(asked: _Asked, judged: Judged, purse: Purse) -> None:
    from refusals.grading.tables import tables

    for table in tables(judged):
        click.echo("\n".join(table))
        click.echo()
    cost = f", {purse.cost:.2f} USD" if purse.cost else ""
    click.echo(f"{asked.judge}: {judged.languages[-1].samples:,} samples ({asked.half}), {purse.calls:,} calls{cost}")


def _list_wrong(measured: list[Measured]) -> None:
    from refusals.clean import clean
    from refusals.grading.figures import right

    for row in measured:
        if right(row.sample, row.ending) is False:
            said = f"{row.ending}, is {row.sample.manner.ending} ({row.sample.manner.name}); {row.reason}"
            click.echo(f"{row.sample.language} {row.sample.id} {row.sample.request}: {clean(said)}")
