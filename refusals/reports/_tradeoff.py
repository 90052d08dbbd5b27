"""Over- against under-refusal, a point a language: both errors of a system at once, and what it trades for what."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, sin
from typing import TYPE_CHECKING

from refusals.reports._intervals import SPANS
from refusals.reports._numbers import interval_of, rate_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from refusals.reports._table import Row, Table

SIDE, LEFT, TOP = 300, 40, 12  # of the square that points stand in
CHARACTER, LINE = 6.4, 11  # width and height that a label needs for each character
NEAR = 4.0  # points closer than this are labelled together
RINGS = (10, 17, 26, 38, 52, 68)
NAMED = 3  # languages that a common label names


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A language (or the mean) with both of its intervals."""

    tag: str
    x: float
    y: float
    across: tuple[float, float]
    down: tuple[float, float]
    said: str
    mean: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """A label whose middle is at (x, y), and the point that a line leads to where it is not beside it."""

    text: str
    x: float
    y: float
    leads: tuple[float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One system. `slopes` are lines of equal Youden's J as (x1, y1, x2, y2, label, label's x, label's y)."""

    system: str
    points: tuple[Point, ...]
    captions: tuple[Caption, ...]
    unnamed: int
    ticks: tuple[tuple[float, str], ...]
    slopes: tuple[tuple[float, float, float, float, str], ...]


def panels_of(tables: Iterable[Table]) -> tuple[Panel, ...]:
    """Return a panel for each system that has both rates in any language, all on one scale."""
    drawn = [(table, [row for row in table.rows if _has_both(row)]) for table in tables]
    shown = [(table, rows) for table, rows in drawn if rows]
    ends = [_rates(row) for _, rows in shown for row in rows]
    most = max((max(over[2], under[2]) for over, under in ends), default=1.0)
    span = next(span for span in SPANS if most <= span or span == SPANS[-1])
    return tuple(_panel(table.system, rows, span) for table, rows in shown)


def _has_both(row: Row) -> bool:
    return all((e := row.figures.get(key)) is not None and e.rate is not None for key in ("over", "under"))


def _rates(row: Row) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    found = []
    for key in ("over", "under"):
        each = row.figures[key]
        assert each is not None
        assert each.rate is not None
        low, high = (each.rate if end is None else end for end in (each.low, each.high))
        found.append((each.rate, low, high))
    return found[0], found[1]


def _panel(system: str, rows: Sequence[Row], span: float) -> Panel:
    points = tuple(_point(row, span) for row in rows)
    captions, unnamed = _captions(points)
    return Panel(
        system=system,
        points=points,
        captions=captions,
        unnamed=unnamed,
        ticks=tuple((quarter / 4 * SIDE, f"{quarter / 4 * span * 100:g}") for quarter in range(5)),
        slopes=tuple(_slope(quarter / 4 * span, span) for quarter in range(1, 5)),
    )


def _slope(errors: float, span: float) -> tuple[float, float, float, float, str]:
    """Return the line on which both rates sum to `errors`."""
    length = errors / span * SIDE
    return (LEFT, TOP + SIDE - length, LEFT + length, TOP + SIDE, f"J {1 - errors:.3g}")


def _point(row: Row, span: float) -> Point:
    def x(share: float) -> float:
        return round(LEFT + share / span * SIDE, 1)

    def y(share: float) -> float:
        return round(TOP + SIDE - share / span * SIDE, 1)

    over, under = _rates(row)
    said = [each for key in ("over", "under") if (each := row.figures[key]) is not None]
    return Point(
        tag=row.tag,
        x=x(over[0]),
        y=y(under[0]),
        across=(x(over[1]), x(over[2])),
        down=(y(under[1]), y(under[2])),
        said=", ".join(f"{each.measure} {rate_of(each)} ({interval_of(each)})" for each in said),
        mean=row.language is None,
    )


def _captions(points: Sequence[Point]) -> tuple[tuple[Caption, ...], int]:
    """Return labels that cover neither each other nor a point, and how many points have none."""
    groups: list[list[Point]] = []
    for point in sorted(points, key=lambda each: (each.mean, each.x, each.y, each.tag)):
        near = next((g for g in groups if abs(g[0].x - point.x) < NEAR and abs(g[0].y - point.y) < NEAR), None)
        if near is None:
            groups.append([point])
        else:
            near.append(point)
    taken = [(point.x - 3, point.y - 3, point.x + 3, point.y + 3) for point in points]
    captions, unnamed = [], 0
    for group in groups:
        everywhere = len(group) == len(points) > NAMED
        text = f"all {len(points) - 1} and their mean" if everywhere else _named([point.tag for point in group])
        placed = _placed(text, group[0], taken)
        if placed is None:
            unnamed += len(group)
        else:
            captions.append(placed)
            taken.append(_box(placed.text, placed.x, placed.y))
    return tuple(captions), unnamed


def _named(tags: Sequence[str]) -> str:
    more = len(tags) - NAMED
    return " ".join(tags) if more <= 0 else f"{' '.join(tags[:NAMED])} +{more}"


def _placed(text: str, point: Point, taken: Sequence[tuple[float, float, float, float]]) -> Caption | None:
    for ring in RINGS:
        for sixteenth in range(16):
            angle = sixteenth * pi / 8
            half = len(text) * CHARACTER / 2
            x = point.x + cos(angle) * (ring + half - 4)
            y = point.y - sin(angle) * ring
            left, top, right, bottom = _box(text, x, y)
            inside = left >= LEFT + 1 and right <= LEFT + SIDE + 8 and top >= TOP - 6 and bottom <= TOP + SIDE - 1
            if inside and not any(left < x2 and x1 < right and top < y2 and y1 < bottom for x1, y1, x2, y2 in taken):
                leads = (point.x, point.y) if ring > RINGS[1] else None
                return Caption(text=text, x=round(x, 1), y=round(y, 1), leads=leads)
    return None


def _box(text: str, x: float, y: float) -> tuple[float, float, float, float]:
    half = len(text) * CHARACTER / 2
    return x - half, y - LINE / 2, x + half, y + LINE / 2
