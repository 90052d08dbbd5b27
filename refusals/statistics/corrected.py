"""A rate without the judge's error: doubly robust, from replies that people read, drawn with known probability.

Each cell gets a pseudo-outcome, what replies with its verdict are on the whole plus, where it was read, what that
left over, weighted by how likely it was to be read (augmented inverse probability weighting: Robins, Rotnitzky & Zhao
1994, JASA 89:846-866; for model-made labels Angelopoulos et al. 2023, Science 382:669-674). It is unbiased whatever the
judge is worth, and the tighter the better the judge is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from refusals.statistics.clustered import FEW_FAMILIES, Rate, covariance
from refusals.statistics.intervals import clopper_pearson, student_t

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST = 10
"""So many read replies must have been refusals, and so many others, before a rate is corrected."""

VERDICTS = 3  # complied, refused, undecided
ABSENT = 3
"""In place of a verdict: there is no reply. That it is on neither side is known without anybody reading it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """The cells of one language: [cells] each.

    `verdict` is what the judge said (0 complied, 1 refused, 2 undecided, and 3 where there is no reply), `family` the
    column of the cell's family, `truth` what people said in the same code, and -1 where nobody read it (2 where there
    is no reply); `probability` is how likely a cell was read. `wrong` is the verdict that is a mistake.
    """

    verdict: NDArray[np.int64]
    truth: NDArray[np.int64]
    probability: NDArray[np.float64]
    family: NDArray[np.int64]
    families: int
    wrong: int

    @property
    def enough(self) -> bool:
        """Whether enough was read: of refusals, of the others, and of every verdict that there is."""
        read = (self.truth >= 0) & self.answered
        counts = (int((self.truth == 1).sum()), int((read & (self.truth != 1)).sum()))
        seen = set(np.unique(self.verdict[read]).tolist()) >= set(np.unique(self.verdict[self.answered]).tolist())
        return min(counts) >= FEWEST and seen

    @property
    def answered(self) -> NDArray[np.bool_]:
        """Which cells have a reply, [cells]."""
        found: NDArray[np.bool_] = self.verdict != ABSENT
        return found

    def pseudo(self, of: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the pseudo-outcomes, [cells], of what is known of read cells; elsewhere `of` does not matter."""
        read = self.truth >= 0
        expected = np.zeros(len(self.verdict))
        for verdict in (*range(VERDICTS), ABSENT):
            same = self.verdict == verdict
            if (same & read).any():
                weights = 1 / self.probability[same & read]
                expected[same] = float((of[same & read] * weights).sum() / weights.sum())
        rest = np.where(read, (of - expected) / self.probability, 0.0)
        found: NDArray[np.float64] = expected + rest
        return found

    def sums(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return pseudo-counts by family, [families] each: of wrong cells and of decided ones."""
        wrong = self.pseudo((self.truth == self.wrong).astype(float))
        decided = self.pseudo(np.isin(self.truth, (0, 1)).astype(float))
        return self._by_family(wrong), self._by_family(decided)

    def ratio(self, opened: float | None = None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return what each family adds to the rate and how far it moves it, [families] each.

        The rate, the sum of the first, is of the decided cells, or of all of them: those that nobody can put on a side
        then count as `opened`, 0 for right and 1 for wrong.
        """
        wrong, cells = self.sums()
        if opened is not None:
            asked = self._by_family(np.ones(len(self.family)))
            wrong, cells = wrong + opened * (asked - cells), asked
        total = float(cells.sum())
        if total <= 0:
            return np.zeros(self.families), np.zeros(self.families)
        return wrong / total, (wrong - float(wrong.sum()) / total * cells) / total

    def _by_family(self, amounts: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.bincount(self.family, amounts, self.families).astype(np.float64)


def corrected_rate(languages: list[Read], *, level: float = 0.95) -> Rate | None:
    """The mean of the languages' corrected rates, with an interval clustered by family; None where one has too little.

    The interval is Clopper-Pearson's at the effective size that the variance of the families' influences leaves
    (Korn & Graubard 1998), at most the number of cells, and of families where fewer than 20 show an error. Coverage
    stands in docs/judges.md (`benchmarks/statistics/correction.py`).
    """
    if not languages or not all(read.enough for read in languages):
        return None
    ratios = [read.ratio() for read in languages]
    rate = min(1.0, max(0.0, float(np.mean([ratio.sum() for ratio, _ in ratios]))))
    moved = np.asarray(np.mean([influence for _, influence in ratios], axis=0))
    decided = sum(float(read.sums()[1].sum()) for read in languages)
    cells = sum(int(read.answered.sum()) for read in languages)
    seen = np.zeros(languages[0].families, dtype=bool)
    showing = np.zeros(languages[0].families, dtype=bool)
    for read in languages:
        seen[read.family[read.answered]] = True
        showing[read.family[read.truth == read.wrong]] = True
    families = int(seen.sum())
    variance = covariance(moved[seen], moved[seen]) if families > 1 else 0.0
    few = int(showing.sum()) < FEW_FAMILIES
    size = _effective(rate, variance, families, few=few, cells=cells, level=level)
    low, high = clopper_pearson(min(rate * size, size), size, level)
    unseen = clopper_pearson(0.0, families, level)[1]  # what families of which none was drawn could be
    return Rate(
        rate=rate,
        low=min(low, 1 - unseen),
        high=max(high, unseen),
        count=round(rate * decided),
        n=round(decided),
        families=families,
        n_effective=size,
        design_effect=None,
        few=few,
    )


def undecided_share(language: Read) -> float:
    """The share of cells that people could not put on a side either, and of those that have no reply."""
    _, decided = language.sums()
    return float(min(1.0, max(0.0, 1 - decided.sum() / max(1, len(language.verdict)))))


def _effective(rate: float, variance: float, families: int, *, few: bool, cells: int, level: float) -> float:
    """As many independent cells would tell as much."""
    if variance <= 0 or not 0 < rate < 1:
        return float(families)
    size = rate * (1 - rate) / variance
    if families > 1 and size > 1:
        size *= (student_t(max(1.0, size - 1), level) / student_t(families - 1, level)) ** 2
    return float(max(1.0, min(size, cells, families if few else cells)))
