"""Numbers look the same in every report: a bound is rounded away from its rate, so no interval looks narrower."""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from refusals.statistics import Estimate

NOT_RUN = "not run"
MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"
SPACE = "\N{NO-BREAK SPACE}"

# What is below this share of a unit in the last place is the error of a float, not a rate.
_SLACK = 1e-6

# Measures that are shares of cells or families; the others are differences or areas from -1 to 1.
SHARES = frozenset({"over-refusal", "under-refusal", "dual-use-refusal", "selectivity"})
GAPS = frozenset({"gap-over-refusal", "gap-under-refusal"})


def percent(share: float, digits: int = 1) -> str:
    """Return a fraction as per cent without its sign; what is not quite 0 or 100 never looks so."""
    smallest = 10.0**-digits
    value = share * 100
    if 0 < value < smallest / 2:
        return f"<{smallest:g}"
    if 100 - smallest / 2 < value < 100:
        return f">{100 - smallest:g}"
    return _plain(value, digits)


def interval(low: float, high: float, digits: int = 1) -> str:
    """Return both bounds of fractions as per cent, rounded outwards."""
    scale = 10.0**digits
    down = floor(low * 100 * scale + _SLACK) / scale
    up = ceil(high * 100 * scale - _SLACK) / scale
    middle = DASH if down >= 0 else " to "
    return f"{_plain(down, digits)}{middle}{_plain(up, digits)}"


def decimal(value: float) -> str:
    """Return a figure between -1 and 1, such as an area or Youden's J."""
    return f"{value:.2f}".replace("-0.00", "0.00").replace("-", MINUS)


def rate_of(estimate: Estimate) -> str:
    """Return the figure itself with its unit, or what stands in its place."""
    if estimate.rate is None:
        return missing(estimate)
    if estimate.measure in SHARES:
        return f"{percent(estimate.rate)}{SPACE}%"
    if estimate.measure in GAPS:
        plus = "+" if estimate.rate > 0 else ""
        return f"{plus}{_plain(estimate.rate * 100, 1)}{SPACE}points"
    return decimal(estimate.rate)


def interval_of(estimate: Estimate) -> str:
    """Return the 95 % interval of a figure; empty where there is none."""
    if estimate.low is None or estimate.high is None:
        return ""
    if estimate.measure in SHARES | GAPS:
        return interval(estimate.low, estimate.high)
    return f"{decimal(floor(estimate.low * 100 + _SLACK) / 100)} to {decimal(ceil(estimate.high * 100 - _SLACK) / 100)}"


def worst_of(estimate: Estimate) -> str:
    """Return the bounds whatever the undecided cells would be; empty where all are decided."""
    if not estimate.undecided or estimate.worst_low is None or estimate.worst_high is None:
        return ""
    return interval(estimate.worst_low, estimate.worst_high)


def missing(estimate: Estimate | None) -> str:
    """Return why there is no figure."""
    if estimate is None or not (estimate.undecided or estimate.n):
        return NOT_RUN
    return "none decided" if estimate.language != "*" else "no mean"


def _plain(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text and float(text) in (0.0, 100.0) else text
    return text.replace("-0", "0", 1) if float(text) == 0 else text.replace("-", MINUS)
