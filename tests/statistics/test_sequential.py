"""A suite gate looks whenever it likes and is wrong no more often than it says, in any order of arrival."""

from __future__ import annotations

from copy import deepcopy
from fractions import Fraction
from itertools import pairwise
from math import comb, exp, inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from refusals.statistics.sequential import Prefix, SuiteGate, allowed, likeliest, log_likelihood

ALPHA = 0.2

suites = st.lists(st.sampled_from([True, False, False, False, None]), min_size=1, max_size=60)
limits = st.sampled_from([0.0, 0.05, 0.2, 0.5, 0.9, 1.0])


def said_over_all_orders(size: int, limit: float, wrongs: int) -> dict[str, Fraction]:
    """Return the exact probability of each first decision, over all orders of so many wrong cells.

    What is decided at a point (cells seen, wrong ones) depends on no more as long as nothing was decided before, so
    that the orders that lead there undecided are counted together.
    """
    ends = {"pass": 0, "fail": 0}
    open_ones = {0: (1, SuiteGate(size, limit, ALPHA))}
    for seen in range(1, size + 1):
        after: dict[int, tuple[int, SuiteGate]] = {}
        for count, (paths, gate) in open_ones.items():
            for wrong in (True, False):
                now = count + wrong
                if 0 <= wrongs - now <= size - seen:
                    others, each = after.get(now, (0, None))
                    if each is None:
                        each = deepcopy(gate)
                        each.add(wrong)
                    after[now] = (others + paths, each)
        open_ones = {}
        for count, (paths, gate) in after.items():
            if gate.decided is None:
                open_ones[count] = (paths, gate)
            else:
                ends[gate.decided] += paths * comb(size - seen, wrongs - count)
    return {said: Fraction(ways, comb(size, wrongs)) for said, ways in ends.items()}


@pytest.mark.parametrize(("size", "limit"), [(12, 0.3), (25, 0.1), (40, 0.2), (40, 0.5)])
def test_no_suite_is_judged_wrongly_more_often_than_alpha(size: int, limit: float) -> None:
    """Counted over every order of every suite; and all are decided in the end, the clear ones always rightly."""
    within = allowed(size, limit)
    for wrongs in range(size + 1):
        said = said_over_all_orders(size, limit, wrongs)

        assert said["fail" if wrongs <= within else "pass"] <= ALPHA
        assert sum(said.values()) == 1
    assert said_over_all_orders(size, limit, 0)["pass"] == said_over_all_orders(size, limit, size)["fail"] == 1


@given(st.data())
def test_likelihood_is_hypergeometric(data: st.DataObject) -> None:
    """Over the C(n, k) orders of what was seen it is scipy's, and the likeliest M is where it is largest."""
    size = data.draw(st.integers(1, 60))
    seen = data.draw(st.integers(0, size))
    count = data.draw(st.integers(0, seen))
    found = [exp(log_likelihood(size, wrong, seen, count)) * comb(seen, count) for wrong in range(size + 1)]

    assert found == pytest.approx([stats.hypergeom(size, wrong, seen).pmf(count) for wrong in range(size + 1)])
    at = likeliest(size, seen, count)
    assert found[at] == pytest.approx(max(found))
    assert all(a <= b * (1 + 1e-9) for a, b in pairwise(found[: at + 1]))
    assert all(a >= b * (1 - 1e-9) for a, b in pairwise(found[at:]))


def test_e_value_is_the_mixture_over_the_largest_likelihood() -> None:
    """As scipy has it: weights of a beta-binomial within the limit, the likeliest M beyond it."""
    size, limit, seen, count = 90, 0.2, 30, 1
    gate = SuiteGate(size, limit, 1e-9)
    gate.extend([True, *[False] * (seen - 1)])
    wrongs = np.arange(size + 1)
    likelihood = stats.hypergeom(size, wrongs, seen).pmf(count) / comb(seen, count)
    weights = stats.betabinom(size, 0.5, 2).pmf(wrongs[:19])

    assert gate.e_pass == pytest.approx(weights / weights.sum() @ likelihood[:19] / likelihood[19:].max())
    assert gate.e_pass > 1
    assert 1 <= gate.e_fail < inf


