"""The rate of errors has an interval whose sample size is that of families, not of cells.

A family's cases and translations move together. How much is estimated from the spread between families
(Taylor-linearised ratio, Woodruff 1971); where too few families err for that, the worst is assumed: that
all cells of a family move as one. Nor can any run exclude what so many families would not have shown: a topic
that fails whole, of which none was drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from refusals.statistics.intervals import clopper_pearson, student_t

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

FEW_FAMILIES = 20
"""With fewer families showing the rarer outcome their spread says nothing (coverage falls to 0.88 without this)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A share of decided cells, with its interval. All rates are fractions.

    `count` and `n` are cells (wrong, decided); `families` those with a decided cell. `design_effect` is the
    variance over that of as many independent cells, never below 1, and None where it cannot be estimated (no
    error, nothing but errors, or one family). `few` says that fewer than 20 families show the rarer outcome, so
    that `n_effective` is the worst case and the interval covers more than its level.
    """

    rate: float
    low: float
    high: float
    count: int
    n: int
    families: int
    n_effective: float
    design_effect: float | None
    few: bool


def clustered_rate(bad: ArrayLike, decided: ArrayLike, *, level: float = 0.95) -> Rate | None:
    """The rate of one language, sum of `bad` over sum of `decided` (both [families]), or None without a decided cell.

    It is `language_mean` of one language. With one cell a family it is the exact interval of Clopper & Pearson.

    Raises:
        ValueError: shapes differ, a count is no count, `bad` exceeds `decided`, or the level is outside (0, 1).
    """
    return language_mean(np.atleast_1d(bad)[np.newaxis], np.atleast_1d(decided)[np.newaxis], level=level)


def language_mean(bad: ArrayLike, decided: ArrayLike, *, level: float = 0.95, few: bool = False) -> Rate | None:
    """The mean of the languages' rates, each with equal weight, has an interval clustered by family.

    `bad` and `decided` are [languages, families], a family in the same column throughout. None where a language
    has no decided cell: a mean without it would answer another question. The interval is that of Korn & Graubard
    (1998, Survey Methodology 24:193-201): Clopper-Pearson at an effective sample size, see `effective_size`, with
    what the design effect's own uncertainty adds, see `inflated`. It always holds what an outcome that no family shows
    could be, see `unseen_at_most`: a system with errors is never told to be better than one without any. `few` has
    families move as one however many show an error.
    Simulated coverage of 95 % in 28 languages is 95 to 100 % (`benchmarks/statistics/coverage.py`).

    Raises:
        ValueError: as `clustered_rate`.
    """
    errors, cells = counted(bad, decided)
    if not cells.size or not cells.any(axis=1).all():
        return None
    if len(cells) == 1:
        return _of_one(errors.tobytes(), cells.tobytes(), level, few=few)
    return _mean(errors, cells, level, few=few)


@lru_cache(maxsize=2048)
def _of_one(errors: bytes, cells: bytes, level: float, *, few: bool) -> Rate:
    """Return the rate of one language; the same counts stand in many languages and parts of the cases."""
    return _mean(np.frombuffer(errors)[np.newaxis], np.frombuffer(cells)[np.newaxis], level, few=few)


def _mean(errors: NDArray[np.float64], cells: NDArray[np.float64], level: float, *, few: bool) -> Rate:
    seen = cells.any(axis=0)
    errors, cells = errors[:, seen], cells[:, seen]
    rate = float((errors.sum(axis=1) / cells.sum(axis=1)).mean())
    design_effect = _design_effect(errors, cells, rate)
    few = few or families_showing(errors, cells) < FEW_FAMILIES
    believed = None if few or design_effect is None else inflated(design_effect, influence(errors, cells), level)
    size = effective_size(cells, believed, level)
    low, high = clopper_pearson(min(rate * size, size), size, level)
    unseen = unseen_at_most(cells, level)
    return Rate(
        rate=rate,
        low=min(low, 1 - unseen),
        high=max(high, unseen),
        count=int(errors.sum()),
        n=int(cells.sum()),
        families=cells.shape[1],
        n_effective=size,
        design_effect=design_effect,
        few=few,
    )


def counted(bad: ArrayLike, decided: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Both counts as arrays [languages, families], found to be counts and `bad` to be part of `decided`.

    Raises:
        ValueError: as `clustered_rate`.
    """
    errors, cells = np.asarray(bad, dtype=np.float64), np.asarray(decided, dtype=np.float64)
    if errors.shape != cells.shape or errors.ndim != 2:
        raise ValueError(f"shapes are {errors.shape} and {cells.shape}: both must be [languages, families]")
    if not (np.isfinite(cells).all() and (cells == np.floor(cells)).all() and (errors == np.floor(errors)).all()):
        raise ValueError("cells are counted in whole numbers")
    if not ((errors >= 0) & (errors <= cells)).all():
        raise ValueError("a family has more wrong cells than decided ones, or fewer than none")
    return errors, cells


