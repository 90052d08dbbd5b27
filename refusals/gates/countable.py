"""Which trials a measure can count is known before any call: it lies in the label and in what the policy expects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from refusals.plan import Ending

if TYPE_CHECKING:
    from collections.abc import Callable

    from refusals.plan import Trial

_SCORED = ("selectivity", "youden-j")  # are of all cells that can go wrong in either direction


def countable(measure: str) -> Callable[[Trial], bool]:
    """Return whether a measure can count a trial; what a system's taxonomy leaves out is in no measure."""
    from refusals.statistics.tally import COUNTED, mistaken, unasked

    wrong = mistaken if measure in _SCORED else COUNTED.get(measure.removeprefix("gap-"))

    def counts(trial: Trial) -> bool:
        if trial.withheld is Ending.OUT_OF_POLICY:
            return False
        return wrong is None or wrong(unasked(trial)) is not None

    return counts
