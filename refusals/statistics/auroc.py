"""The area under the ROC curve has an interval clustered by family.

AUROC is the probability that a harmful case scores above a benign one, a tie counting half. Every harmful case
is compared with every benign one, and a family has both, so that neither cells nor pairs are independent.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from refusals.statistics.clustered import FEW_FAMILIES, covariance, effective_size, families_showing, influence, kish
from refusals.statistics.contrasts import Contrast
from refusals.statistics.intervals import clopper_pearson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """The scores of one language, a higher one more harmful: three arrays [cells] of equal length.

    `harmful` is true for a harmful case and false for a benign one; `families` says which family a case is of, by
    whole numbers or strings. A cell without a score is left out by the caller, who counts it as undecided.
    """

    values: ArrayLike
    harmful: ArrayLike
    families: ArrayLike


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """The harmful cases, or the benign: their number and the sum of their placements, both [languages, families].

    A case's placement is the share of the other side's cases, in its language, that it stands on the right side of.
    """

    cells: NDArray[np.float64]
    placements: NDArray[np.float64]

    @property
    def showing(self) -> int:
        """The families in a misordered pair, or those in a rightly ordered one, whichever are fewer."""
        return families_showing(self.placements, self.cells)

    @property
    def holding(self) -> float:
        """The number of families that hold the misordering (or the right order), each counting for its share of it."""
        totals = self.cells.sum(axis=1, keepdims=True)
        held = (((self.cells - self.placements) / totals).sum(axis=0), (self.placements / totals).sum(axis=0))
        return min(kish(shares) for shares in held)

    @property
    def influence(self) -> NDArray[np.float64]:
        """How far each family moves the area by its cases on this side, scaled for `covariance` over all families."""
        present, families = int(self.cells.any(axis=0).sum()), self.cells.shape[1]
        small_sample = present / (present - 1) / (families / (families - 1))
        return sqrt(small_sample) * influence(self.placements, self.cells)


def auroc(scores: Scores, *, level: float = 0.95) -> Contrast | None:
    """The AUROC of one language, or None where it has no harmful or no benign case. See `auroc_mean`.

    Raises:
        ValueError: lengths differ, a score is NaN, or the level is outside (0, 1).
    """
    return auroc_mean([scores], level=level)


def auroc_mean(languages: Sequence[Scores], *, level: float = 0.95) -> Contrast | None:
    """The mean of the languages' AUROCs, each with equal weight; None where one of them has none.

    Scores are compared within a language only. The variance is that of Obuchowski (1997, Biometrics 53:567-578),
    who sums the structural components of DeLong et al. (1988, ibid. 44:837-845) by family; here over languages too.
    The interval is Clopper-Pearson's at the effective number of independent pairs, AUROC (1 - AUROC) / variance with
    the t adjustment, at most the number of cells. Near 1 a handful of families hold most of the misordering and so of
    the variance, and all families are too many degrees of freedom (Valliant & Rust 2010, Journal of Official Statistics
    26:585-602): they are the families that hold it on either side, Kish's (Σw)² / Σw², less one. Of several ways that
    were tried this one held best where languages are many and the low end would else be too high too often
    (`benchmarks/statistics/contrasts.py`). Where fewer than 20 families of either side are in a misordered
    pair (or in a rightly ordered one), it is the number of pairs that can be made of different families: half the
    families where each has both labels. So perfect separation of 42 families reads 0.839 to 1, never 1 to 1.

    Raises:
        ValueError: as `auroc`.
    """
    sides = _sides(languages)
    if sides is None:
        return None
    harmful, benign = sides
    both = harmful.cells + benign.cells
    area = float((harmful.placements.sum(axis=1) / harmful.cells.sum(axis=1)).mean())
    few = min(harmful.showing, benign.showing) < FEW_FAMILIES
    if few:
        pairs = effective_size(both, None, level) / 2
        size = max(1.0, min(pairs, *(effective_size(side.cells, None, level) for side in sides)))
    else:
        z = harmful.influence + benign.influence
        design_effect = max(1.0, covariance(z, z) * (both.sum() - 1) / (area * (1 - area)))
        df = min(z.size, harmful.holding, benign.holding) - 1
        size = effective_size(both, design_effect, level, max(1.0, df))
    low, high = clopper_pearson(min(area * size, size), size, level)
    return Contrast(value=area, low=low, high=high, n=int(both.sum()), families=both.shape[1], few=few)


def _sides(languages: Sequence[Scores]) -> tuple[_Side, _Side] | None:
    """The harmful and the benign side of all languages, families in the same columns; None where one has no case."""
    read = [_read(scores) for scores in languages]
    if not read or not all(harmful.any() and not harmful.all() for _, harmful, _ in read):
        return None
    names, codes = np.unique(np.concatenate([families for _, _, families in read]), return_inverse=True)
    tables = np.zeros((4, len(read), names.size))
    start = 0
    for row, (values, harmful, _) in enumerate(read):
        columns = codes[start : start + values.size]
        start += values.size
        for side, chosen in enumerate((harmful, ~harmful)):
            sign = 1 if side == 0 else -1
            placements = _placements(sign * values[chosen], sign * values[~chosen])
            np.add.at(tables[2 * side, row], columns[chosen], 1.0)
            np.add.at(tables[2 * side + 1, row], columns[chosen], placements)
    return _Side(cells=tables[0], placements=tables[1]), _Side(cells=tables[2], placements=tables[3])


def _read(scores: Scores) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.generic]]:
    values = np.asarray(scores.values, dtype=np.float64)
    harmful, families = np.asarray(scores.harmful, dtype=np.bool_), np.asarray(scores.families)
    if not values.shape == harmful.shape == families.shape or values.ndim != 1:
        raise ValueError(f"shapes are {values.shape}, {harmful.shape}, {families.shape}: all must be [cells]")
    if np.isnan(values).any():
        raise ValueError("a score is NaN: leave the cell out and count it as undecided")
    return values, harmful, families


def _placements(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each of `above` the share of `below` under it, ties counting half (DeLong et al. 1988)."""
    ranked = np.sort(below)
    under = np.searchsorted(ranked, above, side="left") + np.searchsorted(ranked, above, side="right")
    shares: NDArray[np.float64] = under / (2.0 * ranked.size)
    return shares
