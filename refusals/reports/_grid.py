"""The terminal's table: where the line is short it loses names first, then columns, and never a figure's interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from refusals.clean import clean
from refusals.reports._lines import wrapped
from refusals.reports._numbers import DASH, absent, missing, percent
from refusals.reports._table import Column, Row, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console
    from rich.table import Table as Grid

    from refusals.statistics import Estimate

# In which order columns go; the first measure stays.
_LEAST_FIRST = ("dual", "selective", "benign", "under")


def grid_of(table: Table, width: int) -> str:
    """Return the rows of a system, as many columns as fit, and a line that says which do not."""
    from rich.measure import Measurement

    console = _console(100_000)
    for columns, names in _choices(table.columns):
        grid = _grid(table, columns, names=names)
        needed = Measurement.get(console, console.options, grid).maximum
        if needed <= width:
            break
    left_out = [column.title for column in table.columns if column not in columns]
    shown = _printed(grid, max(width, needed))
    said = f"Left out at {width} columns: {', '.join(left_out)}."
    return f"{shown}\n{wrapped(said, width)}" if left_out else shown


def _choices(columns: tuple[Column, ...]) -> list[tuple[tuple[Column, ...], bool]]:
    choices = [(columns, True), (columns, False)]
    for key in _LEAST_FIRST:
        fewer = tuple(column for column in choices[-1][0] if column.key != key)
        if fewer:
            choices.append((fewer, False))
    return choices


def _grid(table: Table, columns: Sequence[Column], *, names: bool) -> Grid:
    from rich import box
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(box=box.SIMPLE_HEAD, padding=0, show_edge=False, pad_edge=False)
    grid.add_column("", no_wrap=True)
    for column in columns:
        grid.add_column(f" {column.title}", justify="right", no_wrap=True)
    grid.add_column(" undec.", justify="right", no_wrap=True)
    if names:
        grid.add_column(" language", no_wrap=True)
    for row in table.rows:
        if row.language is None:
            grid.add_section()
        cells = _cells(columns, row)
        grid.add_row(*(Text(cell) for cell in (cells if names else cells[:-1])))
    return grid


def _cells(columns: Sequence[Column], row: Row) -> list[str]:
    figures = [_figure(row.figures[column.key], row.cells.planned) for column in columns]
    name = clean(row.language.name) if row.language else "all languages"
    undecided = f"{row.cells.undecided}" if row.cells.planned else DASH
    return [clean(row.tag), *(f" {cell}" for cell in (*figures, undecided, name))]


def _figure(estimate: Estimate | None, planned: int) -> str:
    if estimate is None or estimate.rate is None or estimate.low is None or estimate.high is None:
        return missing(estimate, absent(planned))
    return f"{_short(estimate.rate)} {_short(estimate.low)}{DASH}{_short(estimate.high)} n{estimate.n}"


def _short(share: float) -> str:
    """Decimals stand where they matter, near 0 and near 100."""
    return percent(share, 1 if not 0.0995 <= share <= 0.9 else 0)


def _printed(grid: Grid, width: int) -> str:
    from io import StringIO

    console = _console(width)
    console.print(grid)
    assert isinstance(console.file, StringIO)
    return "\n".join(line.rstrip() for line in console.file.getvalue().rstrip("\n").split("\n"))


def _console(width: int) -> Console:
    from io import StringIO

    from rich.console import Console

    return Console(
        file=StringIO(), width=width, color_system=None, force_terminal=False, legacy_windows=False, _environ={}
    )
