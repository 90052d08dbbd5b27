"""Some limits no sample can show, and some need none: an interval ends neither at 0 nor at 100 per cent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from refusals.statistics import RATES

if TYPE_CHECKING:
    from refusals.study import GateSpec

NONE = "no number of cases shows 0 %"
ALWAYS = "it holds of whatever is found"
ALL_RIGHT = "no number of cases shows 100 %"
_PERFECT = ("selectivity", "youden-j", "auroc")


def never_shown(gate: GateSpec) -> str:
    """Return the key of a bound that no interval can keep, however many cases there are; empty where it may."""
    if gate.measure in RATES and gate.limit == 0:
        return "limit"
    return "at-least" if gate.measure in _PERFECT and gate.at_least == 1 else ""


def needed(limit: float) -> str:
    """Return how many families without an error show a limit, as far as anybody would count them."""
    from refusals.statistics.intervals import clopper_pearson, needed_families
    from refusals.statistics.power import MOST_FAMILIES

    if clopper_pearson(0, MOST_FAMILIES)[1] > limit:
        return f"more than {MOST_FAMILIES:,}"
    return f"{needed_families(limit):,}"


def in_words(families: int) -> str:
    """Return a number of families in words."""
    return f"{families} famil{'y' if families == 1 else 'ies'}"
