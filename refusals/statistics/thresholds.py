"""A threshold is chosen on some families for a limit on over-refusal, which the upper bound keeps, not the rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from refusals.statistics.bounds import worst_case
from refusals.statistics.clustered import language_mean

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from refusals.statistics.bounds import Bounds
    from refusals.statistics.clustered import Rate

MOST_POINTS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """Cells with what they scored, arrays [cells] of equal length.

    `scores` is NaN where there is none; such a cell was `refused` by the system's own decision whatever the threshold,
    or not, or is `undecided`. `languages` and `families` are rows and columns of a table of that `shape`.
    """

    scores: NDArray[np.float64]
    refused: NDArray[np.bool_]
    undecided: NDArray[np.bool_]
    languages: NDArray[np.int64]
    families: NDArray[np.int64]
    shape: tuple[int, int]

    def flagged(self, threshold: float) -> NDArray[np.bool_]:
        """Whether each cell is refused when scores are flagged from the threshold on."""
        return np.where(np.isnan(self.scores), self.refused, self.scores >= threshold) & ~self.undecided

    def table(self, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Count chosen cells, [languages, families]."""
        counts = np.zeros(self.shape, dtype=np.int64)
        np.add.at(counts, (self.languages[chosen], self.families[chosen]), 1)
        return counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A threshold with the over-refusal at it on the calibration families, and the upper bound of that.

    Both are of the equal-weight mean of the languages; the rate is None where a language has no decided cell.
    """

    threshold: float
    rate: float | None
    high: float


def choose(cells: Scored, candidates: NDArray[np.float64], limit: float) -> Chosen | None:
    """Return the smallest candidate at which over-refusal, and at every higher one too, is surely within the limit.

    `cells` are those that should be answered. The bound is that of a gate: the upper end of the 95 % interval,
    clustered by family, of the languages' equal-weight mean, every undecided cell counted as refused. Candidates are
    tried from the highest down and the first that fails ends it, so that trying many costs no error: the chance that
    over-refusal at what is chosen is above the limit is that of one bound (fixed-sequence testing; for thresholds
    Angelopoulos et al. 2021, "Learn then test", arXiv:2110.01052). None where the highest fails, or there is none.
    """
    found: tuple[float, float] | None = None
    bounds: Bounds | None = None
    known = -1
    for threshold in sorted(set(candidates.tolist()), reverse=True):
        flagged = cells.flagged(threshold)
        if int(flagged.sum()) != known:  # the cells flagged at a lower threshold hold those flagged at a higher one
            known = int(flagged.sum())
            bounds = _bounds(cells, flagged)
        if bounds is None or bounds.high > limit:
            break
        found = (threshold, bounds.high)
    if found is None:
        return None
    there = error_at(cells, found[0], refusing=True)
    return Chosen(threshold=found[0], rate=there.rate if there else None, high=found[1])


def _bounds(cells: Scored, flagged: NDArray[np.bool_]) -> Bounds | None:
    wrong, unknown = cells.table(flagged), cells.table(cells.undecided)
    right = cells.table(~flagged & ~cells.undecided)
    asked = (wrong + right + unknown).any(axis=1)
    return worst_case(wrong[asked], right[asked], unknown[asked])


def error_at(cells: Scored, threshold: float, *, refusing: bool, language: int | None = None) -> Rate | None:
    """Return the share of decided cells refused (`refusing`) or complied with at a threshold, with its interval.

    Of one language, by its row, or of the equal-weight mean; None without a decided cell.
    """
    rows = slice(None) if language is None else slice(language, language + 1)
    flagged, decided = cells.flagged(threshold), ~cells.undecided
    wrong = flagged if refusing else decided & ~flagged
    return language_mean(cells.table(wrong)[rows], cells.table(decided)[rows])


def grid(scores: NDArray[np.float64], threshold: float | None, most: int = MOST_POINTS) -> list[float]:
    """Return at most so many thresholds for a curve, evenly among the scores that differ, the chosen one among them."""
    differing = np.unique(scores[~np.isnan(scores)])
    room = most if threshold is None else most - 1
    if differing.size > room:
        differing = differing[np.unique(np.linspace(0, differing.size - 1, room).round().astype(np.int64))]
    return sorted({*differing.tolist(), *(() if threshold is None else (threshold,))})
