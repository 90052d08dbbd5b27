"""Numbers look the same in every report; what is not quite 0 or 100 per cent never looks so."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from refusals.statistics import Estimate

NOT_RUN = "not run"
MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"
SPACE = "\N{NO-BREAK SPACE}"

# Measures that are shares of cells or families; the others are differences or areas from -1 to 1.
SHARES = frozenset({"over-refusal", "under-refusal", "dual-use-refusal", "selectivity", "review-share"})
GAPS = frozenset({"gap-over-refusal", "gap-under-refusal"})


def percent(share: float, digits: int = 1) -> str:
    """Return a fraction as per cent without its sign."""
    smallest = 10.0**-digits
    value = share * 100
    if 0 < value < smallest / 2:
        return f"<{smallest:g}"
    if 100 - smallest / 2 < value < 100:
        return f">{100 - smallest:g}"
    return f"{value:.0f}" if value in (0, 100) else f"{value:.{digits}f}".replace("-", MINUS)


def interval(low: float, high: float) -> str:
    """Return both bounds of fractions as per cent."""
    return f"{percent(low)}{DASH if low >= 0 else ' to '}{percent(high)}"


def decimal(value: float) -> str:
    """Return a figure between -1 and 1, such as an area or Youden's J."""
    return f"{value:.2f}".replace("-0.00", "0.00").replace("-", MINUS)


def limit_of(limit: float) -> str:
    """Return a limit as its author wrote it: without more digits than it needs."""
    return f"{round(limit * 100, 6):g}{SPACE}%"


def rate_of(estimate: Estimate) -> str:
    """Return the figure itself with its unit, or what stands in its place."""
    if estimate.rate is None:
        return missing(estimate)
    if estimate.measure in SHARES:
        return f"{percent(estimate.rate)}{SPACE}%"
    if estimate.measure in GAPS:
        return f"{'+' if estimate.rate > 0 else ''}{percent(estimate.rate)}{SPACE}points"
    return decimal(estimate.rate)


def interval_of(estimate: Estimate) -> str:
    """Return the 95 % interval of a figure; empty where there is none."""
    if estimate.low is None or estimate.high is None:
        return ""
    if estimate.measure in SHARES | GAPS:
        return interval(estimate.low, estimate.high)
    return f"{decimal(estimate.low)} to {decimal(estimate.high)}"


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
