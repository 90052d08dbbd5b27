"""A chart of dots on intervals, one row a language, as coordinates that the page draws as SVG."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from refusals.languages import SOURCE_LANGUAGE
from refusals.reports._limits import FIRST, Limit, limits_of
from refusals.reports._numbers import GAPS, MINUS, SPACE, absent, interval_of, missing, rate_of, worst_of
from refusals.reports._table import Row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from refusals.reports import Results
    from refusals.reports._table import Column, Table
    from refusals.statistics import Estimate

LEFT, RIGHT = 66, 334
TOP, ROW = 34, 21
SPANS = (0.1, 0.25, 0.5, 1.0)  # an axis ends at the first that holds all that is drawn
_WANTED = (
    ("over", "over-refusal", ("over", "benign")),
    ("under", "under-refusal", ("under",)),
    ("selective", "selectivity", ("selective",)),
    ("gap-over", "over-refusal gap", ("gap-over",)),
    ("gap-under", "under-refusal gap", ("gap-under",)),
)


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
class Axis:
    """Where fractions stand: from `low` at the left to `high` at the right."""

    low: float
    high: float

    def at(self, share: float) -> float:
        """Return where a fraction stands; what is outside stands at the end."""
        inside = min(self.high, max(self.low, share))
        return round(LEFT + (inside - self.low) / (self.high - self.low) * (RIGHT - LEFT), 1)

    @property
    def ticks(self) -> tuple[tuple[float, str], ...]:
        """Five places with their per cent."""
        steps = (self.low + (self.high - self.low) * quarter / 4 for quarter in range(5))
        return tuple((self.at(step), f"{step * 100:g}".replace("-", MINUS)) for step in steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """All rows, the worst first and the mean last, with the gates' limits."""

    id: str
    title: str
    unit: str
    about: str
    kinds: tuple[str, ...]
    lines: tuple[Line, ...]
    ticks: tuple[tuple[float, str], ...]
    zero: float | None
    limits: tuple[Limit, ...]
    bottom: float

    @property
    def height(self) -> float:
        """The height of the drawing in its own units."""
        return max((limit.y for limit in self.limits), default=self.bottom + FIRST) + 4

    @property
    def has_worst(self) -> bool:
        """Whether undecided cells could make anything of a figure that its interval does not hold."""
        return any(mark.worst for line in self.lines for mark in line.marks)


def charts_of(results: Results, headline: Table, further: Table, position: int) -> tuple[Chart, ...]:
    """Return the charts of a system, those of them that have a figure."""
    rows = [
        Row(language=row.language, figures={**more.figures, **row.figures}, cells=row.cells)
        for row, more in zip(headline.rows, further.rows, strict=True)
    ]
    columns = {column.key: column for column in (*headline.columns, *further.columns)}
    return tuple(
        _chart(results, headline.system, rows, columns[key], (title, keys, f"{key}-{position}"))
        for key, title, keys in _WANTED
        if key in columns
    )


def _chart(
    results: Results, system: str, rows: Sequence[Row], column: Column, said: tuple[str, tuple[str, ...], str]
) -> Chart:
    title, keys, identity = said
    asked = [row for row in rows if column.measure not in GAPS or row.tag != SOURCE_LANGUAGE]
    shown = _worst_first(asked, keys[0], lowest=column.measure == "selectivity")
    limits = [
        (ruling.limit, ruling.label)
        for ruling in results.rulings
        if (ruling.gate, ruling.system) == (column.measure, system)
        and ruling.limit is not None
        and ruling.bound in ("at most", "at least")
        and {key for key, _ in ruling.group} <= {"label"}
    ]
    axis = _axis([e for row in shown for key in keys if (e := row.figures.get(key)) is not None], limits)
    lines = tuple(_line(row, keys, TOP + number * ROW + ROW / 2, axis) for number, row in enumerate(shown))
    bottom = TOP + len(lines) * ROW
    return Chart(
        id=identity,
        title=f"{title} by language",
        unit="points with 95 % interval" if column.measure in GAPS else "% with 95 % interval",
        about="; ".join(f"{line.tag} {line.note or line.value}" for line in lines),
        kinds=tuple(dict.fromkeys(mark.kind for line in lines for mark in line.marks)),
        lines=lines,
        ticks=axis.ticks,
        zero=axis.at(0.0) if axis.low < 0 else None,
        limits=limits_of(limits, axis.at, bottom),
        bottom=bottom,
    )


def _worst_first(rows: Sequence[Row], key: str, *, lowest: bool) -> list[Row]:
    """Return languages from the worst figure to the best, then those without one, then the mean."""

    def badness(row: Row) -> float:
        estimate = row.figures.get(key)
        assert estimate is not None
        assert estimate.rate is not None
        return estimate.rate if lowest else -estimate.rate

    has = [row for row in rows if (e := row.figures.get(key)) is not None and e.rate is not None]
    ranked = sorted((row for row in has if row.language is not None), key=badness)
    without = [row for row in rows if row.language is not None and row not in has]
    return [*ranked, *without, *(row for row in rows if row.language is None)]


def _axis(estimates: Sequence[Estimate], limits: Sequence[tuple[float, str]]) -> Axis:
    ends = [limit for limit, _ in limits]
    for each in estimates:
        ends += [end for end in (each.rate, each.low, each.high) if end is not None]
        if worst_of(each):
            ends += [end for end in (each.worst_low, each.worst_high) if end is not None]
    most = max((abs(end) for end in ends), default=1.0)
    span = next(span for span in SPANS if most <= span or span == SPANS[-1])
    is_gap = any(each.measure in GAPS for each in estimates)
    return Axis(low=-span if is_gap else 0.0, high=span)


def _line(row: Row, keys: Sequence[str], y: float, axis: Axis) -> Line:
    figures = [(key, row.figures.get(key)) for key in keys]
    first = figures[0][1]
    offsets = (0.0,) if len(figures) == 1 else (-3.5, 4.0)
    marks = tuple(
        _mark(key, estimate, y + offset, axis)
        for (key, estimate), offset in zip(figures, offsets, strict=False)
        if estimate is not None and estimate.rate is not None
    )
    value = rate_of(first) if first is not None and first.rate is not None else ""
    return Line(
        tag=row.tag,
        y=y,
        marks=marks,
        value=value.removesuffix(f"{SPACE}points"),
        note="" if marks else missing(first, absent(row.cells.planned)),
        mean=row.language is None,
    )


def _mark(key: str, estimate: Estimate, y: float, axis: Axis) -> Mark:
    assert estimate.rate is not None
    low = estimate.rate if estimate.low is None else estimate.low
    high = estimate.rate if estimate.high is None else estimate.high
    shown = worst_of(estimate)
    ends = [axis.at(end) for end in (estimate.worst_low, estimate.worst_high) if shown and end is not None]
    worst = (ends[0], ends[1]) if ends else None
    said = f"{rate_of(estimate)} ({interval_of(estimate)}), n {estimate.n:,}"
    return Mark(
        kind=key,
        y=y,
        dot=axis.at(estimate.rate),
        low=axis.at(low),
        high=axis.at(high),
        worst=worst,
        said=said + (f", worst case {shown}" if shown else ""),
    )
