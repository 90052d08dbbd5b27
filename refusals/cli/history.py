"""`refusals history` says what several runs show of each case."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from refusals.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from refusals.statistics.history import CaseHistory

WIDTH = 44


@click.command("history")
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--label", metavar="LABEL", help="Only benign, dual_use or harmful cases.")
@click.option("--top", type=click.IntRange(min=1), default=10, metavar="N", help="So many cases a list (default 10).")
@click.option("--json", "as_json", is_flag=True, help="Print all cases as JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="Print all cases as CSV.")
def command(runs: tuple[Path, ...], label: str | None, top: int, *, as_json: bool, as_csv: bool) -> None:
    """List the hardest, most discriminating and most fickle cases of the folders RUNS, oldest first.

    Those who answered are the systems of all runs, in each language. Per case: `wrong`, the share of decided answers
    that were wrong; `discr`, how being right here correlates with being right on the other cases of its label, from ten
    answers on of which three differ; `flips`, answers to the same text that changed from one run to the next. A case
    that was never wrong, or always, in ten answers or more is saturated: it tells no systems apart.

    These figures choose cases to look at. Answers of one system in several languages are not independent, and a case
    that nobody gets wrong today may still be the one that a release breaks.
    """
    from refusals.cases import Label
    from refusals.pipeline.comparing import decided_in
    from refusals.statistics.history import histories

    if label is not None and label not in list(Label):
        raise InputError(f"there is no label {label!r}; there are {', '.join(Label)}")
    if as_json and as_csv:
        raise InputError("--json and --csv are one or the other")
    decided = [decided_in(run) for run in runs]
    ran, sides = [(run.plan, run.outcomes) for run, _ in decided], decided[-1][1]
    found = [each for each in histories(ran, sides) if label is None or each.label == label]
    if as_json:
        click.echo(json.dumps([_row(each) for each in found], ensure_ascii=False, indent=1))
    elif as_csv:
        click.echo(_as_csv(found), nl=False)
    else:
        click.echo("\n".join(_tables(found, len(runs), top)))


def _row(each: CaseHistory) -> dict[str, Any]:
    return {**asdict(each), "saturated": each.saturated or None}


def _as_csv(found: Sequence[CaseHistory]) -> str:
    from refusals.reports._csv_table import written
    from refusals.statistics.history import CaseHistory

    columns = [*CaseHistory.__dataclass_fields__, "saturated"]
    return written(columns, [list(_row(each).values()) for each in found])


def _tables(found: Sequence[CaseHistory], runs: int, top: int) -> Iterator[str]:
    answers = sum(each.n for each in found)
    yield f"{len(found)} cases in {runs} run{'' if runs == 1 else 's'}, {answers:,} decided answers"
    wrong = sorted((each for each in found if each.wrong), key=attrgetter("case"))
    yield from _table("hardest", sorted(wrong, key=lambda e: -(e.difficulty or 0.0)), top)
    telling = [each for each in wrong if each.discrimination is not None]
    yield from _table("most discriminating", sorted(telling, key=lambda e: -(e.discrimination or 0.0)), top)
    if not telling:
        yield "\nmost discriminating: none can be told. That takes ten answers, three of them"
        yield "wrong and three right, by who has decided ten other cases of the label"
    flipped = [each for each in found if each.flips]
    yield from _table("most often flipped", sorted(flipped, key=lambda e: -e.flips / e.pairs), top)
    for kind in ("always wrong", "never wrong"):
        cases = [each.case for each in found if each.saturated == kind]
        more = f" and {len(cases) - top} more" if len(cases) > top else ""
        yield f"\n{kind} ({len(cases)} cases)" + (":" if cases else "")
        yield from (f"  {case}" for case in cases[:top])
        if more:
            yield f" {more}"


def _table(title: str, rows: Sequence[CaseHistory], top: int) -> Iterator[str]:
    if not rows:
        return
    yield f"\n{title:{WIDTH}} {'wrong':>6} {'of':>6} {'discr':>6} {'flips':>9}"
    for each in rows[:top]:
        discrimination = "-" if each.discrimination is None else f"{each.discrimination:+.2f}"
        flips = f"{each.flips}/{each.pairs}" if each.pairs else "-"
        name = each.case
        if len(name) > WIDTH:
            yield name
            name = ""
        yield f"{name:{WIDTH}} {each.difficulty or 0:6.0%} {each.n:6,} {discrimination:>6} {flips:>9}"
