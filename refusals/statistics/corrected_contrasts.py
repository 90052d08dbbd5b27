"""Gaps and Youden's J without the judge's error, from what people read of both rates.

The estimates are linear in the families' influences, so that what a family moves in one rate and in the other is
taken together; `refusals/statistics/corrected.py` has the rates.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from refusals.statistics.clustered import FEW_FAMILIES, covariance
from refusals.statistics.contrasts import Contrast, correlated, joined, multinomial
from refusals.statistics.corrected import corrected_rate
from refusals.statistics.intervals import clopper_pearson, student_t

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from refusals.statistics.corrected import Read

Opened = tuple[float | None, float | None]
LEFT_OUT: Opened = (None, None)


def corrected_gap(
    languages: Sequence[Read], bases: Sequence[Read], *, opened: Opened = LEFT_OUT, level: float = 0.95
) -> Contrast | None:
    """The mean of the languages' corrected rates less those of the base, on the cases that each shares with it.

    Every language has the cells of the base on its own shared cases beside it in `bases`. None where either of a pair
    has too little. `opened` is what cells that nobody can put on a side count as, in the languages and in the base.
    The interval is Student's, from the families' influences. Where fewer than 20 families are seen to differ in either
    direction their spread says too little: it then holds the interval of shares of as many families as were read in
    the language with fewest, so that with none of them different it is minus to plus the upper bound of 0 in these.
    Coverage stands in docs/judges.md (`benchmarks/statistics/correction.py`).
    """
    pairs = list(zip(languages, bases, strict=True))
    if not pairs or not all(one.enough and other.enough for one, other in pairs):
        return None
    ratios = [(one.ratio(opened[0]), other.ratio(opened[1])) for one, other in pairs]
    added = np.array([one[0] - other[0] for one, other in ratios])
    moved = np.mean([one[1] - other[1] for one, other in ratios], axis=0)
    seen = np.unique(np.concatenate([read.family[read.answered] for pair in pairs for read in pair]))
    if len(seen) < 2:
        return None
    gap = float(added.sum(axis=1).mean())
    reach = student_t(len(seen) - 1, level) * sqrt(covariance(moved[seen], moved[seen]))
    low, high = gap - reach, gap + reach
    few = _differing(pairs) < FEW_FAMILIES
    if few:
        ends = _of_few(added, min(_read(read) for pair in pairs for read in pair), level)
        low, high = min(low, ends[0]), max(high, ends[1])
    return Contrast(
        value=max(-1.0, min(1.0, gap)),
        low=max(-1.0, low),
        high=min(1.0, high),
        n=round(sum(float(one.sums()[1].sum()) for one, _ in pairs)),
        families=len(seen),
        few=few,
    )


def corrected_j(over: Sequence[Read], under: Sequence[Read], *, level: float = 0.95) -> Contrast | None:
    """1 - over-refusal - under-refusal, both corrected; None where a language has too little for either.

    Limits are joined as those of `youden_j`: with the correlation of the families' influences, and where few families
    show errors at the worst one.
    """
    wrong, missed = corrected_rate(list(over), level=level), corrected_rate(list(under), level=level)
    if wrong is None or missed is None:
        return None
    few = wrong.few or missed.few
    correlation = 1.0 if few else correlated(_moved(over), _moved(under))
    if few:
        each = (1 + level) / 2
        wrong, missed = corrected_rate(list(over), level=each), corrected_rate(list(under), level=each)
        assert wrong is not None
        assert missed is not None
    right = 1 - wrong.rate - missed.rate
    return Contrast(
        value=right,
        low=max(-1.0, right - float(joined(wrong.high - wrong.rate, missed.high - missed.rate, correlation))),
        high=min(1.0, right + float(joined(wrong.rate - wrong.low, missed.rate - missed.low, correlation))),
        n=wrong.n + missed.n,
        families=len(np.unique(np.concatenate([read.family[read.answered] for read in (*over, *under)]))),
        few=few,
    )


def _moved(languages: Sequence[Read]) -> NDArray[np.float64]:
    return np.asarray(np.mean([read.ratio()[1] for read in languages], axis=0))


def _wrong(read: Read) -> NDArray[np.int64]:
    """Return the wrong cells that people found, [families]."""
    return np.bincount(read.family, read.truth == read.wrong, read.families).astype(np.int64)


def _differing(pairs: Sequence[tuple[Read, Read]]) -> int:
    """Return how many families are seen to be worse in a language, or better: the fewer of the two."""
    more = np.array([_wrong(one) - _wrong(other) for one, other in pairs])
    return int(min((more > 0).any(axis=0).sum(), (more < 0).any(axis=0).sum()))


def _read(read: Read) -> int:
    """Return how many families people have read a reply of."""
    return max(1, len(np.unique(read.family[read.answered & (read.truth >= 0)])))


def _of_few(added: NDArray[np.float64], families: int, level: float) -> tuple[float, float]:
    """Return the interval of what families add and take away, [languages, families], had each of a few one case."""
    up = min(1.0, float(np.maximum(added, 0).sum(axis=1).mean()))
    down = min(1.0, float(np.maximum(-added, 0).sum(axis=1).mean()))
    highest, lowest = (clopper_pearson(min(share * families, families), families, level) for share in (up, down))
    opposed = -float(multinomial(up, down))
    return (
        up - down - float(joined(up - highest[0], lowest[1] - down, opposed)),
        up - down + float(joined(highest[1] - up, down - lowest[0], opposed)),
    )
