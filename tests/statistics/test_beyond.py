"""A claim about languages that were not tested is less sure than one about those that were."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from statsmodels.regression.linear_model import OLS

from refusals.statistics.beyond import beyond, two_way_variance
from refusals.statistics.clustered import language_mean
from tests.statistics.drawn_counts import drawn_counts

LANGUAGES, FAMILIES = 7, 40


def moved(spread: float) -> np.ndarray:
    """Errors of one cell a family and language, with families and languages that differ."""
    rng = np.random.default_rng(3)
    effects = rng.normal(size=FAMILIES) + spread * rng.normal(size=(LANGUAGES, 1)) - 1
    return (rng.random((LANGUAGES, FAMILIES)) < 1 / (1 + np.exp(-effects))).astype(float)


@pytest.mark.parametrize("spread", [0.3, 2.0])
def test_the_variance_is_that_of_statsmodels(spread: float) -> None:
    """Two-way and one-way cluster covariances of a mean are statsmodels', and the largest is taken."""
    errors = moved(spread)
    of_language, of_family = (index.ravel() for index in np.indices(errors.shape))
    fitted = OLS(errors.ravel(), np.ones(errors.size))

    def variance(groups: np.ndarray) -> float:
        return float(fitted.fit(cov_type="cluster", cov_kwds={"groups": groups}).bse[0] ** 2)

    wanted = max(map(variance, (np.column_stack([of_language, of_family]), of_language, of_family)))
    assert two_way_variance(errors, np.ones_like(errors)) == pytest.approx(wanted)


@given(counts=drawn_counts())
def test_the_interval_is_a_number_and_holds_the_rate(counts: tuple[np.ndarray, ...]) -> None:
    """Whatever the counts: 0 <= low <= rate <= high <= 1, and never without width."""
    bad, good = counts
    found = beyond(bad, bad + good)

    assert (found is None) == (len(bad) < 2 or (bad + good).any(axis=0).sum() < 2)
    if found is not None:
        assert 0 <= found.low <= found.rate <= found.high <= 1
        assert found.low < found.high


def test_languages_that_differ_widen_it() -> None:
    """Languages as a sample tell less than languages as all there are; the more they differ, the less."""
    wide = moved(2.0)
    sample, whole = beyond(wide, np.ones_like(wide)), language_mean(wide, np.ones_like(wide))

    assert sample is not None
    assert whole is not None
    assert sample.rate == whole.rate
    assert sample.high - sample.low > 1.5 * (whole.high - whole.low)


def test_a_variance_below_zero_by_chance_is_not_believed() -> None:
    """Where every language errs as often as every other, and every family too, cells alone vary."""
    errors = np.eye(30)

    assert two_way_variance(errors, np.ones_like(errors)) >= 0
    found = beyond(errors, np.ones_like(errors))
    assert found is not None
    assert found.low < 1 / 30 < found.high


def test_no_error_in_a_few_languages_says_little_of_others() -> None:
    """Ten languages without one error are ten, however many families they have."""
    found = beyond(np.zeros((10, 300)), np.ones((10, 300)))

    assert found is not None
    assert found.few
    assert found.high == pytest.approx(1 - 0.025 ** (1 / 10))


def test_one_language_is_no_sample_and_bad_counts_are_refused() -> None:
    """There is no claim beyond one language; counts are counts."""
    assert beyond(np.zeros((1, 40)), np.ones((1, 40))) is None
    with pytest.raises(ValueError, match="more wrong cells"):
        beyond([[2, 0]], [[1, 1]])
