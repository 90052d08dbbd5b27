"""Undecided cells count for the system and against it, and a gate must hold both ways."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from refusals.statistics.clustered import language_mean

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from refusals.statistics.clustered import Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a rate can be, whatever the undecided cells would have been. All are fractions.

    `rate_low` and `rate_high` are the two rates themselves; `low` and `high` the ends of an interval that holds
    the interval of the decided cells and those of both fillings.
    """

    rate_low: float
    rate_high: float
    low: float
    high: float


def worst_case(
    bad: ArrayLike, good: ArrayLike, undecided: ArrayLike, *, level: float = 0.95, without: Rate | None = None
) -> Bounds | None:
    """The bounds with every undecided cell good, and with every one bad (Horowitz & Manski 1998).

    Counts are [families], or [languages, families] for the mean of the languages. None where a language has no
    cell at all; one with undecided cells only has bounds, though no rate. Effective sizes differ between the
    fillings, so that an end of one may fall inside the interval of the decided cells: the outermost are taken.
    `without` is what `language_mean` says of the decided cells alone, where that is known already.

    Raises:
        ValueError: shapes differ, or a count is no count.
    """
    wrong, right, unknown = (np.atleast_2d(np.asarray(counts)) for counts in (bad, good, undecided))
    if not wrong.shape == right.shape == unknown.shape:
        raise ValueError(f"shapes are {wrong.shape}, {right.shape}, {unknown.shape}: all need the same families")
    if without is None:
        without = language_mean(wrong, wrong + right, level=level)
    if not unknown.any():
        return None if without is None else _around(without)
    # Too few families show what is decided to tell how they move: undecided cells do not add to what is known of that.
    few = without is None or without.few
    for_it = language_mean(wrong, wrong + right + unknown, level=level, few=few)
    against_it = language_mean(wrong + unknown, wrong + right + unknown, level=level, few=few)
    if for_it is None or against_it is None:
        return None
    rates = (for_it, against_it) if without is None else (for_it, without, against_it)
    return Bounds(
        rate_low=for_it.rate,
        rate_high=against_it.rate,
        low=min(rate.low for rate in rates),
        high=max(rate.high for rate in rates),
    )


def _around(rate: Rate) -> Bounds:
    return Bounds(rate_low=rate.rate, rate_high=rate.rate, low=rate.low, high=rate.high)
