"""Two rates of the same families make one figure, with one interval: Youden's J and the gap to a language.

Limits are combined as by Zou & Donner (2008, Statistics in Medicine 27:1693-1702, "MOVER"; for paired proportions
in the manner of Newcombe 1998, ibid. 17:2635-2650, but of the two discordant shares): the distance from the sum to
its limit is the distance of each rate to its own, added in squares with their correlation. So they keep the skew of
rare rates, which a t interval lacks (its upper limit misses 3.9 % instead of 2.5 % with 20 to 40 discordant families).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from refusals.statistics.clustered import counted, covariance, influence, language_mean

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """A figure made of two rates, in [-1, 1], with its interval.

    `n` counts the cells it rests on and `families` their families. `few` says that fewer than 20 families show
    the rarer outcome in one of the two rates, so that the interval covers more than its level.
    """

    value: float
    low: float
    high: float
    n: int
    families: int
    few: bool


def youden_j(
    over_bad: ArrayLike,
    over_decided: ArrayLike,
    under_bad: ArrayLike,
    under_decided: ArrayLike,
    *,
    level: float = 0.95,
) -> Contrast | None:
    """1 - over-refusal - under-refusal (Youden 1950), or None where a language lacks either rate.

    Counts are [families] or [languages, families], the same columns in all four; a family may be missing from one
    side. The correlation of the two rates is that of the families' influences. Where fewer than 20 families show
    errors in either rate it cannot be known: each rate then gets (1 + level) / 2 and the worst ends are added
    (Bonferroni), which holds under any correlation and covers more than its level.

    Raises:
        ValueError: shapes differ, or a count is no count.
    """
    over_errors, over_cells = counted(np.atleast_2d(over_bad), np.atleast_2d(over_decided))
    under_errors, under_cells = counted(np.atleast_2d(under_bad), np.atleast_2d(under_decided))
    if over_cells.shape != under_cells.shape:
        raise ValueError(f"shapes are {over_cells.shape} and {under_cells.shape}: both need the same families")
    over = language_mean(over_errors, over_cells, level=level)
    under = language_mean(under_errors, under_cells, level=level)
    if over is None or under is None:
        return None
    few = over.few or under.few
    if few:
        over = language_mean(over_errors, over_cells, level=(1 + level) / 2)
        under = language_mean(under_errors, under_cells, level=(1 + level) / 2)
        assert over is not None
        assert under is not None
        correlation = 1.0
    else:
        correlation = correlated(influence(over_errors, over_cells), influence(under_errors, under_cells))
    errors = over.rate + under.rate
    return Contrast(
        value=1 - errors,
        low=max(-1.0, 1 - errors - float(joined(over.high - over.rate, under.high - under.rate, correlation))),
        high=min(1.0, 1 - errors + float(joined(over.rate - over.low, under.rate - under.low, correlation))),
        n=over.n + under.n,
        families=int((over_cells + under_cells).any(axis=0).sum()),
        few=few,
    )


def paired_gap(
    plus: ArrayLike, minus: ArrayLike, both: ArrayLike, *, level: float = 0.95, few: bool = False
) -> Contrast | None:
    """The rate of one language less that of the source language, on cases decided in both.

    Counts are [families], or [languages, families] for the mean gap of several languages: of `both` cases, `plus`
    are wrong in the language alone and `minus` in the source alone. None where a language has no case in both.
    The gap is the difference of two rates, of plus and of minus; their limits come from `language_mean`. Where
    either is shown by few families its effective size is the number of families, and the correlation is at most that
    of two shares of a multinomial; `few` has it so however many show them. With no family discordant
    the interval is minus to plus the exact upper bound of 0 in F families, never [0, 0]. By full enumeration of one
    case a family (F = 20 to 300) it covers at least 0.955 and misses at most 0.025 on either side.

    Raises:
        ValueError: shapes differ, a count is no count, or plus and minus exceed both.
    """
    gained, cells = counted(np.atleast_2d(plus), np.atleast_2d(both))
    lost, _ = counted(np.atleast_2d(minus), np.atleast_2d(both))
    counted(gained + lost, cells)
    up, down = (language_mean(counts, cells, level=level, few=few) for counts in (gained, lost))
    if up is None or down is None:
        return None
    correlation = correlated(influence(gained, cells), influence(lost, cells))
    if up.few or down.few:
        correlation = min(correlation, float(multinomial(up.rate, down.rate)))
    gap = up.rate - down.rate
    return Contrast(
        value=gap,
        low=max(-1.0, gap - float(joined(up.rate - up.low, down.high - down.rate, -correlation))),
        high=min(1.0, gap + float(joined(up.high - up.rate, down.rate - down.low, -correlation))),
        n=up.n,
        families=up.families,
        few=up.few or down.few,
    )


def joined(one: ArrayLike, other: ArrayLike, correlation: ArrayLike) -> NDArray[np.float64]:
    """How far a sum is from its limit, when its parts are so far from theirs."""
    x, y = np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64)
    far: NDArray[np.float64] = np.sqrt(np.maximum(0.0, x * x + y * y + 2 * np.asarray(correlation) * x * y))
    return far


def correlated(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """The correlation of two estimates, from their families' influences; 0 where one does not vary."""
    if one.size < 2:
        return 0.0
    spread = sqrt(covariance(one, one) * covariance(other, other))
    return min(1.0, max(-1.0, covariance(one, other) / spread)) if spread > 0 else 0.0


def multinomial(p: ArrayLike, q: ArrayLike) -> NDArray[np.float64]:
    """The correlation of two shares of one multinomial, -sqrt(p q / ((1-p)(1-q))) (Agresti 2013, section 1.2)."""
    one, other = np.asarray(p, dtype=np.float64), np.asarray(q, dtype=np.float64)
    rest = (1 - one) * (1 - other)
    share = np.divide(one * other, rest, out=np.ones(rest.shape), where=rest > 0)
    found: NDArray[np.float64] = -np.minimum(1.0, np.sqrt(share))
    return found
