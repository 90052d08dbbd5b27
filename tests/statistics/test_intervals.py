"""The interval of one proportion, and the families that a limit needs."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from refusals.statistics.intervals import clopper_pearson, needed_families, student_t

levels = st.sampled_from([0.8, 0.9, 0.95, 0.975, 0.99])
sizes = st.floats(1, 20_000)
shares = st.floats(0, 1)


@given(n=st.integers(1, 20_000), share=shares, level=levels)
def test_clopper_pearson_is_that_of_statsmodels(n: int, share: float, level: float) -> None:
    """Whole counts have the interval that everybody else prints."""
    count = round(share * n)

    assert clopper_pearson(count, n, level) == pytest.approx(
        proportion_confint(count, n, alpha=1 - level, method="beta"), abs=1e-9
    )


@given(n=sizes, share=st.floats(0.001, 0.999))
def test_fractional_counts_have_beta_quantiles(n: float, share: float) -> None:
    """An effective sample size is no whole number, and is not rounded to one."""
    count = share * n

    expected = (stats.beta.ppf(0.025, count, n - count + 1), stats.beta.ppf(0.975, count + 1, n - count))
    assert clopper_pearson(count, n) == pytest.approx(expected, abs=1e-9)


@given(n=sizes, level=levels)
def test_ends_at_nothing_and_at_everything_are_exact(n: float, level: float) -> None:
    """No error leaves a low end of exactly 0 and a high end in closed form; nothing but errors mirrors it."""
    low, high = clopper_pearson(0, n, level)

    assert low == 0.0
    assert high == pytest.approx(1 - ((1 - level) / 2) ** (1 / n), rel=1e-9)
    assert clopper_pearson(n, n, level) == pytest.approx((1 - high, 1.0), abs=1e-12)
    assert clopper_pearson(n, n, level)[1] == 1.0


@given(n=sizes, share=shares, level=levels)
def test_the_interval_contains_its_rate(n: float, share: float, level: float) -> None:
    """A rate is never outside its own interval, nor an interval outside [0, 1]."""
    low, high = clopper_pearson(share * n, n, level)

    assert 0.0 <= low <= share * n / n <= high <= 1.0


@given(n=sizes, one=shares, other=shares)
def test_more_errors_never_lower_an_end(n: float, one: float, other: float) -> None:
    """Both ends rise with the count."""
    fewer, more = sorted((one * n, other * n))

    low, high = clopper_pearson(fewer, n)
    assert low <= clopper_pearson(more, n)[0] + 1e-12
    assert high <= clopper_pearson(more, n)[1] + 1e-12


@given(n=sizes, share=shares)
def test_a_higher_level_is_never_narrower(n: float, share: float) -> None:
    """More certainty costs width."""
    low, high = clopper_pearson(share * n, n, 0.95)
    lower, higher = clopper_pearson(share * n, n, 0.99)

    assert lower <= low
    assert higher >= high


@pytest.mark.parametrize(
    ("count", "n", "level", "says"),
    [
        (0, 0, 0.95, "an empty cell has no interval"),
        (0, -1, 0.95, "an empty cell has no interval"),
        (0, float("nan"), 0.95, "an empty cell has no interval"),
        (0, float("inf"), 0.95, "an empty cell has no interval"),
        (-1, 10, 0.95, "between 0 and n"),
        (11, 10, 0.95, "between 0 and n"),
        (float("nan"), 10, 0.95, "between 0 and n"),
        (1, 10, 0, "level is 0"),
        (1, 10, 1, "level is 1"),
        (1, 10, 95, "level is 95"),
    ],
)
def test_what_is_no_proportion_has_no_interval(count: float, n: float, level: float, says: str) -> None:
    """There is no favourable default: not even [0, 1] for an empty cell."""
    with pytest.raises(ValueError, match=says):
        clopper_pearson(count, n, level)


@pytest.mark.parametrize(("limit", "families"), [(0.0841, 42), (0.05, 72), (0.03, 122), (0.01, 368), (0.999, 1)])
def test_needed_families_are_known(limit: float, families: int) -> None:
    """42 families without one error still leave 8.4 %."""
    assert needed_families(limit) == families


@given(limit=st.floats(0.001, 0.99), level=levels)
def test_needed_families_are_the_fewest(limit: float, level: float) -> None:
    """So many families pass without an error, and one fewer would not."""
    n = needed_families(limit, level)

    assert clopper_pearson(0, n, level)[1] <= limit
    assert n == 1 or clopper_pearson(0, n - 1, level)[1] > limit


@given(n=st.integers(1, 5_000), level=levels)
def test_needed_families_undo_the_bound(n: int, level: float) -> None:
    """The bound of n families needs n families, to the last digit."""
    assert needed_families(clopper_pearson(0, n, level)[1], level) == n


@pytest.mark.parametrize("limit", [0, 1, -0.1, 5, float("nan")])
def test_a_limit_is_a_fraction(limit: float) -> None:
    """A limit in per cent is a mistake, not a limit that everything passes."""
    with pytest.raises(ValueError, match="limit is"):
        needed_families(limit)


@given(df=st.integers(1, 10_000), level=levels)
def test_student_t_is_that_of_scipy(df: int, level: float) -> None:
    """The critical value is two-sided."""
    assert student_t(df, level) == pytest.approx(stats.t.ppf((1 + level) / 2, df), rel=1e-9)


def test_one_family_has_no_spread() -> None:
    """Zero degrees of freedom are refused, not read as infinitely many."""
    with pytest.raises(ValueError, match="no spread"):
        student_t(0)


def test_importing_loads_nothing_heavy() -> None:
    """A plan asks for `needed_families`; importing it loads neither numpy nor scipy."""
    asks = "import sys, refusals.statistics.intervals as _; print({'numpy', 'scipy'} & set(sys.modules))"

    assert subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=True).stdout == "set()\n"
