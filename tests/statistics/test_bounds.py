"""Undecided cells, counted both ways, never narrow anything."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from refusals.statistics.bounds import Bounds, worst_case
from refusals.statistics.clustered import clustered_rate, language_mean
from tests.statistics.drawn_counts import drawn_counts


@given(counts=drawn_counts(pieces=3))
def test_bounds_enclose_the_interval_of_the_decided_cells(counts: tuple[np.ndarray, ...]) -> None:
    """Whoever leaves undecided cells out reads an interval inside the bounds, and a rate between their rates."""
    bad, undecided, good = counts
    bounds, rate = worst_case(bad, good, undecided), language_mean(bad, bad + good)

    assert bounds is not None
    assert 0 <= bounds.low <= bounds.rate_low <= bounds.rate_high <= bounds.high <= 1
    if rate is not None:
        assert bounds.low <= rate.low
        assert bounds.high >= rate.high
        assert bounds.rate_low - 1e-12 <= rate.rate <= bounds.rate_high + 1e-12


@given(counts=drawn_counts(pieces=3), seed=st.integers(0, 2**32 - 1))
def test_bounds_enclose_the_rate_of_any_filling(counts: tuple[np.ndarray, ...], seed: int) -> None:
    """Whatever the undecided cells were, the rate they would have given is within."""
    bad, undecided, good = counts
    were_bad = np.random.default_rng(seed).binomial(undecided, 0.5)
    bounds, filled = worst_case(bad, good, undecided), language_mean(bad + were_bad, bad + good + undecided)

    assert bounds is not None
    assert filled is not None
    assert bounds.rate_low - 1e-12 <= filled.rate <= bounds.rate_high + 1e-12


@given(counts=drawn_counts())
def test_nothing_undecided_changes_nothing(counts: tuple[np.ndarray, ...]) -> None:
    """Without undecided cells the bounds are the rate and its interval."""
    bad, good = counts
    rate = language_mean(bad, bad + good)

    assert rate is not None
    assert worst_case(bad, good, np.zeros_like(bad)) == Bounds(
        rate_low=rate.rate, rate_high=rate.rate, low=rate.low, high=rate.high
    )


def test_ends_are_those_of_the_two_fillings() -> None:
    """The low end counts undecided cells as good, the high end as bad, each with its own interval."""
    bad, undecided = np.arange(100) < 30, np.arange(100) >= 90
    bounds = worst_case(bad, ~bad & ~undecided, undecided)

    low, high = clustered_rate(bad, np.ones(100)), clustered_rate(bad | undecided, np.ones(100))
    assert low is not None
    assert high is not None
    assert bounds == Bounds(rate_low=0.3, rate_high=0.4, low=low.low, high=high.high)


def test_a_filling_that_makes_the_spread_known_does_not_narrow_the_bounds() -> None:
    """With one undecided cell good, 20 families are right instead of 19 and the interval would be surer: it is not."""
    good, undecided = np.zeros((10, 100), dtype=int), np.zeros((10, 100), dtype=int)
    good[np.arange(19) % 10, np.arange(19)] = 1
    undecided[0, 50] = 1
    bad = 1 - good - undecided
    bounds, rate = worst_case(bad, good, undecided), language_mean(bad, bad + good)

    assert bounds is not None
    assert rate is not None
    assert bounds.low <= rate.low


def test_no_filling_in_between_is_outside_the_bounds() -> None:
    """12 families wrong and 12 undecided: whichever of those are wrong, their interval lies inside."""
    bad, undecided = np.zeros((28, 168), dtype=int), np.zeros((28, 168), dtype=int)
    bad[0, :12] = undecided[0, 12:24] = 1
    bounds = worst_case(bad, 1 - bad - undecided, undecided)
    assert bounds is not None

    for more in range(13):
        filled = bad.copy()
        filled[0, 12 : 12 + more] = 1
        rate = language_mean(filled, np.ones_like(filled))
        assert rate is not None
        assert bounds.low <= rate.low < rate.high <= bounds.high


def test_nothing_but_undecided_has_bounds_without_a_rate() -> None:
    """A language that answered nothing can be anything from 0 to 1."""
    nothing = np.zeros((2, 10))

    assert worst_case(nothing, nothing, np.ones((2, 10))) == Bounds(rate_low=0, rate_high=1, low=0, high=1)


def test_no_cell_at_all_has_no_bounds() -> None:
    """A language without a planned cell bounds nothing."""
    nothing = np.zeros((2, 10))

    assert worst_case(nothing, nothing, nothing) is None


def test_shapes_must_agree() -> None:
    """Counts of other families are refused, not broadcast."""
    with pytest.raises(ValueError, match="shapes"):
        worst_case([0, 0], [1], [0, 0])
