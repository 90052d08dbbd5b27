"""Youden's J and the paired gap: intervals that hold when hardly anything is discordant."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from scipy.special import gammaln, xlogy
from statsmodels.stats.proportion import proportion_confint

from refusals.statistics.clustered import language_mean
from refusals.statistics.contrasts import paired_gap, youden_j
from tests.statistics.drawn_counts import drawn_counts


@given(counts=drawn_counts(pieces=4))
def test_a_contrast_lies_in_its_interval(counts: tuple[np.ndarray, ...]) -> None:
    """Whatever the counts: low <= value <= high, within -1 and 1, and never without width."""
    plus, minus, one, other = counts
    for contrast in (
        paired_gap(plus, minus, plus + minus + one + other),
        youden_j(plus, plus + one, minus, minus + other),
    ):
        if contrast is not None:
            assert -1 <= contrast.low <= contrast.value <= contrast.high <= 1
            assert contrast.low < contrast.high


@given(counts=drawn_counts(pieces=3))
def test_swapping_language_and_source_mirrors_the_gap(counts: tuple[np.ndarray, ...]) -> None:
    """A gap from here to there is minus the gap from there to here."""
    plus, minus, same = counts
    gap, mirrored = (paired_gap(*order, plus + minus + same) for order in ((plus, minus), (minus, plus)))

    assert gap is not None
    assert mirrored is not None
    assert (mirrored.value, mirrored.low, mirrored.high) == pytest.approx((-gap.value, -gap.high, -gap.low))


@given(counts=drawn_counts(pieces=4))
def test_swapping_over_and_under_leaves_youdens_j(counts: tuple[np.ndarray, ...]) -> None:
    """J does not know which of its errors is which."""
    one, other, good, fine = counts
    j, swapped = (
        youden_j(one, one + good, other, other + fine),
        youden_j(other, other + fine, one, one + good),
    )

    assert (j is None) == (swapped is None)
    if j is not None and swapped is not None:
        assert (swapped.value, swapped.low, swapped.high) == pytest.approx((j.value, j.low, j.high))


@pytest.mark.parametrize(("languages", "cells"), [(1, 1), (1, 3), (19, 1)])
def test_no_discordant_family_is_never_zero_to_zero(languages: int, cells: int) -> None:
    """42 families that agree throughout leave a gap of up to the exact bound of 0 in 42, on both sides."""
    nothing = np.zeros((languages, 42))
    gap = paired_gap(nothing, nothing, nothing + cells)

    bound = proportion_confint(0, 42, method="beta")[1]
    assert gap is not None
    assert (gap.value, gap.low, gap.high) == pytest.approx((0, -bound, bound))
    assert gap.few


@pytest.mark.parametrize(
    ("families", "discordant"),
    [(families, d) for families in (20, 42, 100) for d in (0.5, 2, 3.7, 6, 12, 18, 20, 25, 40) if d < 0.95 * families],
)
@pytest.mark.parametrize("balance", [0, 0.05, 0.2, 0.5])
def test_the_gap_covers_by_enumeration(families: int, discordant: float, balance: float) -> None:
    """With one case a family every possible outcome is weighed: coverage is at least 0.95, a side misses <= 0.025."""
    up, down = discordant * (1 - balance) / families, discordant * balance / families
    covered = missed_above = missed_below = 0.0
    for plus in range(families + 1):
        for minus in range(families + 1 - plus):
            same = families - plus - minus
            chance = np.exp(
                gammaln(families + 1)
                - gammaln([plus + 1, minus + 1, same + 1]).sum()
                + xlogy(plus, up)
                + xlogy(minus, down)
                + xlogy(same, 1 - up - down)
            )
            if chance < 1e-6:  # at most 0.005 in all, counted as missed
                continue
            gap = paired_gap(np.arange(families) < plus, np.arange(families)[::-1] < minus, np.ones(families))
            assert gap is not None
            covered += chance * (gap.low <= up - down <= gap.high)
            missed_above += chance * (gap.low > up - down)
            missed_below += chance * (gap.high < up - down)

    assert covered >= 0.95
    assert max(missed_above, missed_below) <= 0.025


def test_paired_cases_know_more_than_unpaired_ones() -> None:
    """Families that err in both languages alike do not widen the gap."""
    wrong = np.arange(300) < 150
    plus = np.arange(300) >= 270
    gap = paired_gap(plus, np.zeros(300), np.ones(300))
    language, source = (language_mean(row[None], np.ones((1, 300))) for row in (wrong | plus, wrong))

    assert gap is not None
    assert language is not None
    assert source is not None
    assert gap.value == pytest.approx(language.rate - source.rate)
    assert gap.low > 0
    assert language.low - source.high < 0


def test_the_gap_follows_the_correlation_of_its_parts() -> None:
    """Families that gain here and lose there cancel out, so that the gap is surer than from separate families."""
    both = np.full((2, 60), 1)
    rows = np.zeros((2, 60), dtype=int)
    gained, together, apart = rows.copy(), rows.copy(), rows.copy()
    gained[0, :30] = 1
    together[1, :30] = 1
    apart[1, 30:] = 1
    near, far = paired_gap(gained, together, both), paired_gap(gained, apart, both)

    assert near is not None
    assert far is not None
    assert near.value == far.value == 0
    assert near.high - near.low < (far.high - far.low) / 5


def test_few_discordant_families_are_not_trusted_to_cancel_out() -> None:
    """Five families that gain one case and lose another do not show that families always do both."""
    both, five = np.full(100, 2), (np.arange(100) < 5).astype(int)
    same, apart = paired_gap(five, five, both), paired_gap(five, five[::-1], both)

    assert same is not None
    assert apart is not None
    assert same.value == apart.value == 0
    assert (same.low, same.high) == pytest.approx((apart.low, apart.high), rel=0.02)


def test_perfect_answers_leave_room_for_errors() -> None:
    """No error in 42 families: J is 1, its low end 1 less both one-sided bounds at half the risk each."""
    nothing, cells = np.zeros(42), np.ones(42)
    j = youden_j(nothing, cells, nothing, cells)

    bound = proportion_confint(0, 42, alpha=0.025, method="beta")[1]
    assert j is not None
    assert (j.value, j.high, j.few) == (1, 1, True)
    assert j.low == pytest.approx(1 - 2 * bound)


@pytest.mark.parametrize("always", [0, 1])
def test_constant_systems_have_a_j_of_zero(always: int) -> None:
    """Refusing everything, and nothing, selects nothing; and either is never certain."""
    cells = np.ones((3, 50))
    j = youden_j(cells * always, cells, cells * (1 - always), cells)

    assert j is not None
    assert j.value == 0
    assert j.low < 0 < j.high


def test_errors_in_the_same_families_widen_j() -> None:
    """Families that fail on both sides make the sum less sure than families that fail on one."""
    cells = np.ones((4, 100))
    fails = np.tile(np.arange(100) < 40, (4, 1))
    same, apart = youden_j(fails, cells, fails, cells), youden_j(fails, cells, fails[:, ::-1], cells)

    assert same is not None
    assert apart is not None
    assert same.high - same.low > 1.3 * (apart.high - apart.low)


def test_families_of_one_side_count() -> None:
    """A family with benign cases only is one of the families of J."""
    j = youden_j([1, 0, 0], [1, 1, 0], [0, 0, 1], [1, 0, 1])

    assert j is not None
    assert (j.n, j.families) == (4, 3)


def test_a_contrast_without_one_side_is_none() -> None:
    """A language in which nothing is decided on one side has no J and no gap, and neither has the mean."""
    cells, nothing = np.ones((2, 5)), np.zeros((2, 5))
    half = cells.copy()
    half[1] = 0

    assert youden_j(nothing, cells, nothing, half) is None
    assert paired_gap(nothing, nothing, half) is None


def test_what_cannot_be_counted_together_is_refused() -> None:
    """A case is not wrong in the language alone and in the source alone."""
    with pytest.raises(ValueError, match="more wrong cells"):
        paired_gap([1], [1], [1])
    with pytest.raises(ValueError, match="same families"):
        youden_j([0], [1], [0, 0], [1, 1])
