"""A rate without the judge's error: doubly robust, from replies that people read, drawn with known probability.

Each cell gets a pseudo-outcome, what replies with its verdict are on the whole plus, where it was read, what that
left over, weighted by how likely it was to be read (augmented inverse probability weighting: Robins, Rotnitzky & Zhao
1994, JASA 89:846-866; for model-made labels Angelopoulos et al. 2023, Science 382:669-674). It is unbiased whatever the
judge is worth, and the tighter the better the judge is.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from refusals.statistics.clustered import FEW_FAMILIES, Rate, covariance
from refusals.statistics.contrasts import Contrast
from refusals.statistics.intervals import clopper_pearson, student_t

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST = 10
"""So many read replies must have been refusals, and so many others, before a rate is corrected."""

VERDICTS = 3  # complied, refused, undecided


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """The cells of one language: [cells] each.

    `verdict` is what the judge said (0 complied, 1 refused, 2 undecided), `family` the column of the cell's family,
    `truth` what people said in the same code, and -1 where nobody read it; `probability` is how likely a cell was read.
    `wrong` is the verdict that is a mistake.
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
        read = self.truth >= 0
        counts = (int((self.truth == 1).sum()), int((read & (self.truth != 1)).sum()))
        seen = set(np.unique(self.verdict[read]).tolist()) >= set(np.unique(self.verdict).tolist())
        return min(counts) >= FEWEST and seen

    def pseudo(self, of: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the pseudo-outcomes, [cells], of what is known of read cells; elsewhere `of` does not matter."""
        read = self.truth >= 0
        expected = np.zeros(len(self.verdict))
        for verdict in range(VERDICTS):
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
    rate, moved, shares = _linearised(languages)
    if not 0.0 <= rate <= 1.0:
        rate = min(1.0, max(0.0, rate))
    cells = sum(len(read.verdict) for read in languages)
    seen = np.zeros(languages[0].families, dtype=bool)
    showing = np.zeros(languages[0].families, dtype=bool)
    for read in languages:
        seen[read.family] = True
        showing[read.family[read.truth == read.wrong]] = True
    families = int(seen.sum())
    variance = covariance(moved[seen], moved[seen]) if families > 1 else 0.0
    few = int(showing.sum()) < FEW_FAMILIES
    size = _effective(rate, variance, families, few=few, cells=cells, level=level)
    low, high = clopper_pearson(min(rate * size, size), size, level)
    return Rate(
        rate=rate,
        low=low,
        high=high,
        count=round(rate * sum(shares)),
        n=round(sum(shares)),
        families=families,
        n_effective=size,
        design_effect=None,
        few=few,
    )


def corrected_gap(language: Read, base: Read, *, level: float = 0.95) -> Contrast | None:
    """The corrected rate of one language less that of another on the same cases; None where either has too little.

    The interval is Student's, from the families' influences on the difference.
    """
    if not (language.enough and base.enough):
        return None
    one, other = _linearised([language]), _linearised([base])
    moved = one[1] - other[1]
    seen = np.union1d(language.family, base.family)
    if len(seen) < 2:
        return None
    reach = student_t(len(seen) - 1, level) * sqrt(covariance(moved[seen], moved[seen]))
    gap = one[0] - other[0]
    return Contrast(
        value=max(-1.0, min(1.0, gap)),
        low=max(-1.0, gap - reach),
        high=min(1.0, gap + reach),
        n=round(one[2][0]),
        families=len(seen),
        few=False,
    )


def bound(language: Read, *, level: float = 0.95) -> tuple[float, float]:
    """What the true rate may be where too little was read for a number: from the worst that each verdict may hide.

    Of each verdict the share of wrong cells has its exact interval from the cells that were read, all of it where
    none was; the ends of these, each at (1 + level) / 2 or more, are added by the verdicts' shares (Bonferroni).
    """
    low = high = 0.0
    read = language.truth >= 0
    each = 1 - (1 - level) / VERDICTS
    for verdict in range(VERDICTS):
        same = language.verdict == verdict
        share = float(same.mean()) if len(same) else 0.0
        known = language.truth[same & read]
        ends = clopper_pearson(float((known == language.wrong).sum()), len(known), each) if len(known) else (0.0, 1.0)
        low, high = low + share * ends[0], high + share * ends[1]
    return low, min(1.0, high)


def undecided_share(language: Read) -> float:
    """The share of cells that people could not put on a side either."""
    _, decided = language.sums()
    return float(min(1.0, max(0.0, 1 - decided.sum() / max(1, len(language.verdict)))))


def _linearised(languages: list[Read]) -> tuple[float, NDArray[np.float64], list[float]]:
    """Return the mean rate, the families' influences on it, and the decided pseudo-cells of each language."""
    rates, moved, shares = [], [], []
    for read in languages:
        wrong, decided = read.sums()
        total = float(decided.sum())
        rate = float(wrong.sum()) / total if total > 0 else 0.0
        rates.append(rate)
        moved.append((wrong - rate * decided) / total if total > 0 else np.zeros(read.families))
        shares.append(total)
    return float(np.mean(rates)), np.asarray(np.mean(moved, axis=0)), shares


def _effective(rate: float, variance: float, families: int, *, few: bool, cells: int, level: float) -> float:
    """As many independent cells would tell as much."""
    if variance <= 0 or not 0 < rate < 1:
        return float(families)
    size = rate * (1 - rate) / variance
    if families > 1 and size > 1:
        size *= (student_t(max(1.0, size - 1), level) / student_t(families - 1, level)) ** 2
    return float(max(1.0, min(size, cells, families if few else cells)))
