"""Families are whole or broken, and undecided where anything is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from statsmodels.stats.proportion import proportion_confint

from refusals.statistics.selectivity import selectivity, whole_families, worst_of_wholes
from tests.statistics.drawn_counts import drawn_counts


@pytest.mark.parametrize(
    ("wrong", "right", "undecided", "counts_as"),
    [
        (0, 3, 0, "right"),
        (1, 2, 0, "wrong"),
        (3, 0, 0, "wrong"),
        (0, 2, 1, "undecided"),
        (1, 1, 1, "undecided"),
        (0, 0, 3, "undecided"),
        (0, 0, 0, None),
    ],
)
def test_a_family_counts_once(wrong: int, right: int, undecided: int, counts_as: str | None) -> None:
    """One undecided cell makes a family undecided, else one wrong cell makes it wrong; no scored cell is no family."""
    wholes = whole_families([wrong], [right], [undecided])

    found = [name for name in ("right", "wrong", "undecided") if getattr(wholes, name).sum()]
    assert found == ([counts_as] if counts_as else [])


def test_one_language_has_the_exact_interval_of_its_families() -> None:
    """Cells within a family are one trial: 30 of 40 decided families is Clopper-Pearson of 30 in 40."""
    wrong = np.r_[np.zeros(30), np.ones(10), np.zeros(5)]
    undecided = np.r_[np.zeros(40), np.ones(5)]
    rate = selectivity(whole_families(wrong, np.full(45, 2), undecided))

    assert rate is not None
    assert (rate.rate, rate.count, rate.n, rate.families) == (0.75, 30, 40, 40)
    assert (rate.low, rate.high) == pytest.approx(proportion_confint(30, 40, method="beta"), abs=1e-9)


def test_the_mean_is_clustered_by_family() -> None:
    """Families that break in every language are no more evidence than in one."""
    wrong = np.tile(np.arange(60) < 25, (8, 1)).astype(int)
    wholes = whole_families(wrong, np.full((8, 60), 2), np.zeros((8, 60)))
    rate = selectivity(wholes)

    assert rate is not None
    assert rate.design_effect == pytest.approx(8 * 60 / 59 * 479 / 480)
    assert rate.n_effective < 60


@given(counts=drawn_counts(pieces=3))
def test_bounds_enclose_selectivity(counts: tuple[np.ndarray, ...]) -> None:
    """Unless families that it leaves out are sure to be broken, which its best case knows."""
    wholes = whole_families(*counts)
    rate, bounds = selectivity(wholes), worst_of_wholes(wholes)

    assert bounds is not None
    if rate is not None:
        assert bounds.low <= rate.low
        assert wholes.broken.any() or rate.high <= bounds.high


def test_a_family_with_a_wrong_cell_is_not_right_whatever_the_others_are() -> None:
    """Of 100 families 15 have one wrong and one undecided cell: they are in no rate, and broken in either bound."""
    broken = (np.arange(100) < 15).astype(int)
    wholes = whole_families(broken, 3 - 2 * broken, broken)
    rate, bounds = selectivity(wholes), worst_of_wholes(wholes)
    exact = selectivity(whole_families(broken, 3 - broken, np.zeros(100)))

    assert rate is not None
    assert bounds is not None
    assert exact is not None
    assert rate.rate == 1.0
    assert (bounds.rate_high, bounds.high) == pytest.approx((exact.rate, exact.high))


def test_no_decided_family_is_no_selectivity() -> None:
    """A language with undecided families only has none, and then neither has the mean."""
    assert selectivity(whole_families([[0], [0]], [[1], [1]], [[0], [1]])) is None
