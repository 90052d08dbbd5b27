"""A claim about languages that were not tested needs an interval in which languages, too, are a sample.

All other intervals are about the languages of the run: which they are is no chance. This one takes them for a random
sample of more, and families for one of more, so that a cell moves with its family and with its language.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from refusals.statistics.clustered import FEW_FAMILIES, counted, effective_size, families_showing
from refusals.statistics.intervals import clopper_pearson, student_t

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Beyond:
    """The mean rate of languages like those tested, with its interval. All rates are fractions.

    `few` says that too few families, or languages, show the rarer outcome to tell how much they differ, so that
    `n_effective` is at most the number of families, or of both the smaller.
    """

    rate: float
    low: float
    high: float
    n: int
    families: int
    languages: int
    n_effective: float
    few: bool


def beyond(bad: ArrayLike, decided: ArrayLike, *, level: float = 0.95) -> Beyond | None:
    """The equal-weight mean of the languages' rates has an interval clustered by family and by language.

    `bad` and `decided` are [languages, families]. None with fewer than two languages, fewer than two families, or a
    language without a decided cell. The variance is V_families + V_languages - V_cells (Cameron, Gelbach & Miller
    2011, Journal of Business & Economic Statistics 29:238-249), each with its G / (G - 1), and never below either
    one-way variance: it may come out smaller, even negative, by chance. The interval is Clopper & Pearson's at the
    size that this variance is worth, with min(F, L) - 1 degrees of freedom. Where fewer than 20 families show the
    rarer outcome V_families is p(1-p)/F, as if families moved as one; where fewer than half of the languages do, n is
    at most the number of languages.

    It is about languages that differ from each other as those tested do. A language unlike all of them is not in it.

    Raises:
        ValueError: as `clustered_rate`.
    """
    errors, cells = counted(bad, decided)
    if len(cells) < 2 or not cells.any(axis=1).all():
        return None
    seen = cells.any(axis=0)
    errors, cells = errors[:, seen], cells[:, seen]
    languages, families = cells.shape
    if families < 2:
        return None
    rate = float((errors.sum(axis=1) / cells.sum(axis=1)).mean())
    few_families = families_showing(errors, cells) < FEW_FAMILIES
    few_languages = 2 * families_showing(errors.T, cells.T) < languages
    size = effective_size(cells, None if few_families else 1.0, level)
    if 0 < rate < 1:
        variance = two_way_variance(errors, cells, families_as_one=few_families)
        ratio = student_t(float(cells.sum()) - 1, level) / student_t(min(families, languages) - 1, level)
        size = min(size, rate * (1 - rate) / variance * ratio * ratio)
    if few_languages:
        size = min(size, float(languages))
    low, high = clopper_pearson(min(rate * size, size), size, level)
    return Beyond(
        rate=rate,
        low=low,
        high=high,
        n=int(cells.sum()),
        families=families,
        languages=languages,
        n_effective=size,
        few=few_families or few_languages,
    )


def two_way_variance(
    errors: NDArray[np.float64], cells: NDArray[np.float64], *, families_as_one: bool = False
) -> float:
    """The variance of the languages' mean rate, by family and language; at least that by either alone.

    A cell moves the mean by u_lf = (y_lf - p n_lf) / (L Σ_f n_lf), with p the mean of the languages' rates.
    """
    totals = cells.sum(axis=1, keepdims=True)
    rate = float((errors.sum(axis=1, keepdims=True) / totals).mean())
    moved = (errors - rate * cells) / (totals * len(cells))
    by_family, by_language = _one_way(moved.sum(axis=0)), _one_way(moved.sum(axis=1))
    by_cell = _one_way(moved[cells > 0])
    if families_as_one:
        by_family = max(by_family, rate * (1 - rate) / cells.shape[1])
    return max(by_family + by_language - by_cell, by_family, by_language)


def _one_way(moved: NDArray[np.float64]) -> float:
    return float(moved @ moved) * moved.size / (moved.size - 1)
