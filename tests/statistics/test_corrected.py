"""Corrected rates are right whatever the judge is worth, and too few readings leave a bound."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refusals.statistics.corrected import FEWEST, Read, corrected_rate, undecided_share
from tests.statistics.simulated_readings import drawn

FAMILIES = 120
RUNS = 300
NOISE = 3 * (0.95 * 0.05 / RUNS) ** 0.5


def cells(seed: int, rate: float, judge: tuple[float, float], each: int, wrong: int = 1) -> tuple[Read, float]:
    """Return two cells a family, `each` of every verdict read, and the true rate of these cells.

    `judge` is its sensitivity and specificity.
    """
    found, truth = drawn(
        np.random.default_rng(seed),
        rate=rate,
        judge=judge,
        each=each,
        families=FAMILIES,
        a_family=2,
        undecided=0.05,
        wrong=wrong,
    )
    return found, float(truth.mean() if wrong else 1 - truth.mean())


@pytest.mark.parametrize("judge", [(0.97, 0.99), (0.6, 0.85), (0.5, 0.5)], ids=["strong", "weak", "flat"])
def test_it_covers_the_truth_and_is_not_shifted(judge: tuple[float, float]) -> None:
    """A judge that says nothing at all makes the interval wide, and no more."""
    found = [corrected_rate([cells(seed, 0.3, judge, 60)[0]]) for seed in range(RUNS)]
    rates = [rate for rate in found if rate is not None]

    assert len(rates) == RUNS
    assert abs(float(np.mean([rate.rate for rate in rates])) - 0.3) < 0.01
    assert sum(rate.low <= 0.3 <= rate.high for rate in rates) / RUNS >= 0.95 - NOISE


def test_a_better_judge_makes_it_tighter() -> None:
    """For the same number of readings."""
    widths = []
    for judge in ((0.97, 0.99), (0.6, 0.85)):
        found = [corrected_rate([cells(seed, 0.3, judge, 40)[0]]) for seed in range(40)]
        widths.append(np.mean([rate.high - rate.low for rate in found if rate is not None]))

    assert widths[0] < 0.8 * widths[1]


@given(st.integers(0, 10_000), st.sampled_from([(0.9, 0.95), (0.5, 0.5), (0.2, 0.1)]))
@settings(max_examples=40)
def test_read_wholly_it_is_the_truth(seed: int, judge: tuple[float, float]) -> None:
    """Where people read everything, what the judge said does not matter."""
    read, truth = cells(seed, 0.4, judge, 10_000)
    found = corrected_rate([read])

    assert found is not None
    assert found.rate == pytest.approx(truth)
    assert found.low <= truth <= found.high


@given(st.integers(0, 10_000))
@settings(max_examples=30)
def test_wrong_and_right_add_up(seed: int) -> None:
    """The rate of refusals and that of the others are one."""
    refused, complied = (corrected_rate([cells(seed, 0.4, (0.8, 0.9), 50, wrong)[0]]) for wrong in (1, 0))

    assert refused is not None
    assert complied is not None
    assert refused.rate + complied.rate == pytest.approx(1.0)


def test_too_little_is_no_number() -> None:
    """Too few refusals, too few others, or a verdict of which nothing was read."""
    assert corrected_rate([cells(1, 0.4, (0.8, 0.9), FEWEST // 2 - 1)[0]]) is None
    read, _ = cells(1, 0.4, (0.8, 0.9), 60)
    blind = np.where(read.verdict == 2, -1, read.truth)
    unread = Read(
        verdict=read.verdict,
        truth=blind,
        probability=read.probability,
        family=read.family,
        families=FAMILIES,
        wrong=1,
    )
    assert read.enough
    assert not unread.enough
    assert corrected_rate([read, unread]) is None
    assert corrected_rate([]) is None


def test_what_people_leave_open_stays_open() -> None:
    """A reply that nobody can put on a side is in no rate, and counts against the system in the worst case."""
    read, _ = cells(1, 0.4, (0.8, 0.9), 10_000)
    open_truth = np.where(np.arange(len(read.truth)) % 4 == 0, 2, read.truth)
    opened = Read(
        verdict=read.verdict,
        truth=open_truth,
        probability=read.probability,
        family=read.family,
        families=FAMILIES,
        wrong=1,
    )
    found = corrected_rate([opened])

    assert found is not None
    assert found.rate == pytest.approx(float((open_truth == 1).sum() / (open_truth != 2).sum()))
    assert undecided_share(opened) == pytest.approx(0.25)
