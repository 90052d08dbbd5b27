"""What a planned run can show of a change: the power of paired differences and of alarms, before anything is asked.

Families change as in `power`: the cells of one get worse, get better or stay at common rates, correlating alike (the
Dirichlet-multinomial). Counts are taken to be those of as many independent cells as the design effect leaves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, sqrt
from typing import TYPE_CHECKING

import numpy as np

from refusals.statistics.clustered import FEW_FAMILIES
from refusals.statistics.contrasts import joined, multinomial
from refusals.statistics.intervals import clopper_pearson
from refusals.statistics.power import POWER, Design, edge, needed

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TAIL = 6.0  # standard deviations of a count beyond which nothing is added up
_MOST = 0.5  # no change looked for is larger


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The share of cells that are wrong in the candidate alone, and in the baseline alone."""

    plus: float
    minus: float


def no_worse(discordance: float) -> Changes:
    """Return the changes of a candidate that is neither better nor worse, where so many cells change."""
    return Changes(plus=discordance / 2, minus=discordance / 2)


def power_to_find(design: Design, changes: Changes, level: float = 0.95) -> float:
    """The probability that the interval of a paired difference is wholly above 0."""
    weights, low, _ = _intervals(design, changes, level)
    return float(weights[low > 0].sum())


def power_within(design: Design, changes: Changes, margin: float, level: float = 0.9) -> float:
    """The probability that the upper end of a paired difference, one-sided (1 + level) / 2, is within the margin."""
    weights, _, high = _intervals(design, changes, level)
    return float(weights[high <= margin].sum())


def power_to_alarm(design: Design, changes: Changes, languages: int, alpha: float = 0.05) -> float:
    """The probability that one language raises an alarm among so many that may.

    The sign test of its changed cells at alpha / languages (Bonferroni), which the family sign-flip max-T alarm is at
    least as powerful as where changes in different families are alike in size.
    """
    from scipy.special import bdtrc

    plus, minus, weights = _counts(design, changes)
    p = np.where(plus[:, None] > 0, bdtrc(plus[:, None] - 1.0, plus[:, None] + minus[None, :], 0.5), 1.0)
    return float(weights[p <= alpha / languages].sum())


def least(design: Design, discordance: float, found: Callable[[Design, Changes], float]) -> float | None:
    """The least true worsening that is `found` with a power of 80 %, where so many cells change for no reason.

    Half of those get worse and half better; the worsening comes on top. None where none of 50 points or less is.
    """
    half = discordance / 2

    def missed(worse: float) -> bool:
        return found(design, Changes(plus=half + worse, minus=half)) < POWER

    largest = min(_MOST, 1 - discordance)
    return None if missed(largest) else edge(missed, 0.0, largest)


def margin_shown(design: Design, discordance: float, level: float = 0.9) -> float | None:
    """The least margin that a candidate that is no worse is shown to keep 80 % of the time; None above 50 points."""
    weights, _, high = _intervals(design, no_worse(discordance), level)
    order = np.argsort(high, axis=None)
    at = int(np.searchsorted(np.cumsum(weights.ravel()[order]), POWER))
    found = float(high.ravel()[order][at]) if at < order.size else 1.0
    return found if found <= _MOST else None


def families_within(design: Design, discordance: float, margin: float, level: float = 0.9) -> int | None:
    """About how many families show, 80 % of the time, that a candidate that is no worse is within the margin."""
    same = no_worse(discordance)
    return needed(design, lambda larger: power_within(larger, same, margin, level) >= POWER)


def _intervals(
    design: Design, changes: Changes, level: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """The probability of each pair of counts, and the ends of the interval that `paired_gap` makes of it."""
    plus, minus, weights = _counts(design, changes)
    up = _limits(design, changes.plus, plus, level)[:, :, None]
    down = _limits(design, changes.minus, minus, level)[:, None, :]
    correlation = multinomial(up[0], down[0])
    low = up[0] - down[0] - joined(up[0] - up[1], down[2] - down[0], -correlation)
    high = up[0] - down[0] + joined(up[2] - up[0], down[0] - down[1], -correlation)
    return weights, low, high


def _trials(design: Design) -> int:
    return max(1, round(design.n / design.effect))


def _counts(design: Design, changes: Changes) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Counts of plus and of minus that may come, and the trinomial probability of each pair."""
    from scipy.special import gammaln, xlogy

    trials = _trials(design)
    plus, minus = (_likely(trials, share) for share in (changes.plus, changes.minus))
    same = trials - plus[:, None] - minus[None, :]
    kept = np.maximum(same, 0)
    logs = gammaln(trials + 1) - (gammaln(plus + 1)[:, None] + gammaln(minus + 1)[None, :] + gammaln(kept + 1))
    logs = logs + xlogy(plus, changes.plus)[:, None] + xlogy(minus, changes.minus)[None, :]
    logs = logs + xlogy(kept, max(0.0, 1 - changes.plus - changes.minus))
    return plus, minus, np.where(same >= 0, np.exp(logs), 0.0)


def _likely(trials: int, share: float) -> NDArray[np.int64]:
    spread = _TAIL * sqrt(trials * share * (1 - share)) + _TAIL
    return np.arange(max(0, int(trials * share - spread)), min(trials, ceil(trials * share + spread)) + 1)


def _limits(design: Design, share: float, counts: NDArray[np.int64], level: float) -> NDArray[np.float64]:
    """The rates that counts make and the ends of their intervals, [3, counts]; few families show them or enough."""
    trials = _trials(design)
    families = design.families * (1 - float(design.in_a_family(share)[0]))
    showing = families / (trials * share) if share else 1.0
    sizes = [design.size(share, level, few=few) for few in (False, True)]
    unseen = clopper_pearson(0.0, sizes[True], level)[1]
    rows = []
    for count in counts.tolist():
        size, rate = sizes[count * showing < FEW_FAMILIES], count / trials
        low, high = clopper_pearson(min(rate * size, size), size, level)
        rows.append((rate, min(low, 1 - unseen), max(high, unseen)))
    return np.array(rows).T
