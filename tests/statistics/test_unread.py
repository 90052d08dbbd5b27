"""What nobody read bounds what a figure may be, soundly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from refusals.statistics.clustered import clustered_rate
from refusals.statistics.corrected import ABSENT, Read
from refusals.statistics.unread import Scored, bound, hidden, worst_ends, worst_gap, worst_j, worst_selectivity
from tests.statistics.simulated_readings import drawn
from tests.statistics.test_corrected import NOISE, RUNS, cells


def test_the_bound_is_honest() -> None:
    """Nothing read bounds nothing; a little read bounds what its verdicts may hide."""
    nothing, _ = cells(1, 0.3, (0.9, 0.9), 0)
    assert bound([nothing]) == (0.0, pytest.approx(1.0))
    held = 0
    for seed in range(RUNS):
        read, truth = cells(seed, 0.3, (0.7, 0.8), 8)
        low, high = bound([read])
        held += low <= truth <= high
        assert high - low > 0.2
    assert held / RUNS >= 0.95 - NOISE


def test_read_wholly_the_bound_still_knows_that_families_are_a_sample() -> None:
    """Nine refusals of 200 are too few to correct by: the bound holds the exact interval of what people found."""
    truth = (np.arange(200) < 9).astype(np.int64)
    read = Read(verdict=truth, truth=truth, probability=np.ones(200), family=np.arange(200), families=200, wrong=1)
    exact = clustered_rate(truth, np.ones(200, dtype=int))

    assert exact is not None
    assert hidden(read, level=0.95) == pytest.approx((0.045, 0.045))
    low, high = bound([read])
    assert low <= exact.low
    assert exact.high <= high


def test_no_reply_and_no_side_count_for_and_against() -> None:
    """They may be anything, and are nobody's to read."""
    truth = np.r_[np.zeros(80), np.full(20, 2)].astype(np.int64)
    verdict = np.r_[np.zeros(90), np.full(10, ABSENT)].astype(np.int64)
    read = Read(verdict=verdict, truth=truth, probability=np.ones(100), family=np.arange(100), families=100, wrong=1)

    assert hidden(read, level=0.95) == pytest.approx((0.0, 0.2))


def test_gaps_and_j_take_the_worst_of_both() -> None:
    """Whatever is known of one rate, a rate of which nothing is known leaves its whole range."""
    known, _ = cells(1, 0.4, (0.9, 0.9), 10_000)
    nothing = replace(known, truth=np.full(len(known.truth), -1))
    low, high = worst_ends([known], level=0.975)

    assert worst_gap([nothing], [known]) == pytest.approx((0 - high, 1 - low))
    assert worst_j([nothing], [known]) == pytest.approx((-high, 1 - low))


def test_selectivity_is_bounded_by_the_number_of_wrong_cells() -> None:
    """The truth of families, each of two cells that move together or apart, lies between the bounds."""
    for seed in range(20):
        chance = np.random.default_rng(seed)
        read, truth = drawn(chance, rate=0.1, judge=(0.7, 0.95), each=60, families=100, a_family=2, correlation=0.3)
        right = float((np.bincount(read.family, truth) == 0).mean())
        low, high = worst_selectivity([Scored(parts=[read], wholes=100)])

        assert low <= right <= high
        assert high < 1
    assert worst_selectivity([]) == (0.0, 1.0)
