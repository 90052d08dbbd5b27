"""Numbers are printed so that none says more, or less, than was measured."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refusals.gates import Ruling, Standing
from refusals.reports._numbers import (
    DASH,
    MINUS,
    absent,
    found_by,
    interval,
    interval_of,
    limit_of,
    missing,
    percent,
    rate_of,
    worst_of,
)
from refusals.statistics import Estimate

EMPTY = Estimate(system="s", measure="over-refusal", language="en", n=0, families=0, undecided=0)


@given(st.floats(0, 1), st.integers(0, 2))
def test_only_nothing_looks_like_nothing(share: float, digits: int) -> None:
    """A share prints as 0 or 100 if it is that, and else never."""
    assert (percent(share, digits) == "0") == (share * 100 == 0)
    assert (percent(share, digits) == "100") == (share * 100 == 100)


@given(st.floats(0.01, 0.99))
def test_a_share_is_printed_to_a_tenth_of_a_per_cent(share: float) -> None:
    """What is printed differs from the share by rounding only."""
    assert float(percent(share)) == pytest.approx(share * 100, abs=0.0501)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.0, 0.084, f"0{DASH}8.4"),
        (0.0001, 1.0, f"<0.1{DASH}100"),
        (-0.05, 0.126, f"{MINUS}5.0 to 12.6"),
    ],
)
def test_an_interval_is_two_bounds(low: float, high: float, expected: str) -> None:
    """A negative bound is not read as a dash."""
    assert expected == interval(low, high)


@pytest.mark.parametrize(("limit", "expected"), [(0.05, "5\xa0%"), (0.001, "0.1\xa0%"), (0.07, "7\xa0%")])
def test_a_limit_is_printed_as_it_was_written(limit: float, expected: str) -> None:
    """No digit is added to a limit, none is lost."""
    assert expected == limit_of(limit)


def test_what_is_missing_says_why() -> None:
    """Not asked, asked and undecided, and a mean that lacks a language are three things."""
    assert missing(None) == missing(EMPTY) == missing(None, absent(0)) == "not run"
    assert missing(None, absent(3)) == missing(EMPTY, absent(3)) == DASH
    assert rate_of(replace(EMPTY, undecided=3)) == "none decided"
    assert rate_of(replace(EMPTY, undecided=3, language="*")) == "no mean"
    assert interval_of(EMPTY) == ""


def test_a_ruling_without_a_figure_has_run() -> None:
    """What it is on was asked and not decided; beside a baseline there is nothing to show."""
    ruling = Ruling(gate="over-refusal", system="s", language="en", standing=Standing.INVALID, reason="")

    assert found_by(ruling) == ("none decided", "")
    assert found_by(replace(ruling, bound="margin")) == (DASH, "")


def test_gaps_are_points_and_areas_are_numbers() -> None:
    """A difference has its sign, and what is no share is not printed as one."""
    gap = replace(EMPTY, measure="gap-over-refusal", n=9, rate=0.047, low=-0.073, high=0.098)
    area = replace(EMPTY, measure="auroc", n=9, rate=0.5, low=0.04, high=0.96)

    assert (rate_of(gap), interval_of(gap)) == ("+4.7\xa0points", f"{MINUS}7.3 to 9.8")
    assert (rate_of(area), interval_of(area)) == ("0.50", "0.04 to 0.96")


def test_bounds_are_shown_where_something_is_undecided() -> None:
    """Where all is decided the worst case is the interval itself, and not printed twice."""
    whole = replace(EMPTY, n=9, rate=0.1, low=0.0, high=0.2, worst_low=0.0, worst_high=0.2)

    assert worst_of(whole) == ""
    assert worst_of(replace(whole, undecided=1, worst_high=0.3)) == f"0{DASH}30.0"
    assert worst_of(replace(whole, correction="uncorrected", worst_high=0.3)) == f"0{DASH}30.0"
