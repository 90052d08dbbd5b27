"""A chart of dots on intervals, one row a language, as coordinates that the page draws as SVG."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from refusals.gates import INTEGRITY
from refusals.reports._numbers import interval_of, limit_of, missing, rate_of, worst_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from refusals.reports import Results
    from refusals.reports._table import Row, Table
    from refusals.statistics import Estimate

WIDTH, LEFT, RIGHT = 400, 66, 334
TOP, ROW = 34, 26
TICKS = (0, 25, 50, 75, 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One figure: a dot on its interval, and a thin line for what undecided cells could make of it."""

    kind: str
    y: float
    dot: float
    low: float
    high: float
    worst: tuple[float, float] | None
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One language; `note` stands where there is no figure, `value` is the first figure as text."""

    tag: str
    y: float
    marks: tuple[Mark, ...]
    value: str
    note: str
    mean: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """All rows, with the gates' limits as (x, text)."""

    id: str
    title: str
    about: str
    lines: tuple[Line, ...]
    ticks: tuple[tuple[float, str], ...]
    limits: tuple[tuple[float, str], ...]
    bottom: float

    @property
    def height(self) -> float:
        """The height of the drawing in its own units."""
        return self.bottom + 18


def charts_of(results: Results, table: Table, position: int) -> tuple[Chart, ...]:
    """Return the charts of over- and under-refusal of a system, those of them that have a figure."""
    wanted = (
        ("over-refusal", (("over", "all"), ("benign", "benign only"))),
        ("under-refusal", (("under", "all"),)),
    )
    have = {column.key for column in table.columns}
    return tuple(
        _chart(results, table, measure, [key for key, _ in keys], f"{measure}-{position}")
        for measure, keys in wanted
        if keys[0][0] in have
    )


def _chart(results: Results, table: Table, measure: str, keys: Sequence[str], identity: str) -> Chart:
    lines = tuple(_line(row, keys, TOP + number * ROW + ROW / 2) for number, row in enumerate(table.rows))
    limits = {
        (ruling.limit, ruling.label)
        for ruling in results.rulings
        if ruling.gate == measure != INTEGRITY
        and ruling.system == table.system
        and ruling.limit is not None
        and ruling.bound == "at most"
    }
    return Chart(
        id=identity,
        title=f"{measure} by language",
        about="; ".join(f"{line.tag} {line.note or line.value}" for line in lines),
        lines=lines,
        ticks=tuple((across(tick / 100), f"{tick}") for tick in TICKS),
        limits=tuple(
            (across(limit), f"limit on {label or 'all'} {limit_of(limit)}") for limit, label in sorted(limits)
        ),
        bottom=TOP + len(lines) * ROW,
    )


def _line(row: Row, keys: Sequence[str], y: float) -> Line:
    figures = [(key, row.figures.get(key)) for key in keys]
    first = figures[0][1]
    offsets = (0.0,) if len(figures) == 1 else (-4.0, 5.0)
    marks = tuple(
        _mark(key, estimate, y + offset)
        for (key, estimate), offset in zip(figures, offsets, strict=False)
        if estimate is not None and estimate.rate is not None
    )
    return Line(
        tag=row.tag,
        y=y,
        marks=marks,
        value=rate_of(first) if first is not None and first.rate is not None else "",
        note="" if marks else missing(first),
        mean=row.language is None,
    )


def _mark(key: str, estimate: Estimate, y: float) -> Mark:
    assert estimate.rate is not None
    low = estimate.rate if estimate.low is None else estimate.low
    high = estimate.rate if estimate.high is None else estimate.high
    shown = worst_of(estimate)
    worst = (across(estimate.worst_low or 0.0), across(estimate.worst_high or 1.0)) if shown else None
    said = f"{rate_of(estimate)} ({interval_of(estimate)}), n {estimate.n}"
    return Mark(
        kind=key,
        y=y,
        dot=across(estimate.rate),
        low=across(low),
        high=across(high),
        worst=worst,
        said=said + (f", worst case {shown}" if shown else ""),
    )


def across(share: float) -> float:
    """Return where a fraction stands on the axis."""
    return round(LEFT + share * (RIGHT - LEFT), 1)
