"""A forest plot of differences, one row a language, as coordinates that the page draws as SVG: right of 0 is more."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10
from typing import TYPE_CHECKING

from refusals.reports.comparison._figures import chance, ends, plain_points, points, signed, worst_ends
from refusals.reports.comparison._tables import Block, alarmed

if TYPE_CHECKING:
    from refusals.reports.comparison import Compared
    from refusals.statistics.comparison import Difference

LEFT, RIGHT = 66, 334
TOP, ROW = 34, 22
TICKS = 5  # on the axis, at most
_COLOURS = {"over-refusal": "over", "under-refusal": "under", "dual-use-refusal": "dual"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A dot on its interval, and the ends whatever the undecided cells would be."""

    dot: float
    low: float
    high: float
    worst: tuple[float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One language; `mark` is None where there is no pair that both runs decided."""

    tag: str
    y: float
    mark: Mark | None
    value: str
    said: str
    alarm: bool
    mean: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Forest:
    """All rows, with the line of no difference and, where one was asked, that of the margin."""

    id: str
    title: str
    about: str
    colour: str
    lines: tuple[Line, ...]
    ticks: tuple[tuple[float, str], ...]
    zero: float
    margin: tuple[float, str] | None
    bottom: float

    @property
    def height(self) -> float:
        """The height of the drawing in its own units."""
        return self.bottom + (20 if self.margin else 6)


@dataclass(frozen=True, slots=True)
class _Axis:
    """What of the differences is shown, as fractions; the ends are ticks."""

    low: float
    high: float
    step: float

    def at(self, share: float) -> float:
        """Return where a difference stands."""
        return round(LEFT + (share - self.low) / (self.high - self.low) * (RIGHT - LEFT), 1)

    def ticks(self) -> tuple[tuple[float, str], ...]:
        """Return the ticks as (x, points)."""
        count = round((self.high - self.low) / self.step)
        shares = [self.low + number * self.step for number in range(count + 1)]
        return tuple((self.at(share), _tick(share)) for share in shares)


def forest_of(compared: Compared, block: Block, identity: str) -> Forest:
    """Return the plot of a measure, its languages worst first and their mean last."""
    margin = compared.margin if block.worse else None
    axis = _axis([end for each in block.listed for end in _drawn(each)] + [0.0, margin or 0.0])
    lines = tuple(_line(compared, each, axis, TOP + (number + 0.5) * ROW) for number, each in enumerate(block.listed))
    return Forest(
        id=identity,
        title=block.title,
        about="; ".join(line.said for line in lines),
        colour=_COLOURS[block.measure],
        lines=lines,
        ticks=axis.ticks(),
        zero=axis.at(0),
        margin=None if margin is None else (axis.at(margin), f"margin {plain_points(margin)}"),
        bottom=TOP + len(lines) * ROW,
    )


def _drawn(each: Difference) -> tuple[float, ...]:
    shown = (each.low, each.high, *((each.worst_low, each.worst_high) if each.undecided else ()))
    return tuple(end for end in shown if end is not None)


def _axis(values: list[float]) -> _Axis:
    low, high = min(values), max(values)
    span = max(high - low, 0.001)
    rough = span / (TICKS - 1)
    power = 10 ** floor(log10(rough))
    step = next(power * each for each in (1, 2, 5, 10) if power * each >= rough * (1 - 1e-9))
    return _Axis(floor(low / step + 1e-9) * step, max(ceil(high / step - 1e-9), 1) * step, step)


def _tick(share: float) -> str:
    return "0" if abs(share) < 1e-12 else signed(share).removesuffix(".0")


def _line(compared: Compared, each: Difference, axis: _Axis, y: float) -> Line:
    tag = "mean" if each.language == "*" else each.language
    alarm = alarmed(compared, each)
    said = f"{tag} {points(each.difference)} ({ends(each)}), n {each.n}"
    if each.alarm is not None:
        said += f", p {chance(each.alarm)}{', alarm' if alarm else ''}"
    if worst := worst_ends(each):
        said += f", worst case {worst}"
    return Line(
        tag=tag,
        y=y,
        mark=_mark(each, axis),
        value=signed(each.difference),
        said=said if each.difference is not None else f"{tag} none decided in both",
        alarm=alarm,
        mean=each.language == "*",
    )


def _mark(each: Difference, axis: _Axis) -> Mark | None:
    if each.difference is None or each.low is None or each.high is None:
        return None
    worst = None
    if each.undecided and each.worst_low is not None and each.worst_high is not None:
        worst = (axis.at(each.worst_low), axis.at(each.worst_high))
    return Mark(dot=axis.at(each.difference), low=axis.at(each.low), high=axis.at(each.high), worst=worst)
