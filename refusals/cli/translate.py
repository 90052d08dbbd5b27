"""`refusals translate` has a model translate what is missing or stale."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from refusals.cli._interrupts import run_until_interrupted
from refusals.cli._progress import counting

if TYPE_CHECKING:
    from refusals.corpus import Corpus
    from refusals.translating.measure import RefusalRate
    from refusals.translating.rounds import Translated

INCONCLUSIVE = 3
SHOWN = 20  # texts left out that are listed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    to: tuple[str, ...]
    with_: str
    fallback: str | None
    domain: tuple[str, ...]
    limit: int | None
    missing: bool
    stale: bool
    cache: Path | None
    fresh: bool
    concurrency: int | None
    max_calls: int | None
    max_cost: float | None
    corpus: Path | None
    as_json: bool


@click.command("translate")
@click.option("--to", multiple=True, required=True, metavar="TAG[,TAG]", help="The languages to translate into.")
@click.option("--with", "with_", required=True, metavar="SPEC", help="Who translates, such as anthropic:MODEL.")
@click.option("--fallback", metavar="SPEC", help="Who translates what the first does not.")
@click.option("--domain", multiple=True, metavar="NAME[,NAME]", help="Only these domains.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="The first N families only.")
@click.option("--missing", is_flag=True, help="Only texts that are missing.")
@click.option("--stale", is_flag=True, help="Only texts whose source has changed.")
@click.option("--cache", type=click.Path(path_type=Path), metavar="FILE", help="Where replies are kept.")
@click.option("--fresh", is_flag=True, help="Ask anew: no reply is taken from the cache or kept in it.")
@click.option("--concurrency", type=click.IntRange(min=1), metavar="N", help="Calls in flight at most.")
@click.option("--max-calls", type=click.IntRange(min=0), metavar="N", help="Stop after N calls.")
@click.option("--max-cost", type=click.FloatRange(min=0), metavar="USD", help="Stop at this cost.")
@click.option("--corpus", type=click.Path(path_type=Path), metavar="DIR", help="Folder with cases/ and translations/.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(**given: Any) -> int:
    """Translate what is missing or stale in a language, and say how often the translator refused.

    Only what is a translation is stored, as a draft, as it comes: the same command goes on where it
    was interrupted. Ends with 3 when a text was left out.
    """
    asked = _Asked(**given)
    try:
        corpus, translated = run_until_interrupted(_translate(asked))
    except KeyboardInterrupt:
        click.echo("refusals: interrupted; what was translated is kept. Go on with the same command", err=True)
        return 130
    _print(corpus, translated, as_json=asked.as_json)
    return INCONCLUSIVE if translated.left_out else 0


async def _translate(asked: _Asked) -> tuple[Corpus, Translated]:
    from refusals.corpus import find_corpus, load_corpus
    from refusals.pipeline import only_here
    from refusals.study import Budget, parse_spec
    from refusals.translating import Came
    from refusals.translating.engines import Means, lines_to
    from refusals.translating.rounds import Translator
    from refusals.translating.selecting import Wanted, select

    corpus = load_corpus(find_corpus(asked.corpus, Path.cwd()))
    every = asked.missing == asked.stale  # neither, or both
    wanted = Wanted(
        tags=_words(asked.to),
        domains=_words(asked.domain),
        limit=asked.limit,
        missing=every or asked.missing,
        stale=every or asked.stale,
    )
    cells = select(corpus, wanted)
    specs = [parse_spec(spec) for spec in (asked.with_, asked.fallback) if spec]
    budget = Budget(max_calls=asked.max_calls, max_cost=asked.max_cost)
    means = Means(cache=asked.cache, fresh=asked.fresh, concurrency=asked.concurrency, budget=budget)
    with only_here(corpus.folder / "runs"):
        async with lines_to(specs, corpus, means) as lines:
            today = f"{datetime.now(UTC):%Y-%m-%d}"
            with counting("texts", sum(cell.is_open and not cell.kept for cell in cells)) as count:
                translator = Translator(corpus, lines, today, lambda attempt: count(attempt.came is Came.TRANSLATION))
                return corpus, await translator.translate(cells)


def _words(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for value in values for word in value.split(",") if word))


def _print(corpus: Corpus, translated: Translated, *, as_json: bool) -> None:
    from refusals.translating.measure import refusal_rates

    rates = refusal_rates(corpus, translated)
    if as_json:
        click.echo(json.dumps(_as_json(translated, rates), ensure_ascii=False, indent=1))
        return
    click.echo(f"{len(translated.written):,} texts written, {len(translated.left_out):,} left out")
    for line in (*_table(rates), *_left_out(translated)):
        click.echo(line)


def _as_json(translated: Translated, rates: tuple[RefusalRate, ...]) -> dict[str, Any]:
    from refusals.translating.measure import MEASURE, endings

    return {
        "schema": "refusals/translating/1",
        "estimates": [{**asdict(rate), "measure": MEASURE, "group": dict(rate.group)} for rate in rates],
        "attempts": [
            {"system": engine, "language": language, "came": str(came), "count": count}
            for (engine, language, came), count in sorted(endings(translated.attempts).items())
        ],
        "written": [{"case": cell.case.id, "language": cell.language} for cell in translated.written],
        "left_out": [
            {"case": cell.case.id, "language": cell.language, "reason": why} for cell, why in translated.left_out
        ],
    }


def _table(rates: tuple[RefusalRate, ...]) -> list[str]:
    if not rates:
        return ["Nothing was asked."]
    rows = [("system", "language", "of", "refused", "n", "rate, 95 % interval", "undecided", "worst case")]
    for rate in rates:
        slice_ = " ".join(f"{key}={value}" for key, value in rate.group) or "all"
        cells = str(rate.count), str(rate.n), _rate(rate), str(rate.undecided), _worst(rate)
        rows.append((rate.system, rate.language, slice_, *cells))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return ["", "Translator refusals: texts refused when first asked, intervals clustered by family", *lines]


def _rate(rate: RefusalRate) -> str:
    from refusals.reports._numbers import interval, percent

    if rate.rate is None or rate.low is None or rate.high is None:
        return f"withheld: {rate.unknown} asked before, not kept" if rate.unknown else "none decided"
    return f"{percent(rate.rate)} % ({interval(rate.low, rate.high)})"


def _worst(rate: RefusalRate) -> str:
    from refusals.reports._numbers import interval

    if not rate.undecided or rate.worst_low is None or rate.worst_high is None:
        return ""
    return interval(rate.worst_low, rate.worst_high)


def _left_out(translated: Translated) -> list[str]:
    from refusals.clean import clean

    listed = [f"  {cell.case.id} ({cell.language}): {clean(why)}" for cell, why in translated.left_out[:SHOWN]]
    more = len(translated.left_out) - SHOWN
    head = ["", "Left out:"] if listed else []
    return [*head, *listed, *([f"  and {more:,} more; --json lists all"] if more > 0 else [])]
