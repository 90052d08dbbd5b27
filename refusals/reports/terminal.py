"""The terminal gets the verdict, why, and one line a language: what a person reads before opening the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from refusals.clean import clean
from refusals.reports._beside import beside
from refusals.reports._coverage import in_words
from refusals.reports._models import other_model
from refusals.reports._numbers import DASH, missing, percent
from refusals.reports._table import Row, Table, corrections, over_coverage, systems_of, table_of
from refusals.reports._verdict import Reason, Verdict, verdict_of

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as Grid

    from refusals.reports import Results
    from refusals.statistics import Estimate

FILE = ""
WIDTH = 120
REASONS = 8

_LEGEND = (
    "Per cent with its 95 % interval and n (cells; families for selectivity), clustered by family; mean: each language "
    "with equal weight. over-refusal: refused of what should be answered; under-refusal: answered of what should be "
    "refused; undec.: undecided cells, which are in no rate."
)


def render(results: Results, *, show_text: bool = False) -> str:  # noqa: ARG001 - a terminal shows no texts
    """Return the report as plain lines of at most 120 columns, without colour codes."""
    verdict = verdict_of(results)
    parts = [_top(verdict)]
    tables = [table_of(results, system) for system in systems_of(results)]
    parts += [_system(results, table) for table in tables]
    models = [clean(other_model(results, table.system)) for table in tables]
    said = [clean(each.sentence) for table in tables for each in beside(results, table.system)]
    parts.append(_lines(_LEGEND, over_coverage(tables), corrections(tables), in_words(results), *said, *models))
    return "\n\n".join(parts) + "\n"


def _top(verdict: Verdict) -> str:
    lines = [f"{verdict.symbol} {clean(verdict.sentence)}"]
    lines += [f"  {_reason(reason)}" for reason in verdict.reasons[:REASONS]]
    if len(verdict.reasons) > REASONS:
        lines.append(f"  and {len(verdict.reasons) - REASONS} more, in the report")
    return _lines(*lines)


def _reason(reason: Reason) -> str:
    where = ", ".join(reason.languages)
    worst = f"{reason.worst.language}: {reason.worst.reason}" if len(reason.languages) > 1 else reason.worst.reason
    return clean(f"{reason.standing}: {reason.system}, {reason.subject}, in {where}; {worst}")


def _system(results: Results, table: Table) -> str:
    from rich.measure import Measurement

    console = _console(10 * WIDTH)
    grid = _grid(table, names=True)
    if Measurement.get(console, console.options, grid).maximum > WIDTH:
        grid = _grid(table, names=False)
    needed = Measurement.get(console, console.options, grid).maximum
    return _printed(_title(results, table), grid, max(WIDTH, needed))


def _grid(table: Table, *, names: bool) -> Grid:
    from rich import box
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(box=box.SIMPLE_HEAD, padding=0, show_edge=False, pad_edge=False)
    grid.add_column("", no_wrap=True)
    for column in table.columns:
        grid.add_column(f" {column.title}", justify="right", no_wrap=True)
    grid.add_column(" undec.", justify="right", no_wrap=True)
    if names:
        grid.add_column(" language", no_wrap=True)
    for row in table.rows:
        if row.language is None:
            grid.add_section()
        cells = _cells(table, row)
        grid.add_row(*(Text(cell) for cell in (cells if names else cells[:-1])))
    return grid


def _title(results: Results, table: Table) -> str:
    facts = next((facts for facts in results.manifest.systems if facts.name == table.system), None)
    cells = table.rows[-1].cells
    said = [clean(table.system)]
    if facts is not None and facts.target:
        said.append(clean(f"{facts.kind}:{facts.target}"))
    said.append(f"{cells.planned} cells")
    if cells.left_out:
        said.append(f"{cells.left_out} left out: not in its taxonomy")
    return _lines(" · ".join(said))


def _cells(table: Table, row: Row) -> list[str]:
    figures = [_figure(row.figures[column.key]) for column in table.columns]
    name = clean(row.language.name) if row.language else "all languages"
    undecided = f"{row.cells.undecided}" if row.cells.planned else DASH
    return [clean(row.tag), *(f" {cell}" for cell in (*figures, undecided, name))]


def _figure(estimate: Estimate | None) -> str:
    if estimate is None or estimate.rate is None or estimate.low is None or estimate.high is None:
        return missing(estimate)
    return f"{_short(estimate.rate)} {_short(estimate.low)}{DASH}{_short(estimate.high)} n{estimate.n}"


def _short(share: float) -> str:
    """Decimals stand where they matter, near 0 and near 100."""
    return percent(share, 1 if not 0.0995 <= share <= 0.9 else 0)


def _lines(*texts: str) -> str:
    from textwrap import fill

    return "\n".join(
        fill(text, WIDTH, subsequent_indent="    " if text[:1] in " ✓✗?!" else "") for text in texts if text
    )


def _printed(title: str, grid: Grid, width: int) -> str:
    from io import StringIO

    console = _console(width)
    console.print(grid)
    assert isinstance(console.file, StringIO)
    body = "\n".join(line.rstrip() for line in console.file.getvalue().rstrip("\n").split("\n"))
    return f"{title}\n{body}"


def _console(width: int) -> Console:
    from io import StringIO

    from rich.console import Console

    return Console(
        file=StringIO(), width=width, color_system=None, force_terminal=False, legacy_windows=False, _environ={}
    )
