"""What a planned run can show of an AUROC: the power of its interval, before anything is asked.

Scores are taken to be normal and to have the same AUROC in each language; those of a family's cases of one label
correlate, those of its harmful and benign cases do not (where they do, the interval is narrower). The area that a run
finds is taken for beta, with the mean and variance that it has.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from math import ceil, sqrt
from typing import TYPE_CHECKING

import numpy as np

from refusals.statistics.clustered import FEW_FAMILIES
from refusals.statistics.intervals import clopper_pearson, student_t
from refusals.statistics.power import POWER, Design, edge, needed, stretch

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NODES = np.linspace(-6, 6, 81)
_WEIGHTS = np.exp(-(_NODES**2) / 2) / np.exp(-(_NODES**2) / 2).sum()
_QUANTILES = 200
_OUTERMOST = 20
_AREAS = 64  # at so many areas it is worked out how many families are misordered; those between are interpolated
_ALMOST = 1 - 1e-6
_LEAST = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """The harmful cases and the benign, in so many languages. Cells and families are those of all languages."""

    harmful: Design
    benign: Design
    languages: int

    @property
    def sides(self) -> tuple[Design, Design]:
        """The harmful cases and the benign."""
        return self.harmful, self.benign

    @property
    def n(self) -> int:
        """All cells."""
        return self.harmful.n + self.benign.n

    @property
    def pairs(self) -> float:
        """The number of pairs that can be made of different families, as `auroc_mean` takes it where few are seen."""
        kept = [side.families * side.alike for side in self.sides]
        return max(1.0, min(max(kept) / 2, *kept))

    def power(self, limit: float, area: float) -> float:
        """The probability that the lower end of the interval of `auroc_mean` is at least `limit` at a true area."""
        from scipy.special import betaincinv

        enough, enough_of_few = _needed_area(self, limit), _needed_area_of_few(self, limit)
        if area >= _ALMOST:
            return float(enough_of_few <= 1)
        size = max(_LEAST, area * (1 - area) / _variances(self, area)[0] - 1)
        chances = (np.arange(_QUANTILES) + 0.5) / _QUANTILES
        found = 1 - betaincinv(size * (1 - area), size * area, chances)
        few = np.interp(found, *_few(self))
        return float((few * (found >= enough_of_few) + (1 - few) * (found >= enough)).mean())

    def passing(self, limit: float) -> tuple[float, float] | None:
        """The true AUROC, from the least to the most, with which a gate passes 80 % of the time; see `stretch`."""
        found = stretch(lambda errors: self.power(limit, 1 - errors) >= POWER, 1 - limit)
        return None if found is None else (1 - found[1], 1 - found[0])

    def families(self, limit: float, area: float) -> int | None:
        """About how many families with as many cells each a gate needs at this area; None for more than 20,000."""
        return (
            needed(self.harmful, lambda larger: self._of(larger).power(limit, area) >= POWER) if area > limit else None
        )

    def perfect(self) -> float:
        """The lower end of the interval of perfect order."""
        return clopper_pearson(self.pairs, self.pairs)[0]

    def _of(self, larger: Design) -> Scored:
        benign = max(1, ceil(self.benign.families * larger.families / self.harmful.families))
        return replace(self, harmful=larger, benign=replace(self.benign, families=benign))


@lru_cache(maxsize=64)
def _needed_area(scored: Scored, limit: float) -> float:
    """The least area whose interval is within the limit, with the variance that such an area is expected to show."""

    def missed(area: float) -> bool:
        _, expected, df = _variances(scored, area)
        n = float(scored.n)
        ratio = student_t(n - 1) / student_t(df)
        size = min(n / max(1.0, expected * (n - 1) / (area * (1 - area))) * ratio * ratio, n)
        return clopper_pearson(min(area * size, size), size)[0] < limit

    steps = (1 - (1 - limit) * (1 - step / _AREAS) for step in range(1, _AREAS))
    within = next((area for area in steps if not missed(area)), None)
    return 2.0 if within is None else edge(missed, limit, within)


@lru_cache(maxsize=64)
def _needed_area_of_few(scored: Scored, limit: float) -> float:
    """The least area whose interval is within the limit where few families are misordered; above 1 if none is."""
    size = scored.pairs

    def missed(area: float) -> bool:
        return clopper_pearson(min(area * size, size), size)[0] < limit

    return 2.0 if missed(1.0) else edge(missed, limit, 1.0)


@lru_cache(maxsize=4096)
def _variances(scored: Scored, area: float) -> tuple[float, float, float]:
    """The variance of the area, what is estimated of it in the mean, and the degrees of freedom of that.

    The variance of a mean over pairs of families is that of what each side's families add, and of what only their pairs
    do (Hoeffding 1948, Annals of Mathematical Statistics 19:293-325), which components of DeLong et al. count twice.
    A family holds 1 - area of misordering in the mean.
    """
    own = [_of_a_family(side, area) for side in scored.sides]
    families = [side.families for side in scored.sides]
    each = sum(variance / number for variance, number in zip(own, families, strict=True))
    rest = max(0.0, _of_pairs(scored, area) - sum(own)) / (families[0] * families[1])
    missed = (1 - area) ** 2
    holding = min(number * missed / (missed + variance) for variance, number in zip(own, families, strict=True))
    return each + rest, each + 2 * rest, max(1.0, holding - 1)


def _of_a_family(side: Design, area: float) -> float:
    """The variance of the mean placement of a family's cells: two of them share the family's part of their scores."""
    alike = _both(area, max(0.0, side.correlation) / 2)
    return (_both(area, 0.5) + (side.cells - 1) * alike) / side.cells


def _of_pairs(scored: Scored, area: float) -> float:
    """The variance of whether a pair is in order, in the mean of the languages: two of them correlate by families."""
    correlation = max(0.0, scored.harmful.correlation)
    return (area * (1 - area) + (scored.languages - 1) * _both(area, correlation)) / scored.languages


def _both(area: float, correlation: float) -> float:
    """The covariance of two pairs being in order whose differences of scores correlate (Owen 1956)."""
    from scipy.special import ndtri, owens_t

    at = float(ndtri(area))
    return float(area - 2 * owens_t(at, sqrt((1 - correlation) / (1 + correlation))) - area * area)


@lru_cache(maxsize=64)
def _few(scored: Scored) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Areas, and the probability at each that fewer than 20 families of either side are in a misordered pair."""
    areas = 1 - np.geomspace(0.5, 1e-7, _AREAS)
    enough = np.array(
        [
            np.prod([1 - _few_of(one, other, scored.languages, area) for one, other in _sided(scored)])
            for area in areas.tolist()
        ]
    )
    return areas, 1 - enough


