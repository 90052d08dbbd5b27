"""A heat map of languages by measures is a table: every cell has its colour, its number and its interval."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from refusals.gates import INTEGRITY, Standing
from refusals.languages import SOURCE_LANGUAGE
from refusals.reports._numbers import GAPS, NOT_RUN, SPACE, absent, interval_of, missing, percent, rate_of, worst_of
from refusals.reports._table import FURTHER, HEADLINE, Column

if TYPE_CHECKING:
    from refusals.reports import Results
    from refusals.reports._table import Row, Table
    from refusals.statistics import Estimate

STEPS = 20  # colours of the scale, as classes h0 to h20 of page/heatmap.css
LEGEND = (0, 1, 5, 10, 25, 50, 100)  # per cent that the key shows
UNDECIDED = Column(
    key="undecided",
    title="undecided",
    measure="undecided",
    about="planned cells without a decision, native families among them; a count and no estimate",
)
_KNOWN = {column.key: column for column in (*HEADLINE, *FURTHER)}
COLUMNS = (
    _KNOWN["over"],
    _KNOWN["under"],
    UNDECIDED,
    _KNOWN["selective"],
    _KNOWN["gap-over"],
    _KNOWN["gap-under"],
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One square: `step` is its colour, None where there is no figure (hatched); `beside` is its interval.

    `value` is what it is sorted by, None where there is nothing to rank; `tip` is what stands behind the figure.
    """

    key: str
    text: str
    beside: str = ""
    step: int | None = None
    value: float | None = None
    tip: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A language with its squares, and the worst that any gate rules of it; the mean has no ruling."""

    row: Row
    standing: Standing | None
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heatmap:
    """All squares of a system under their columns."""

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]


def heatmap_of(results: Results, headline: Table, further: Table) -> Heatmap:
    """Return the heat map of a system."""
    have = {column.key for column in (*headline.columns, *further.columns)} | {UNDECIDED.key}
    columns = tuple(column for column in COLUMNS if column.key in have)
    lines = tuple(
        Line(
            row=row,
            standing=_standing(results, headline.system, row.tag) if row.language else None,
            cells=tuple(_cell(column, row, more) for column in columns),
        )
        for row, more in zip(headline.rows, further.rows, strict=True)
    )
    return Heatmap(columns=columns, lines=lines)


def step_of(share: float) -> int:
    """Return the colour of a share that is worse the larger it is; its root, so that 1 and 5 per cent differ."""
    return round(sqrt(min(1.0, max(0.0, share))) * STEPS)


def cell_of(column: Column, language: str, estimate: Estimate | None, planned: int) -> Cell:
    """Return the square of a measure in a language; selectivity is stronger the less it is.

    `planned` are the cells of all measures there, of which this one may have none.
    """
    if estimate is None or estimate.rate is None:
        is_source = column.measure in GAPS and language == SOURCE_LANGUAGE
        return Cell(key=column.key, text="source" if is_source else missing(estimate, absent(planned)))
    worst = worst_of(estimate)
    said = (
        f"n {estimate.n:,}",
        f"{estimate.families} families",
        f"worst case {worst}" if worst else "",
        f"{estimate.undecided:,} undecided" if estimate.undecided else "",
    )
    return Cell(
        key=column.key,
        text=rate_of(estimate).removesuffix(f"{SPACE}points"),
        beside=interval_of(estimate),
        step=step_of(1 - estimate.rate if estimate.measure == "selectivity" else estimate.rate),
        value=estimate.rate,
        tip=", ".join(filter(None, said)),
    )


def undecided_cell(undecided: int, planned: int) -> Cell:
    """Return the square of cells without a decision."""
    if not planned:
        return Cell(key=UNDECIDED.key, text=NOT_RUN)
    share = undecided / planned
    return Cell(
        key=UNDECIDED.key,
        text=f"{percent(share)}{SPACE}%",
        beside=f"{undecided:,} of {planned:,}",
        step=step_of(share),
        value=share,
    )


def _cell(column: Column, row: Row, further: Row) -> Cell:
    if column is UNDECIDED:
        return undecided_cell(row.cells.undecided, row.cells.planned)
    return cell_of(column, row.tag, row.figures.get(column.key) or further.figures.get(column.key), row.cells.planned)


def _standing(results: Results, system: str, language: str) -> Standing | None:
    """Return the worst ruling on a language; None where nothing was asked of it and it can be read."""
    order = list(Standing)
    ruled = [each for each in results.rulings if each.system == system and each.language == language]
    worst = max((each.standing for each in ruled), key=order.index, default=None)
    asked = any(each.gate != INTEGRITY for each in ruled)
    return worst if asked or worst is Standing.INVALID else None
