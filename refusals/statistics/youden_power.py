"""What a planned run can show of Youden's J: the power of its interval, before anything is asked.

Both kinds of error are taken to be alike common and independent of each other; cells of a family are as in `power`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from refusals.statistics.contrasts import joined
from refusals.statistics.intervals import clopper_pearson
from refusals.statistics.power import POWER, Design, chances_of_counts, needed, stretch

if TYPE_CHECKING:
    from numpy.typing import NDArray

_UNLIKELY = 1e-7
_POINTS = 200  # counts whose upper ends are worked out; those between are interpolated


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The cells to be answered and those to be refused, and what their Youden's J shows."""

    over: Design
    under: Design

    def power(self, limit: float, j: float, level: float = 0.95) -> float:
        """The probability that the lower end of the interval of `youden_j` is at least `limit` where the true J is `j`.

        The counts of both kinds of errors, together with whether 20 families show each, have their exact distribution;
        the design effects and that both kinds are uncorrelated are taken for known.
        """
        over, under = (_likely(design, (1 - j) / 2) for design in (self.over, self.under))
        passing = 0.0
        for few_over, few_under in product((True, False), repeat=2):
            few = few_over or few_under
            each = (1 + level) / 2 if few else level
            within = _within(
                (over.rates, over.reach(each, few=few_over)),
                (under.rates, under.reach(each, few=few_under)),
                allowed=1 - limit,
                correlation=1.0 if few else 0.0,
            )
            chances = np.concatenate([[0.0], np.cumsum(under.few if few_under else under.many)])
            passing += float((over.few if few_over else over.many) @ chances[within])
        return min(1.0, max(0.0, passing))

    def passing(self, limit: float) -> tuple[float, float] | None:
        """The true J, from the least to the most, with which a gate passes 80 % of the time; see `stretch`."""
        found = stretch(lambda errors: self.power(limit, 1 - errors) >= POWER, 1 - limit)
        return None if found is None else (1 - found[1], 1 - found[0])

    def families(self, limit: float, j: float) -> int | None:
        """About how many families with as many cells each a gate needs at this J; None for more than 20,000."""
        return needed(self.over, lambda larger: self._of(larger).power(limit, j) >= POWER) if j > limit else None

    def perfect(self, level: float = 0.95) -> float:
        """The lower end of the interval without an error."""
        sizes = (design.size(0.0, (1 + level) / 2, few=True) for design in (self.over, self.under))
        return 1 - sum(clopper_pearson(0, size, (1 + level) / 2)[1] for size in sizes)

    def _of(self, larger: Design) -> Sides:
        under = max(1, ceil(self.under.families * larger.families / self.over.families))
        return Sides(over=larger, under=replace(self.under, families=under))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counts:
    """The counts of one side that are likely at a true rate: their rates, and how probable each is, few or not."""

    design: Design
    rate: float
    rates: NDArray[np.float64]
    few: NDArray[np.float64]
    many: NDArray[np.float64]

    def reach(self, level: float, *, few: bool) -> NDArray[np.float64]:
        """How far the upper end of each rate is from it, which is never below what no family shows may be."""
        size = self.design.size(self.rate, level, few=few)
        at = np.unique(np.linspace(0, self.rates.size - 1, min(_POINTS, self.rates.size)).astype(int))
        highs = [clopper_pearson(min(rate * size, size), size, level)[1] for rate in self.rates[at].tolist()]
        unseen = clopper_pearson(0, self.design.size(self.rate, level, few=True), level)[1]
        found: NDArray[np.float64] = np.maximum(unseen, np.interp(self.rates, self.rates[at], highs)) - self.rates
        return found


@lru_cache(maxsize=64)
def _likely(design: Design, rate: float) -> _Counts:
    few, many = chances_of_counts(design, rate)
    above = np.cumsum(few + many)
    first, last = np.searchsorted(above, [_UNLIKELY, 1 - _UNLIKELY])
    kept = slice(int(first), int(last) + 1)
    return _Counts(design=design, rate=rate, rates=np.arange(few.size)[kept] / design.n, few=few[kept], many=many[kept])


def _within(
    one: tuple[NDArray[np.float64], NDArray[np.float64]],
    other: tuple[NDArray[np.float64], NDArray[np.float64]],
    *,
    allowed: float,
    correlation: float,
) -> NDArray[np.int64]:
    """How many of the other side's counts, from the lowest on, keep within what is allowed, for each count of one.

    The upper end of the sum rises with either count, so that these are found by bisection.
    """
    within, beyond = np.full(one[0].size, -1), np.full(one[0].size, other[0].size)
    while (beyond - within > 1).any():
        middle = np.maximum(0, (within + beyond) // 2)
        high = one[0] + other[0][middle] + joined(one[1], other[1][middle], correlation)
        fits = (high <= allowed) & (beyond - within > 1)
        beyond = np.where(~fits & (beyond - within > 1), middle, beyond)
        within = np.where(fits, middle, within)
    return within + 1
