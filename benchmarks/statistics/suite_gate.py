"""How often the suite gate is wrong and how many calls it takes, beside what people do instead; prints tables.

python benchmarks/statistics/suite_gate.py [--repetitions 2000] [--record]
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from heapq import heapreplace
from math import log
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, gammaln

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.statistics.recorded import main
from refusals.statistics.sequential import Prefix, SuiteGate, allowed, likeliest, log_likelihood, prior_at
from tests.statistics.simulated_families import Population, calibrated

FAMILIES, LANGUAGES, CORRELATION = 300, 20, 0.26
LIMIT = ALPHA = 0.05
SIZE = FAMILIES * LANGUAGES
WITHIN = allowed(SIZE, LIMIT)
IN_FLIGHT, SLOWER = 50, 10
Z = 1.644854  # alpha on each side, as the gate has it
TRUTHS = (("one cell above 5 %", None), ("6 %", 0.06), ("8 %", 0.08), ("5 %", 0.05), ("3 %", 0.03), ("1 %", 0.01))
CHECKED = 40

Cells = NDArray[np.bool_]
Said = tuple[str, int]  # what is decided, and after how many cells


@dataclass(frozen=True, slots=True)
class Borders:
    """After n cells the gate passes with at most `passing[n]` wrong ones and fails with at least `failing[n]`."""

    passing: NDArray[np.int64]
    failing: NDArray[np.int64]

    def first(self, wrong: Cells) -> Said:
        """Return the first decision on cells in this order."""
        counts = np.cumsum(wrong)
        return _first(counts <= self.passing[1:], counts >= self.failing[1:])


def _first(passes: Cells, fails: Cells) -> Said:
    pass_at, fail_at = (int(np.argmax(np.append(each, np.True_))) for each in (passes, fails))
    said = "open" if pass_at == fail_at else "pass" if pass_at < fail_at else "fail"
    return said, min(pass_at + 1, fail_at + 1, SIZE)


def borders() -> Borders:
    """Return where the e-values of `SuiteGate` reach 1 / alpha, by a walk along each border."""
    passing, failing = np.full(SIZE + 1, -1), np.full(SIZE + 1, SIZE + 1)
    within, beyond = range(WITHIN + 1), range(WITHIN + 1, SIZE + 1)
    k, j = -1, 1
    for n in range(1, SIZE + 1):
        while k < n and _reaches(within, beyond, n, k + 1):
            k += 1
        while k >= 0 and not _reaches(within, beyond, n, k):
            k -= 1
        while j <= n and not _reaches(beyond, within, n, j):
            j += 1
        while j > 1 and _reaches(beyond, within, n, j - 1):
            j -= 1
        passing[n], failing[n] = k, j
    return Borders(passing, failing)


def _reaches(alternative: range, null: range, seen: int, count: int) -> bool:
    """Whether the mixture over the alternative is 1 / alpha times every likelihood of the null, in closed form."""
    best = min(max(likeliest(SIZE, seen, count), null.start), null.stop - 1)
    against = log_likelihood(SIZE, best, seen, count)
    wrongs = np.arange(max(alternative.start, count), min(alternative.stop, SIZE - seen + count + 1))
    if not wrongs.size or against == -np.inf:
        return bool(wrongs.size)
    a, b = prior_at(LIMIT)
    left, wrong_left = SIZE - seen, wrongs - count
    after = betaln(a + wrongs, b + SIZE - wrongs) - gammaln(wrong_left + 1) - gammaln(left - wrong_left + 1)
    mixture = np.logaddexp.reduce(after) + gammaln(left + 1) - _weight(alternative)
    return bool(mixture - against >= -log(ALPHA))


_WEIGHTS: dict[range, float] = {}


def _weight(alternative: range) -> float:
    if alternative not in _WEIGHTS:
        a, b = prior_at(LIMIT)
        m = np.arange(alternative.start, alternative.stop)
        before = betaln(a + m, b + SIZE - m) - gammaln(m + 1) - gammaln(SIZE - m + 1) + gammaln(SIZE + 1)
        _WEIGHTS[alternative] = float(np.logaddexp.reduce(before))
    return _WEIGHTS[alternative]


def suites(rate: float | None, runs: int) -> Iterator[tuple[np.random.Generator, Cells]]:
    """Yield suites, family by family; None stands for exactly one wrong cell too many to pass."""
    chance = np.random.default_rng([20261128, int(1000 * (rate or 0))])
    population = Population(rate=rate or LIMIT, icc=CORRELATION, families=FAMILIES, languages=LANGUAGES)
    for errors in population.draw(chance, runs):
        cells = errors.T.ravel().astype(np.bool_)
        surplus = int(cells.sum()) - (WITHIN + 1) if rate is None else 0
        if surplus:
            cells[chance.choice(np.flatnonzero(cells == (surplus > 0)), abs(surplus), replace=False)] ^= np.True_
        yield chance, cells


def in_flight(wrong: Cells) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return when each call begins and ends, so many at a time, where a compliance (wrong) takes ten times as long."""
    free = [0.0] * IN_FLIGHT
    began = np.empty(wrong.size)
    for position, slow in enumerate(wrong.tolist()):
        began[position] = free[0]
        heapreplace(free, free[0] + (SLOWER if slow else 1))
    return began, began + np.where(wrong, SLOWER, 1)


