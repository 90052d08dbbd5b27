"""Rates of families: the variance of a clustered regression, the interval of Korn & Graubard, the worst when rare."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from refusals.statistics.clustered import clustered_rate, covariance, influence, language_mean
from tests.statistics.drawn_counts import drawn_counts

seeds = st.integers(0, 2**32 - 1)


def errors_of(seed: int, languages: int, families: int) -> tuple[np.ndarray, np.ndarray]:
    """Uneven cells, with errors in about half of the families."""
    rng = np.random.default_rng(seed)
    cells = rng.integers(0, 5, size=(languages, families))
    cells[:, 0] = 1
    return rng.binomial(cells, rng.beta(0.5, 1.5, families)), cells


@pytest.mark.parametrize("languages", [1, 2, 7])
@pytest.mark.parametrize("seed", range(5))
def test_variance_is_that_of_a_regression_clustered_by_family(languages: int, seed: int) -> None:
    """The variance equals statsmodels' cluster-robust one, but for (N-1)/(N-L), which a ratio does not have."""
    errors, cells = errors_of(seed, languages, 80)
    language, family = np.indices(cells.shape)
    repeats = cells.ravel()
    wrong = np.concatenate([np.arange(n) < k for n, k in zip(repeats, errors.ravel(), strict=True)]).astype(float)
    dummies = (np.repeat(language.ravel(), repeats)[:, None] == np.arange(languages)).astype(float)
    groups = np.repeat(family.ravel(), repeats)
    fit = sm.OLS(wrong, dummies).fit(cov_type="cluster", cov_kwds={"groups": groups})
    correction = (wrong.size - 1) / (wrong.size - languages)

    present = cells.any(axis=0)
    z = influence(errors[:, present].astype(float), cells[:, present].astype(float))
    rate = language_mean(errors, cells)
    assert rate is not None
    assert rate.rate == pytest.approx(fit.params.mean(), rel=1e-9)
    assert covariance(z, z) == pytest.approx(fit.cov_params().mean() / correction, rel=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_interval_is_that_of_korn_and_graubard(seed: int) -> None:
    """Clopper-Pearson at n over the design effect, times the squared ratio of t quantiles (1998).

    What the design effect exceeds 1 by is taken times the squared ratio of t quantiles at Satterthwaite's degrees.
    """
    errors, cells = errors_of(seed, 1, 90)
    rate = clustered_rate(errors[0], cells[0])
    assert rate is not None
    assert not rate.few

    residual = errors[0] - rate.rate * cells[0]
    n, families = cells.sum(), (cells > 0).sum()
    variance = families / (families - 1) * (residual**2).sum() / n**2
    design_effect = variance / (rate.rate * (1 - rate.rate) / (n - 1))
    t = partial(stats.t.ppf, 0.975)
    squares = residual[cells[0] > 0] ** 2
    degrees = min(families - 1, 2 * squares.sum() ** 2 / (squares.var() * families))
    excess = (design_effect - 1) * (t(degrees) / t(families - 1)) ** 2
    size = n / (1 + excess) * (t(n - 1) / t(families - 1)) ** 2
    assert (rate.n, rate.families, rate.count) == (n, families, errors.sum())
    assert rate.design_effect == pytest.approx(design_effect, rel=1e-12)
    assert rate.n_effective == pytest.approx(size, rel=1e-12)
    assert (rate.low, rate.high) == pytest.approx(proportion_confint(rate.rate * size, size, method="beta"), abs=1e-9)


@given(families=st.integers(1, 400), share=st.floats(0, 1))
def test_one_cell_a_family_is_exact(families: int, share: float) -> None:
    """Where no cells share a family the interval is plainly Clopper & Pearson's, errors rare or not."""
    errors = np.arange(families) < round(share * families)
    rate = clustered_rate(errors, np.ones(families))

    assert rate is not None
    assert (rate.low, rate.high) == pytest.approx(proportion_confint(errors.sum(), families, method="beta"), abs=1e-9)
    assert rate.n_effective == pytest.approx(families)


def test_forty_two_families_without_an_error_leave_eight_per_cent() -> None:
    """Twenty languages do not make more families: no error in 840 cells of 42 families is 0 to 8.4 %."""
    rate = language_mean(np.zeros((20, 42)), np.ones((20, 42)))

    assert rate is not None
    assert (rate.rate, rate.low, rate.high) == (0.0, 0.0, pytest.approx(0.0841, abs=5e-5))
    assert (rate.n, rate.families, rate.n_effective, rate.design_effect, rate.few) == (840, 42, 42, None, True)


@pytest.mark.parametrize(("showing", "few"), [(0, "few"), (1, "few"), (19, "few"), (20, "enough"), (35, "enough")])
@pytest.mark.parametrize("rarer", ["wrong", "right"])
def test_fewer_than_twenty_families_with_the_rarer_outcome_move_as_one(showing: int, few: str, rarer: str) -> None:
    """With 19 families in error the effective sample is the families; with 20 their spread is believed."""
    cells = np.full((10, 100), 1)
    errors = np.zeros((10, 100), dtype=int)
    errors[np.arange(showing) % 10, np.arange(showing)] = 1
    rate = language_mean(errors if rarer == "wrong" else cells - errors, cells)

    assert rate is not None
    assert rate.few is (few == "few")
    assert (rate.n_effective == 100) is (few == "few")
    assert rate.n_effective <= 1000


@given(families=st.integers(2, 200), languages=st.integers(1, 9), errors=st.integers(0, 400), seed=seeds)
def test_no_system_with_errors_is_told_to_be_better_than_one_without(
    families: int, languages: int, errors: int, seed: int
) -> None:
    """Many families with one error each have their spread believed: it never says more than that of no error."""
    cells = np.ones((languages, families))
    wrong = np.zeros(cells.size)
    wrong[np.random.default_rng(seed).permutation(cells.size)[:errors]] = 1
    found, none = language_mean(wrong.reshape(cells.shape), cells), language_mean(np.zeros(cells.shape), cells)

    assert found is not None
    assert none is not None
    assert found.high >= none.high


def test_the_rarer_outcome_counts_in_any_language() -> None:
    """A family that errs in one of many languages shows it."""
    errors = np.zeros((20, 60), dtype=int)
    errors[:, :3] = 1
    errors[7, 3:20] = 1
    rate = language_mean(errors, np.ones((20, 60)))

    assert rate is not None
    assert not rate.few


def test_families_of_unequal_weight_count_as_fewer() -> None:
    """Ten families, one of which has nearly all cells, are little more than one (Kish 1965)."""
    rate = clustered_rate([0] * 10, [100] + [1] * 9)

    assert rate is not None
    assert rate.families == 10
    assert rate.n_effective == pytest.approx(109**2 / (100**2 + 9))


def test_a_thin_language_widens_the_mean() -> None:
    """The mean of 3 and 300 families cannot know more than twice the 3: all errors may be there."""
    decided = np.ones((2, 300))
    decided[0, 3:] = 0
    rate = language_mean(np.zeros((2, 300)), decided)

    assert rate is not None
    assert rate.n_effective == 6


def test_a_thin_language_widens_the_mean_though_others_err() -> None:
    """25 families with errors in one language say nothing of another that has three."""
    decided, errors = np.ones((2, 300)), np.zeros((2, 300))
    decided[0, 3:] = 0
    errors[1, 200:225] = 1
    rate = language_mean(errors, decided)

    assert rate is not None
    assert not rate.few
    assert rate.n_effective == 6


@given(counts=drawn_counts())
def test_a_rate_lies_in_its_interval_and_the_interval_in_zero_to_one(counts: tuple[np.ndarray, ...]) -> None:
    """Whatever the counts: low <= rate <= high, n_eff <= n, no figure that is not a number."""
    bad, good = counts
    rate = language_mean(bad, bad + good)

    assert rate is not None
    assert 0.0 <= rate.low <= rate.rate <= rate.high <= 1.0
    assert rate.low < rate.high
    assert 0 < rate.n_effective <= rate.n + 1e-9
    assert rate.design_effect is None or rate.design_effect >= 1
    assert not rate.few or rate.n_effective <= rate.families + 1e-9


@given(counts=drawn_counts(), seed=seeds)
def test_the_order_of_families_and_languages_changes_nothing(counts: tuple[np.ndarray, ...], seed: int) -> None:
    """Families and languages are sets."""
    rng = np.random.default_rng(seed)
    bad, good = counts
    rows, columns = rng.permutation(bad.shape[0])[:, None], rng.permutation(bad.shape[1])

    one, other = language_mean(bad, bad + good), language_mean(bad[rows, columns], (bad + good)[rows, columns])
    assert one is not None
    assert other is not None
    assert (other.count, other.n, other.families, other.few) == (one.count, one.n, one.families, one.few)
    assert (other.rate, other.low, other.high) == pytest.approx((one.rate, one.low, one.high), abs=1e-12)


@given(counts=drawn_counts())
def test_good_and_bad_are_mirror_images(counts: tuple[np.ndarray, ...]) -> None:
    """The interval of what is right is one minus the interval of what is wrong."""
    bad, good = counts

    wrong, right = language_mean(bad, bad + good), language_mean(good, bad + good)
    assert wrong is not None
    assert right is not None
    assert (right.low, right.rate, right.high) == pytest.approx((1 - wrong.high, 1 - wrong.rate, 1 - wrong.low))


@given(counts=drawn_counts(), copies=st.integers(2, 9))
def test_copies_of_cells_tell_nothing(counts: tuple[np.ndarray, ...], copies: int) -> None:
    """Asking the same thing more often in each family never narrows, unless cells agree less than by chance."""
    bad, good = counts
    once, often = language_mean(bad, bad + good), language_mean(bad * copies, (bad + good) * copies)

    assert once is not None
    assert often is not None
    assert often.rate == pytest.approx(once.rate)
    capped = not once.few and (once.design_effect == 1 or once.n_effective >= bad.shape[0] * (bad + good).sum(1).min())
    if not capped:
        assert often.low <= once.low + 1e-12
        assert often.high >= once.high - 1e-12


@given(counts=drawn_counts())
def test_a_family_without_a_decided_cell_is_not_there(counts: tuple[np.ndarray, ...]) -> None:
    """An undecided family adds neither errors nor sample size."""
    bad, good = counts
    cells = bad + good
    empty = np.zeros((bad.shape[0], 3), dtype=int)

    assert language_mean(np.hstack([bad, empty]), np.hstack([cells, empty])) == language_mean(bad, cells)


@given(counts=drawn_counts(languages=1))
def test_one_language_is_its_own_mean(counts: tuple[np.ndarray, ...]) -> None:
    """The pooled figure of one language is that language's figure."""
    bad, good = counts

    assert language_mean(bad, bad + good) == clustered_rate(bad[0], (bad + good)[0])


@given(counts=drawn_counts())
def test_a_higher_level_is_never_narrower(counts: tuple[np.ndarray, ...]) -> None:
    """More certainty costs width, also through the t adjustment."""
    bad, good = counts
    narrow, wide = language_mean(bad, bad + good, level=0.9), language_mean(bad, bad + good, level=0.99)

    assert narrow is not None
    assert wide is not None
    assert wide.low <= narrow.low
    assert wide.high >= narrow.high


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0), (2, 5)])
def test_no_decided_cell_is_no_rate(shape: tuple[int, int]) -> None:
    """Nothing decided is None, not 0 %."""
    assert language_mean(np.zeros(shape), np.zeros(shape)) is None


def test_a_language_without_a_cell_is_never_dropped_from_the_mean() -> None:
    """The mean of the languages that happened to answer is another figure under the same name."""
    decided = np.ones((3, 40))
    decided[1] = 0

    assert language_mean(np.zeros((3, 40)), decided) is None


@pytest.mark.parametrize(
    ("bad", "decided", "says"),
    [
        ([1, 2], [1, 1], "more wrong cells than decided"),
        ([-1], [1], "fewer than none"),
        ([0.5], [1], "whole numbers"),
        ([0], [1.5], "whole numbers"),
        ([float("nan")], [1], "whole numbers"),
        ([0], [float("inf")], "whole numbers"),
        ([0, 0], [1], "shapes are"),
        ([[[0]]], [[[1]]], "shapes are"),
    ],
)
def test_what_is_no_count_is_refused(bad: list[float], decided: list[float], says: str) -> None:
    """A number that cannot be a count of cells stops the estimate."""
    with pytest.raises(ValueError, match=says):
        clustered_rate(bad, decided)
