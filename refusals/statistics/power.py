"""What a planned run can show of a rate: the power of the intervals that gates use, before anything is asked.

The cells of a family are taken for exchangeable, wrong at one rate, any two of them correlating alike (the
beta-binomial), so that the design effect is 1 + (c - 1) · correlation with c cells a family (Kish 1965, section 5.4).
What the interval then says is worked out for all that may be counted; `benchmarks/statistics/power.py` compares that
with simulated runs and the intervals themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import ceil, sqrt
from typing import TYPE_CHECKING

import numpy as np

from refusals.statistics.clustered import FEW_FAMILIES
from refusals.statistics.intervals import clopper_pearson, student_t

if TYPE_CHECKING:
    from numpy.typing import NDArray

POWER = 0.8
MOST_FAMILIES = 20_000
"""Nobody writes more: a search for the number that is needed ends here."""

_STEPS = 20
_TAIL = 12.0  # standard deviations of a count beyond which nothing is added up
_FIRST = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """So many families with so many cells each, any two cells of a family correlating by `correlation`.

    `alike` is the share of families that counts where the cells of a family move as one, below 1 where families have
    unlike numbers of cells (`clustered.effective_size`).
    """

    families: int
    cells: int
    correlation: float
    alike: float = 1.0

    @property
    def n(self) -> int:
        """All cells."""
        return self.families * self.cells

    @property
    def effect(self) -> float:
        """The design effect."""
        return 1 + (self.cells - 1) * max(0.0, self.correlation)

    def size(self, rate: float, level: float, *, few: bool = False) -> float:
        """The effective size that an interval is expected to use at a true rate, with few families or enough."""
        if few or self.families < 2:
            return self.families * self.alike
        ratio = student_t(self.n - 1, level) / student_t(self.families - 1, level)
        return min(float(self.n), self.n / self._inflated(rate, level) * ratio * ratio)

    def _inflated(self, rate: float, level: float) -> float:
        """The design effect that is to be expected with what its uncertainty adds: see `clustered.inflated`."""
        squares = (np.arange(self.cells + 1) - rate * self.cells) ** 2
        chances = self.in_a_family(rate)
        second, fourth = float(chances @ squares), float(chances @ squares**2)
        spread = fourth - second**2
        if self.effect <= 1 or spread <= 0:
            return self.effect
        known = min(self.families - 1.0, max(1.0, 2 * self.families * second**2 / spread))
        ratio = student_t(known, level) / student_t(self.families - 1, level)
        return 1 + (self.effect - 1) * ratio**2

    def in_a_family(self, rate: float) -> NDArray[np.float64]:
        """The probability of 0 to c wrong cells: the beta-binomial, or the binomial without correlation."""
        from scipy.special import betaln, gammaln, xlog1py, xlogy

        k, c = np.arange(self.cells + 1), self.cells
        logs = gammaln(c + 1) - gammaln(k + 1) - gammaln(c - k + 1)
        if self.correlation <= 0 or not 0 < rate < 1:
            logs = logs + xlogy(k, rate) + xlog1py(c - k, -rate)
        else:
            rest = 1 / min(self.correlation, 1 - 1e-9) - 1
            a, b = rate * rest, (1 - rate) * rest
            logs = logs + betaln(a + k, b + c - k) - betaln(a, b)
        chances: NDArray[np.float64] = np.exp(logs)
        return chances


def power_to_pass(design: Design, limit: float, rate: float, level: float = 0.95) -> float:
    """The probability that the upper end of the interval is within the limit where the true rate is `rate`.

    The count of wrong cells, together with whether 20 families show one, has its exact distribution; the design effect
    is taken for known.
    """
    few_count, many_count = (_most(design.n, design.size(rate, level, few=few), limit, level) for few in (True, False))
    if few_count < 0:  # not even without an error: what no family shows may be more than the limit
        return 0.0
    with_few, with_many = chances_of_counts(design, rate, beyond=max(few_count, many_count))
    passing = with_few[: few_count + 1].sum() + with_many[: many_count + 1].sum()
    return min(1.0, max(0.0, float(passing)))


def chances_of_counts(
    design: Design, rate: float, *, beyond: float = 0.0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The probabilities of 0, 1, 2, ... wrong cells, where fewer than 20 families show one and where more do.

    They end where nothing is likely any more, and not before `beyond`.
    """
    from scipy.fft import next_fast_len

    spread = sqrt(design.n * rate * (1 - rate) * design.effect)
    last = max(beyond, design.n * rate + _TAIL * spread) + (FEW_FAMILIES + 1) * design.cells
    length = next_fast_len(int(min(design.n, last)) + 1, real=True)
    chances = design.in_a_family(rate)
    none, some = float(chances[0]), np.fft.rfft(np.concatenate([[0.0], chances[1:]]), length)
    all_counts = np.fft.irfft((none + some) ** design.families, length)
    with_few = np.fft.irfft(_up_to(design.families, none, some), length)
    return with_few, all_counts - with_few


