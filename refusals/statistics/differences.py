"""A candidate may be shown to be no worse by more than a margin, and a language in which it is worse raises an alarm.

The difference itself and its two-sided interval are `contrasts.paired_gap`, of candidate less baseline.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from refusals.statistics.clustered import counted
from refusals.statistics.contrasts import paired_gap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

ALPHA = 0.05
FLIPS = 10_000
Alternative = Literal["worse", "better", "different"]
_AT_ONCE = 2_000  # draws held in memory together: 8 MB at 500 families
_SAME = 1e-9  # statistics nearer than that are tied: sums in another order round otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class NonInferiority:
    """How much worse the candidate may be, and whether that is within the margin. All are fractions.

    `upper` is the one-sided bound of the `difference` at confidence 1 - `alpha`; `shown` says that it is at most the
    `margin`. Not shown is not the same as shown to be worse. `few` says that fewer than 20 families are discordant in
    one direction, so that the bound covers more than its level.
    """

    difference: float
    upper: float
    margin: float
    alpha: float
    n: int
    families: int
    few: bool
    shown: bool


def non_inferiority(
    plus: ArrayLike, minus: ArrayLike, both: ArrayLike, *, margin: float, alpha: float = ALPHA
) -> NonInferiority | None:
    """Whether the mean of the languages' differences is below the margin, or None where a language has no pair.

    Counts are as in `paired_gap`: of `both` cells, `plus` are wrong in the candidate alone and `minus` in the
    baseline alone. The upper bound of the two-sided interval at 1 - 2 alpha is compared with the margin, which is the
    test of non-inferiority at `alpha` (Dunnett & Gent 1977, Biometrics 33:593-602; for paired proportions Liu et al.
    2002, Statistics in Medicine 21:231-245, here clustered by family). With no discordant family the bound is
    1 - alpha^(1/F): a margin of 1 % needs 299 families for 5 %.

    Raises:
        ValueError: the margin is outside (0, 1) or alpha outside (0, 0.5); else as `paired_gap`.
    """
    if not 0 < margin < 1:
        raise ValueError(f"the margin is {margin}: it must lie between 0 and 1, both excluded, such as 0.01")
    if not 0 < alpha < 0.5:
        raise ValueError(f"alpha is {alpha}: it must lie between 0 and 0.5, both excluded, such as 0.05")
    found = paired_gap(plus, minus, both, level=1 - 2 * alpha)
    if found is None:
        return None
    return NonInferiority(
        difference=found.value,
        upper=found.high,
        margin=margin,
        alpha=alpha,
        n=found.n,
        families=found.families,
        few=found.few,
        shown=found.high <= margin,
    )


def alarms(
    plus: ArrayLike,
    minus: ArrayLike,
    *,
    alternative: Alternative = "worse",
    flips: int = FLIPS,
    seed: int = 0,
) -> tuple[float, ...]:
    """The adjusted p value of each language: that any be below alpha by chance has a probability of at most alpha.

    `plus` and `minus` are [languages, families]. If the runs do not differ, a family's differences in all languages
    could as well have had the other sign, all at once: families are flipped whole, which keeps the languages'
    dependence. T_l = Σ_f d_lf / √(Σ_f d_lf²), which flips leave a mean of 0 and a variance of 1, is compared with the
    largest T of the languages still to be judged, step down (Westfall & Young 1993, Resampling-Based Multiple Testing,
    algorithm 2.8; Romano & Wolf 2005, JASA 100:94-108). With few discordant families all sign patterns are counted and
    p is exact; else `flips` are drawn from `seed` and p is (1 + exceeding) / (1 + drawn) (Phipson & Smyth 2010, SAGMB
    9:39). A language with no discordant family is no evidence: its p is 1.

    Raises:
        ValueError: shapes differ, a count is no count, fewer than one flip, or there is no such alternative.
    """
    gained, _ = counted(plus, plus)
    lost, _ = counted(minus, minus)
    if gained.shape != lost.shape or flips < 1 or alternative not in get_args(Alternative):
        raise ValueError(f"shapes are {gained.shape} and {lost.shape}, {flips} flips, alternative {alternative!r}")
    return _adjusted(gained - lost, alternative, flips, seed)


def mean_alarm(
    plus: ArrayLike,
    minus: ArrayLike,
    both: ArrayLike,
    *,
    alternative: Alternative = "worse",
    flips: int = FLIPS,
    seed: int = 0,
) -> float | None:
    """The p value of the equal-weight mean of the languages' differences, as one test by itself.

    Counts are as in `paired_gap`; families are flipped as in `alarms`. It finds more than asking whether the interval
    holds 0, which where few families are discordant assumes the worst, and it gives no bound. None where a language
    has no pair.

    Raises:
        ValueError: as `alarms`, and if plus and minus exceed both.
    """
    gained, cells = counted(plus, both)
    lost, _ = counted(minus, both)
    if flips < 1 or alternative not in get_args(Alternative):
        raise ValueError(f"{flips} flips, alternative {alternative!r}")
    if not cells.any(axis=1).all() or not cells.size:
        return None
    moved = ((gained - lost) / cells.sum(axis=1, keepdims=True)).sum(axis=0, keepdims=True)
    return _adjusted(moved, alternative, flips, seed)[0]


def _adjusted(changes: NDArray[np.float64], alternative: Alternative, flips: int, seed: int) -> tuple[float, ...]:
    """The adjusted p value of each row; 1 where nothing changes."""
    changes = changes[:, changes.any(axis=0)]
    spread = np.sqrt((changes**2).sum(axis=1))
    known = np.flatnonzero(spread)
    adjusted = np.ones(len(changes))
    if known.size:
        scores = changes[known] / spread[known, None]
        adjusted[known] = _step_down(-scores if alternative == "better" else scores, alternative, flips, seed)
    return tuple(adjusted.tolist())


def _step_down(scores: NDArray[np.float64], alternative: Alternative, flips: int, seed: int) -> NDArray[np.float64]:
    """Adjusted p values by the largest statistic of the hypotheses that are no more extreme."""
    two_sided = alternative == "different"
    observed = scores.sum(axis=1)
    observed = np.abs(observed) if two_sided else observed
    order = np.argsort(-observed, kind="stable")
    exceeding = np.zeros(len(order), dtype=np.int64)
    drawn = 0
    for signs in _signs(scores.shape[1], flips, seed):
        flipped = signs @ scores[order].T
        flipped = np.abs(flipped) if two_sided else flipped
        largest = np.maximum.accumulate(flipped[:, ::-1], axis=1)[:, ::-1]
        exceeding += (largest >= observed[order] - _SAME).sum(axis=0)
        drawn += len(signs)
    own = 0 if _enumerable(scores.shape[1], flips) else 1  # all patterns hold the observed one; draws need not
    adjusted = np.empty(len(order))
    adjusted[order] = np.maximum.accumulate((exceeding + own) / (drawn + own))
    return adjusted


def _enumerable(families: int, flips: int) -> bool:
    return families < 63 and 2**families <= flips


def _signs(families: int, flips: int, seed: int) -> Iterator[NDArray[np.float64]]:
    """All patterns of signs where there are no more than flips, else so many drawn; [patterns, families] a piece."""
    if _enumerable(families, flips):
        for start in range(0, 2**families, _AT_ONCE):
            patterns = np.arange(start, min(start + _AT_ONCE, 2**families))
            yield _as_signs((patterns[:, None] >> np.arange(families)) & 1)
        return
    chance = np.random.default_rng(seed)
    for start in range(0, flips, _AT_ONCE):
        shape = (min(_AT_ONCE, flips - start), families)
        yield _as_signs(chance.integers(0, 2, size=shape))


def _as_signs(bits: NDArray[np.int64]) -> NDArray[np.float64]:
    return (1 - 2 * bits).astype(np.float64)
