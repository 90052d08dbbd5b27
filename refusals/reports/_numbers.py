"""Numbers look the same in every report; what is not quite 0 or 100 per cent never looks so."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from refusals.gates import Ruling
    from refusals.statistics import Estimate

NOT_RUN = "not run"
NONE_DECIDED = "none decided"
MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"
SPACE = "\N{NO-BREAK SPACE}"

# Measures that are differences, or areas from -1 to 1; the others are shares of cells or families.
UNITLESS = frozenset({"youden-j", "auroc"})
GAPS = frozenset({"gap-over-refusal", "gap-under-refusal"})
_AGAINST = ("margin", "alarm")  # a baseline, so that the figure is a difference


def percent(share: float, digits: int = 1) -> str:
    """Return a fraction as per cent without its sign."""
    smallest = 10.0**-digits
    value = share * 100
    if value in (0, 100):
        return f"{value:.0f}"
    written = f"{value:.{digits}f}"
    if value > 0 and float(written) == 0:
        return f"<{smallest:g}"
    if value < 100 and float(written) == 100:
        return f">{100 - smallest:g}"
    return written.replace("-", MINUS)


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
    return missing(estimate) if estimate.rate is None else value_of(estimate.measure, estimate.rate)


def value_of(measure: str, value: float) -> str:
    """Return a figure with its unit: points for gaps, no unit for areas and Youden's J, else per cent."""
    if measure in GAPS:
        return f"{'+' if value > 0 else ''}{percent(value)}{SPACE}points"
    return decimal(value) if measure in UNITLESS else f"{percent(value)}{SPACE}%"


def found_by(ruling: Ruling) -> tuple[str, str]:
    """Return the figure that a ruling is on with its unit, and its ends or nothing; against a baseline, points."""
    if ruling.rate is None:
        return DASH if ruling.bound in _AGAINST else NONE_DECIDED, ""
    measure = "gap-over-refusal" if ruling.bound in _AGAINST else ruling.gate
    ends = "" if ruling.low is None or ruling.high is None else ends_of(measure, ruling.low, ruling.high)
    return value_of(measure, ruling.rate), ends


def interval_of(estimate: Estimate) -> str:
    """Return the 95 % interval of a figure; empty where there is none."""
    if estimate.low is None or estimate.high is None:
        return ""
    return ends_of(estimate.measure, estimate.low, estimate.high)


def ends_of(measure: str, low: float, high: float) -> str:
    """Return both bounds of a figure in its unit."""
    return f"{decimal(low)} to {decimal(high)}" if measure in UNITLESS else interval(low, high)


def worst_of(estimate: Estimate) -> str:
    """Return the bounds whatever the undecided cells, or replies nobody read, would be; empty where neither matters."""
    if estimate.worst_low is None or estimate.worst_high is None:
        return ""
    if not (estimate.undecided or estimate.correction == "uncorrected"):
        return ""
    return ends_of(estimate.measure, estimate.worst_low, estimate.worst_high)


def absent(planned: int) -> str:
    """Return what stands where a measure has no cell: a dash if others were asked, so that it does not apply."""
    return DASH if planned else NOT_RUN


def missing(estimate: Estimate | None, without: str = NOT_RUN) -> str:
    """Return why there is no figure; `without` where there is no cell that it could be of."""
    if estimate is None or not (estimate.undecided or estimate.n):
        return without
    return NONE_DECIDED if estimate.language != "*" else "no mean"