def influence(amounts: NDArray[np.float64], cells: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far each family moves the mean of the languages' ratios, to first order: [families], summing to 0.

    z_f = (1/L) Σ_l (y_lf - r_l n_lf) / Σ_f n_lf, with r_l = Σ_f y_lf / Σ_f n_lf (Woodruff 1971, JASA 66:411-414).
    `amounts` is y and may be negative; `cells` is n. Each language has a cell.
    """
    totals = cells.sum(axis=1, keepdims=True)
    ratios = amounts.sum(axis=1, keepdims=True) / totals
    moved: NDArray[np.float64] = ((amounts - ratios * cells) / totals).mean(axis=0)
    return moved


def covariance(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """F/(F-1) Σ_f z_f w_f, of the estimates with influences z and w over F > 1 families (with itself the variance)."""
    return float(one @ other) * one.size / (one.size - 1)


def families_showing(errors: NDArray[np.float64], cells: NDArray[np.float64]) -> int:
    """The number of families that show the rarer outcome in any language: the one that fewer families show."""
    return int(min(errors.any(axis=0).sum(), (cells > errors).any(axis=0).sum()))


def effective_size(
    cells: NDArray[np.float64], design_effect: float | None, level: float, df: float | None = None
) -> float:
    """As many independent cells would tell as much; never more than there are.

    With a design effect: n / design effect · (t_{n-1} / t_{df})², Korn & Graubard 1998, with `df` the degrees of
    freedom of the variance, F - 1 where nothing else is said. Without (None), families
    move as one: n is the number of families, or Kish's (1965, section 11.7) (Σw)² / Σw² where they weigh
    differently. Either is at most L times that of the language with fewest cells (or families), which alone may hold
    all errors; with as many in each language that is no limit beyond n.
    """
    languages, families = len(cells), len(cells.T)
    if design_effect is None:
        totals = cells.sum(axis=1, keepdims=True)
        weights = (cells * (totals.max() / totals)).sum(axis=0)
        thinnest = min(kish(row) for row in cells)
        return min(kish(weights), languages * thinnest)
    n, fewest = float(cells.sum()), float(cells.sum(axis=1).min())
    ratio = student_t(n - 1, level) / student_t(families - 1 if df is None else df, level)
    return min(n / design_effect * ratio * ratio, languages * fewest)


def inflated(design_effect: float, moved: NDArray[np.float64], level: float) -> float:
    """The design effect with what its own uncertainty adds, from the families' influences z, [families].

    Its excess over 1 is known from the spread of z, and the worse the fewer families make that. It is a sum of squares
    with 2 (Σz²)² / (Σz⁴ - (Σz²)²/F) degrees of freedom (Satterthwaite 1946, Biometrics Bulletin 2:110-114), where
    Korn & Graubard's t adjustment has F - 1: the excess is multiplied by the ratio of the two squared t.
    """
    families = moved.size
    squares = float(moved @ moved)
    spread = float((moved**2) @ (moved**2)) - squares**2 / families
    if design_effect <= 1 or spread <= 0:
        return design_effect
    known = min(families - 1.0, max(1.0, 2 * squares**2 / spread))
    ratio = student_t(known, level) / student_t(families - 1, level)
    return 1 + (design_effect - 1) * ratio**2


def unseen_at_most(cells: NDArray[np.float64], level: float) -> float:
    """The share that an outcome may have of which these families show none: the upper end of 0 in so many.

    A topic that fails whole, in every language, is one family among so many; where a run drew none of them, its other
    errors say nothing of it.
    """
    return clopper_pearson(0.0, effective_size(cells, None, level), level)[1]


def kish(weights: NDArray[np.float64]) -> float:
    """As many equal weights vary the sum as much: (Σw)² / Σw² (Kish 1965, section 11.7)."""
    return float(weights.sum()) ** 2 / float(weights @ weights)


def _design_effect(errors: NDArray[np.float64], cells: NDArray[np.float64], rate: float) -> float | None:
    """Variance over p(1-p)/(n-1), that of n independent cells, at least 1 (Kish 1965, section 8.2; as SURVEYFREQ)."""
    if cells.shape[1] < 2 or not 0 < rate < 1:
        return None
    z = influence(errors, cells)
    return max(1.0, covariance(z, z) * (float(cells.sum()) - 1) / (rate * (1 - rate)))