def passing_rate(design: Design, limit: float, power: float = POWER) -> float | None:
    """The true rate up to which a gate passes with this power; None where one without an error would not.

    Power may dip where too few families err for their spread to be believed: what lies beyond is not counted on.
    """

    def passes(rate: float) -> bool:
        return power_to_pass(design, limit, rate) >= power

    found = stretch(passes, limit) if passes(0.0) else None
    return found[1] if found else None


def stretch(passes: Callable[[float], bool], limit: float) -> tuple[float, float] | None:
    """The shares of errors, from the least to the most, with which a gate `passes`; the first such stretch from 0 on.

    It may begin above 0, where without an error too few families err for their spread to be believed.
    """
    steps = [limit * step / _STEPS for step in range(_STEPS + 1)]
    at = next((at for at, errors in enumerate(steps) if passes(errors)), None)
    if at is None:
        return None
    least = edge(lambda errors: not passes(errors), steps[at - 1], steps[at]) if at else 0.0
    beyond = next((errors for errors in steps[at:] if not passes(errors)), limit)
    return least, edge(passes, beyond - limit / _STEPS, beyond)


def families_to_pass(design: Design, limit: float, rate: float, power: float = POWER) -> int | None:
    """About how many families with as many cells each a gate needs at this rate; None for more than 20,000."""
    if not rate < limit:
        return None
    return needed(design, lambda larger: power_to_pass(larger, limit, rate) >= power)


def edge(holds: Callable[[float], bool], inside: float, outside: float) -> float:
    """The value up to which `holds` is true from `inside` on, by bisection to a thousandth of the way."""
    for _ in range(10):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if holds(middle) else (inside, middle)
    return (inside + outside) / 2


def needed(design: Design, enough: Callable[[Design], bool]) -> int | None:
    """The number of families that is enough, to one in a hundred; None for more than 20,000."""

    def fits(families: int) -> bool:
        return enough(replace(design, families=families))

    high = _FIRST
    while not fits(high):
        high *= 2
        if high > MOST_FAMILIES:
            return None
    low = high // 2 if high > _FIRST else 0
    while high - low > max(1, high // 100):
        middle = ceil((low + high) / 2)
        low, high = (low, middle) if fits(middle) else (middle, high)
    return high


def _up_to(families: int, none: float, some: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """The transform of the count where fewer than 20 families have a wrong cell: Σ C(F, s) P(0)^(F-s) g^s."""
    total = np.zeros_like(some)
    term = np.ones_like(some)
    ways = 1.0
    for showing in range(min(FEW_FAMILIES, families + 1)):
        total += ways * none ** (families - showing) * term
        term = term * some
        ways *= (families - showing) / (showing + 1)
    return total


def _most(n: int, size: float, limit: float, level: float) -> int:
    """The largest count of n whose upper end at an effective size is within the limit; -1 if there is none."""
    if clopper_pearson(0, size, level)[1] > limit:
        return -1
    within, beyond = 0, n + 1
    while beyond - within > 1:
        middle = (within + beyond) // 2
        fits = clopper_pearson(min(middle / n * size, size), size, level)[1] <= limit
        within, beyond = (middle, beyond) if fits else (within, middle)
    return within