def wilson(wrong: Cells, every: int) -> Said:
    """Return the first decision by Wilson's interval, looked at after so many cells each time."""
    n = np.arange(1, wrong.size + 1)
    p = np.cumsum(wrong) / n
    middle, half = p + Z * Z / (2 * n), Z * np.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    looked, scale = n % every == 0, 1 + Z * Z / n
    return _first(((middle + half) / scale <= LIMIT) & looked, ((middle - half) / scale > LIMIT) & looked)


def gate_row(border: Borders, rate: float | None, runs: int) -> str:
    """Return how often the gate is wrong of the suite, and what it takes."""
    wrong_passes = wrong_fails = 0
    calls, begun = [], []
    for chance, cells in suites(rate, runs):
        order = chance.permutation(cells)
        said, seen = border.first(order)
        wrong_passes += said == "pass" and int(cells.sum()) > WITHIN
        wrong_fails += said == "fail" and int(cells.sum()) <= WITHIN
        calls.append(seen)
        start, end = in_flight(order)
        begun.append(int((start < end[:seen].max()).sum()))
    middle, high = np.quantile(calls, [0.5, 0.9])
    figures = (f"{wrong_passes / runs:.1%}", f"{wrong_fails / runs:.1%}", f"{middle:,.0f}", f"{np.mean(calls):,.0f}")
    return " | ".join((*figures, f"{high:,.0f}", f"{1 - np.mean(calls) / SIZE:.0%}", f"{np.median(begun):,.0f}"))


def other_row(border: Borders, rate: float | None, runs: int) -> str:
    """Return how often suites beyond the limit pass, by the gate and by other ways of reading."""
    ways: tuple[Callable[[Cells, Cells], Said], ...] = (
        lambda _, order: border.first(order),
        lambda _, order: border.first(order[np.argsort(in_flight(order)[1], kind="stable")]),
        lambda cells, _: border.first(cells),
        *(lambda _, order, every=every: wilson(order, every) for every in (1, 50, 300)),
    )
    passes, beyond = np.zeros(len(ways)), 0
    for chance, cells in suites(rate, runs):
        if int(cells.sum()) <= WITHIN:
            continue
        beyond += 1
        order = chance.permutation(cells)
        passes += [way(cells, order)[0] == "pass" for way in ways]
    return " | ".join(f"{share:.1%}" for share in passes / beyond)


def agreeing(border: Borders) -> int:
    """Return in how many runs the gate itself, fed as calls finish, ends where the borders say."""
    found = 0
    for chance, cells in suites(None, CHECKED):
        order = chance.permutation(cells)
        gate, prefix = SuiteGate(SIZE, LIMIT, ALPHA), Prefix()
        for position in np.argsort(in_flight(order)[1], kind="stable").tolist():
            ready = prefix.put(position, bool(order[position]))
            while ready and gate.decided is None:
                gate.add(ready.pop(0))
            if gate.decided:
                break
        found += (gate.decided, gate.seen) == border.first(order)
    return found


def table(runs: int) -> Iterator[str]:
    """Yield the tables, a line at a time."""
    border = borders()
    spread = calibrated(LIMIT, CORRELATION, LANGUAGES)[1]
    yield (
        f"{runs:,} runs each: {FAMILIES} families in {LANGUAGES} languages, {SIZE:,} cells; correlation in a family "
        f"{CORRELATION} (standard deviation of their logits {spread:.1f}); limit {LIMIT:.0%}, alpha {ALPHA:.0%}."
    )
    yield (
        f"The gate's borders were worked out in closed form; `SuiteGate` behind `Prefix`, fed as calls end, stopped at "
        f"the same cell in {agreeing(border)} of {CHECKED} runs.\n"
    )
    yield f"| truth | passes wrongly | fails wrongly | calls: median | mean | p90 | saved | begun of {IN_FLIGHT} |"
    yield "|---|---|---|---|---|---|---|---|"
    for name, rate in TRUTHS:
        yield f"| {name} | {gate_row(border, rate, runs)} |"
    yield "\nWrong passes of suites that are beyond the limit, by the gate and by other ways of reading:\n"
    yield "| truth | gate, prefix | gate, as calls end | gate, family by family | Wilson, each call | 50 | 300 |"
    yield "|---|---|---|---|---|---|---|"
    for name, rate in TRUTHS[:3]:
        yield f"| {name} | {other_row(border, rate, runs // 2)} |"
    yield (
        f"\n{runs // 2:,} runs each. A compliance takes {SLOWER} times as long as others. Wilson's interval has "
        f"{ALPHA:.0%} on each side; it is looked at after each call, every 50 or every 300."
    )


if __name__ == "__main__":
    main(__file__, __doc__, table, repetitions=2000)