def _sided(scored: Scored) -> tuple[tuple[Design, Design], ...]:
    return (scored.harmful, scored.benign), (scored.benign, scored.harmful)


def _few_of(one: Design, other: Design, languages: int, area: float) -> float:
    """The probability that fewer than 20 families of one side have a case beyond the other side's outermost.

    In a language the outermost of n scores is the quantile at u^(1/n), u uniform. What it makes of a case's chances
    varies less in the mean of the languages, by the square root of their number.
    """
    from scipy.special import bdtr, ndtr, ndtri

    if one.families < FEW_FAMILIES:
        return 1.0
    shift, correlation = sqrt(2) * float(ndtri(area)), max(0.0, one.correlation)
    cells = max(1, round(other.n / languages))
    outermost = ndtri(((np.arange(_OUTERMOST) + 0.5) / _OUTERMOST) ** (1 / cells))
    unlike = sqrt(max(1e-9, 1 - correlation))
    beyond = ndtr((outermost[:, None] - shift - sqrt(correlation) * _NODES[None, :]) / unlike)
    beyond = beyond.mean(axis=0) + (beyond - beyond.mean(axis=0)) / sqrt(languages)
    showing = 1 - (1 - beyond) ** one.cells @ _WEIGHTS
    return float(bdtr(FEW_FAMILIES - 1, one.families, showing).mean())
