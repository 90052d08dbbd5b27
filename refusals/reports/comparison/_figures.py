"""Differences are said in points, with a sign, and never as 0 where they are not quite that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from refusals.reports._numbers import DASH, MINUS, SPACE, percent

if TYPE_CHECKING:
    from refusals.statistics.comparison import Difference

TO = " to "
_SMALLEST = 0.01  # points


def signed(share: float | None) -> str:
    """Return a difference of fractions as points with its sign, or a dash."""
    if share is None:
        return DASH
    value = abs(share) * 100
    sign = "+" if share > 0 else MINUS
    if value == 0:
        return "0"
    if value < _SMALLEST / 2:
        return f"{sign}<{_SMALLEST:g}"
    return f"{sign}{value:.2f}" if value < 0.1 else f"{sign}{value:.1f}"


def points(share: float | None) -> str:
    """Return a difference as points with the word."""
    return DASH if share is None else f"{signed(share)}{SPACE}point{'' if abs(round(share * 100, 6)) == 1 else 's'}"


def plain_points(share: float) -> str:
    """Return a margin as its author wrote it, in points."""
    said = f"{round(share * 100, 6):g}"
    return f"{said}{SPACE}point{'' if said == '1' else 's'}"


def ends(each: Difference) -> str:
    """Return the two-sided 95 % interval; empty where there is none."""
    return "" if each.low is None or each.high is None else f"{signed(each.low)}{TO}{signed(each.high)}"


def worst_ends(each: Difference) -> str:
    """Return the interval whatever the undecided cells would be; empty where all are decided."""
    if not each.undecided or each.worst_low is None or each.worst_high is None:
        return ""
    return f"{signed(each.worst_low)}{TO}{signed(each.worst_high)}"


def rate(share: float | None) -> str:
    """Return a rate as per cent without its sign, or a dash."""
    return DASH if share is None else percent(share)


def chance(p: float | None) -> str:
    """Return a p value, or a dash."""
    if p is None:
        return DASH
    return "<0.001" if p < 0.001 else f"{p:.3f}" if p < 0.1 else f"{p:.2f}"
