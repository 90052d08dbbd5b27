"""A suite gate decides while the run goes, and stays valid at whatever moment it does.

A suite is N cells, M of them wrong, visited in an order drawn uniformly before the first call. After n cells with k
wrong ones the data have, under M, the likelihood C(N - n, M - k) / C(N, M) (sampling without replacement), however
the cells depend on each other: the order alone is random. The e-value for passing is a mixture of these likelihoods
over the M within the limit, weighted beforehand (a beta-binomial), over the largest likelihood of an M beyond it. It is
at most the prior-posterior ratio martingale of the true M of Waudby-Smith & Ramdas (2020, "Confidence sequences for
sampling without replacement", NeurIPS 33, theorem 2.1), so that under an M beyond the limit it ever reaches 1 / alpha
with a probability of at most alpha (Ville 1939). For failing likewise, the other way round.

What is decided is of this suite's cells, not of languages or families beside it. The equal-weight mean of languages of
unlike sizes is not the share of a simple random sample: there is no such gate.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import exp, floor, inf, lgamma, log
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

Decision = Literal["pass", "fail"]

Beta = tuple[float, float]

LARGE = 1e100


class SuiteGate:
    """Whether the share of wrong cells in a suite of `size` is at most `limit`, from a prefix of a random order.

    Passing counts an undecided cell as wrong, failing counts it as right. Each is said wrongly with a probability of at
    most `alpha`, however often and whenever one looks. What has become certain (all cells seen, or so many that the
    others cannot change it) is decided by the count alone, also against what was decided before; if all are seen and
    undecided cells leave it open, nothing is.

    Raises:
        ValueError: the size is below 1, the limit outside [0, 1], alpha outside (0, 1).
    """

    def __init__(self, size: int, limit: float, alpha: float = 0.05) -> None:
        if size < 1:
            raise ValueError(f"size is {size}: a suite has a cell at least")
        if not 0 <= limit <= 1:
            raise ValueError(f"limit is {limit}: it must lie between 0 and 1")
        if not 0 < alpha < 1:
            raise ValueError(f"alpha is {alpha}: it must lie between 0 and 1, both excluded")
        self.size, self.limit, self.alpha = size, limit, alpha
        self.allowed = allowed(size, limit)
        self.wrong = self.undecided = self.seen = 0
        self._prior = prior_at(limit)
        within, beyond = range(self.allowed + 1), range(self.allowed + 1, size + 1)
        self._for = _Evidence(size, within, beyond, self._prior)
        self._against = _Evidence(size, beyond, within, self._prior)
        self._first: Decision | None = None

    def add(self, wrong: bool | None) -> Decision | None:  # noqa: FBT001 - what the cell came to
        """Take the next cell of the order, None if it is undecided, and return what is decided now.

        Raises:
            ValueError: all cells have been seen.
        """
        if self.seen == self.size:
            raise ValueError(f"all {self.size} cells of the suite have been seen")
        self.seen += 1
        self.wrong += wrong is True
        self.undecided += wrong is None
        if self._first is None:
            passing, failing = self._for.add(wrong is not False), self._against.add(wrong is True)
            enough = -log(self.alpha)
            self._first = "pass" if passing >= enough else "fail" if failing >= enough else None
        return self.decided

    def extend(self, wrong: Iterable[bool | None]) -> Decision | None:
        """Take several cells, looking after each, so that the same order always ends in the same decision."""
        for each in wrong:
            self.add(each)
        return self.decided

    @property
    def decided(self) -> Decision | None:
        """What is decided; None as long as, or because, both sides of the limit are open."""
        if self.wrong > self.allowed:
            return "fail"
        if self.wrong + self.undecided + self.size - self.seen <= self.allowed and self.seen:
            return "pass"
        return None if self.seen == self.size else self._first

    @property
    def e_pass(self) -> float:
        """The largest e-value for passing up to the decision; it decides from 1 / alpha on."""
        return _e(self._for.most)

    @property
    def e_fail(self) -> float:
        """The largest e-value for failing up to the decision; it decides from 1 / alpha on."""
        return _e(self._against.most)

    @property
    def low(self) -> float:
        """The least share of wrong cells, undecided ones being right. See `high`."""
        least = self._kept(self.wrong)[0]
        return max(least, self.allowed + 1 if self.decided == "fail" else 0) / self.size

    @property
    def high(self) -> float:
        """The largest share of wrong cells, undecided ones being wrong.

        With `low` it is the prior-posterior ratio confidence sequence (theorem 2.1) at alpha, cut at the limit by what
        is decided: together they hold, at all moments at once, with a probability of at least 1 - 2 alpha.
        """
        most = self._kept(self.wrong + self.undecided)[1]
        return min(most, self.allowed if self.decided == "pass" else self.size) / self.size

    def _kept(self, count: int) -> tuple[int, int]:
        """Return the least and the largest M at which the prior-posterior ratio is below 1 / alpha."""
        a, b = self._prior
        mixture = _log_beta(a + count, b + self.seen - count) - _log_beta(a, b)

        def kept(wrong: int) -> bool:
            return mixture - log_likelihood(self.size, wrong, self.seen, count) < -log(self.alpha)

        best = likeliest(self.size, self.seen, count)
        return _last(best, count, kept), _last(best, self.size - self.seen + count, kept)


@dataclass(slots=True)
class Prefix:
    """Cells finish in any order; evidence is read from the finished prefix alone.

    Otherwise slow answers, which are of another kind than quick ones, would be missing from it.
    """

    released: int = 0
    _waiting: dict[int, bool | None] = field(default_factory=dict)

    def put(self, position: int, wrong: bool | None) -> list[bool | None]:  # noqa: FBT001 - what the cell came to
        """Take what the cell at a position, from 0, came to; return what is now to be read, in the order drawn.

        Raises:
            ValueError: the position has been taken before, or is below 0.
        """
        if position < self.released or position in self._waiting:
            raise ValueError(f"position {position} has been taken before, or is none")
        self._waiting[position] = wrong
        ready = []
        while self.released in self._waiting:
            ready.append(self._waiting.pop(self.released))
            self.released += 1
        return ready


def allowed(size: int, limit: float) -> int:
    """Return the largest number of wrong cells whose share is within the limit."""
    near = floor(limit * size)  # the product may have been rounded over a whole number
    return max(count for count in (near - 1, near, near + 1) if count / size <= limit)


def prior_at(limit: float) -> Beta:
    """Return the beta distribution that the M are weighted by: its mean is the limit, its smaller part one half.

    Its restriction to one side of the limit decides soonest where that is hard; at a limit of one half it is Jeffreys'.
    Any choice is valid that is made before the data.
    """
    odds = limit / (1 - limit) if 0 < limit < 1 else 1.0
    return 0.5 * max(1.0, odds), 0.5 * max(1.0, 1 / odds)


def log_likelihood(size: int, wrong: int, seen: int, count: int) -> float:
    """Return the log of C(N - n, M - k) / C(N, M): that of seeing `count` wrong ones in `seen`, in one given order."""
    if not 0 <= wrong - count <= size - seen:
        return -inf
    return _log_choose(size - seen, wrong - count) - _log_choose(size, wrong)


def likeliest(size: int, seen: int, count: int) -> int:
    """Return the M at which the likelihood is largest; it never falls before and never rises after.

    It rises from M to M + 1 exactly where M + 1 <= k (N + 1) / n.
    """
    return size if not seen else min(size - seen + count, count * (size + 1) // seen)


class _Evidence:
    """The log e-value for M in `alternative` against every M in `null`, cell after cell."""

    def __init__(self, size: int, alternative: range, null: range, prior: Beta) -> None:
        self._size, self._null = size, null
        self._wrong_left = np.arange(alternative.start, alternative.stop, dtype=np.float64)
        self._right_left = size - self._wrong_left
        self._weights = _beta_binomial(size, self._wrong_left, prior)
        self._log_scale = 0.0
        self._seen = self._count = 0
        self.most = 0.0

    def add(self, wrong: bool) -> float:  # noqa: FBT001 - what the cell counts as
        """Take a cell; return the largest log e-value so far. It is 0, no evidence, where either side is empty."""
        if not self._null or not self._weights.size:
            return self.most
        left = self._wrong_left if wrong else self._right_left
        self._weights *= left
        left -= 1
        self._log_scale += log(self._size - self._seen)
        self._seen += 1
        self._count += wrong
        mixture = float(self._weights.sum())
        if mixture <= 0:  # no M of the alternative is possible any more
            return self.most
        against = self._largest()
        self.most = max(self.most, inf if against == -inf else log(mixture) - self._log_scale - against)
        if mixture > LARGE:
            self._weights /= mixture
            self._log_scale -= log(mixture)
        return self.most

    def _largest(self) -> float:
        """Return the largest log likelihood within the null: at its end that is nearest to the likeliest M of all."""
        best = likeliest(self._size, self._seen, self._count)
        at = min(max(best, self._null.start), self._null.stop - 1)
        return log_likelihood(self._size, at, self._seen, self._count)


def _beta_binomial(size: int, wrongs: NDArray[np.float64], prior: Beta) -> NDArray[np.float64]:
    """Return weights of M, summing to 1: C(N, M) B(a + M, b + N - M), to a constant."""
    from scipy.special import betaln, gammaln

    if not wrongs.size:
        return wrongs
    a, b = prior
    logs = betaln(a + wrongs, b + size - wrongs) - gammaln(wrongs + 1) - gammaln(size - wrongs + 1)
    weights: NDArray[np.float64] = np.exp(logs - logs.max())
    weights /= weights.sum()
    return weights


def _last(inside: int, outside: int, kept: Callable[[int], bool]) -> int:
    """Return the last M from `inside` towards `outside` that is kept, by bisection."""
    if kept(outside):
        return outside
    while abs(outside - inside) > 1:
        middle = (inside + outside) // 2
        inside, outside = (middle, outside) if kept(middle) else (inside, middle)
    return inside


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def _e(log_e: float) -> float:
    return exp(log_e) if log_e < 700 else inf