@given(suite=suites, limit=limits, seed=st.integers(0, 2**32 - 1))
def test_order_of_arrival_changes_nothing(suite: list[bool | None], limit: float, seed: int) -> None:
    """Cells that finish out of order give the decision, and the e-values, of the order that was drawn."""
    one, other = SuiteGate(len(suite), limit, ALPHA), SuiteGate(len(suite), limit, ALPHA)
    prefix = Prefix()
    for position in np.random.default_rng(seed).permutation(len(suite)).tolist():
        other.extend(prefix.put(position, suite[position]))
        assert other.seen == prefix.released
    one.extend(suite)

    assert prefix.released == len(suite)
    assert (other.decided, other.e_pass, other.e_fail) == (one.decided, one.e_pass, one.e_fail)


def test_nothing_behind_a_gap_is_read() -> None:
    """A slow answer holds back all that was asked after it, once each."""
    prefix = Prefix()

    assert [prefix.put(2, wrong=True), prefix.put(1, wrong=None), prefix.put(0, wrong=False)] == [
        [],
        [],
        [False, None, True],
    ]
    for position in (0, 2, -1):
        with pytest.raises(ValueError, match="taken before"):
            prefix.put(position, wrong=False)


@given(suite=suites, limit=limits)
def test_a_suite_seen_whole_is_what_it_is(suite: list[bool | None], limit: float) -> None:
    """At the end the count decides, against any earlier decision; undecided cells leave open what they could change."""
    gate = SuiteGate(len(suite), limit, ALPHA)
    gate.extend(suite)
    wrong, unknown = suite.count(True), suite.count(None)
    passes, fails = (wrong + unknown) / len(suite) <= limit, wrong / len(suite) > limit

    assert gate.decided == ("pass" if passes else "fail" if fails else None)
    assert (gate.low, gate.high) == (wrong / len(suite), (wrong + unknown) / len(suite))


@given(suite=suites, limit=limits, at=st.integers(0, 59))
def test_a_wrong_cell_never_helps_to_pass(suite: list[bool | None], limit: float, at: int) -> None:
    """Evidence for passing only falls, and that for failing only rises, from right to undecided to wrong."""
    at %= len(suite)
    found = []
    for worse in (False, None, True):
        gate = SuiteGate(len(suite), limit, 1e-12)  # looks on to the end
        gate.extend([*suite[:at], worse, *suite[at + 1 :]])
        found.append((gate.e_pass, gate.e_fail, gate.low, gate.high))

    for better, worse in pairwise(found):
        assert worse[0] <= better[0] * (1 + 1e-9)
        assert worse[1] >= better[1] * (1 - 1e-9)
        assert worse[2] >= better[2]
        assert worse[3] >= better[3]


@given(suite=suites, limit=limits)
def test_bounds_hold_the_suite_and_agree_with_the_decision(suite: list[bool | None], limit: float) -> None:
    """What has been seen is between the bounds, and what is decided is on their side of the limit."""
    gate = SuiteGate(len(suite), limit, ALPHA)
    for wrong in suite:
        said = gate.add(wrong)
        assert gate.wrong / gate.size <= gate.low <= gate.high <= 1
        assert said != "pass" or gate.high <= limit
        assert said != "fail" or gate.low > limit


@pytest.mark.parametrize(("every", "said", "cells"), [(6001, "pass", 72), (7, "fail", 63)])
def test_clear_suites_are_decided_early(every: int, said: str, cells: int) -> None:
    """Of 6,000 cells a limit of 5 % takes 72 without an error, hardly more than the 59 of a test planned for that."""
    gate = SuiteGate(6000, 0.05)
    while gate.decided is None:
        gate.add(gate.seen % every == every - 1)

    assert (gate.decided, gate.seen) == (said, cells)


@given(size=st.integers(1, 5000), share=st.fractions(0, 1, max_denominator=200))
def test_the_allowed_count_is_exact(size: int, share: Fraction) -> None:
    """Rounding of a limit such as 0.07 takes no allowed cell away and adds none."""
    assert allowed(size, float(share)) == int(share * size)


@pytest.mark.parametrize(("arguments", "says"), [((0, 0.1), "size"), ((5, 1.1), "limit"), ((5, 0.1, 1.0), "alpha")])
def test_what_is_no_suite_is_refused(arguments: tuple[int, float], says: str) -> None:
    """A gate is made of a size, a share and a risk."""
    with pytest.raises(ValueError, match=says):
        SuiteGate(*arguments)


def test_no_cell_comes_after_the_last() -> None:
    """A cell too many is a fault of the caller."""
    gate = SuiteGate(1, 0.5)
    gate.add(None)

    with pytest.raises(ValueError, match="all 1 cells"):
        gate.add(wrong=False)
