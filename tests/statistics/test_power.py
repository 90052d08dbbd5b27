"""Power is what the intervals of simulated runs would show, worked out beforehand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from refusals.statistics.clustered import language_mean
from refusals.statistics.intervals import clopper_pearson, needed_families
from refusals.statistics.power import Design, families_to_pass, passing_rate, power_to_pass

designs = st.builds(
    Design, families=st.integers(2, 200), cells=st.integers(1, 12), correlation=st.sampled_from([0.0, 0.05, 0.3, 0.9])
)


@given(design=designs, rate=st.sampled_from([0.0, 1.0]) | st.floats(0.001, 0.999))
def test_a_family_is_beta_binomial(design: Design, rate: float) -> None:
    """As scipy has it; without correlation, or without errors, it is binomial."""
    law = stats.binom(design.cells, rate)
    if design.correlation and 0 < rate < 1:
        rest = 1 / design.correlation - 1
        law = stats.betabinom(design.cells, rate * rest, (1 - rate) * rest)

    assert design.in_a_family(rate) == pytest.approx(law.pmf(np.arange(design.cells + 1)), abs=1e-9)


@pytest.mark.parametrize(("families", "rate"), [(168, 0.01), (100, 0.002), (400, 0.03)])
def test_with_one_cell_a_family_power_is_that_of_the_exact_test(families: int, rate: float) -> None:
    """The binomial probability of the counts whose upper bound is within the limit (scipy)."""
    within = [count for count in range(families) if clopper_pearson(count, families)[1] <= 0.05]

    found = power_to_pass(Design(families=families, cells=1, correlation=0.3), 0.05, rate)
    assert found == pytest.approx(stats.binom(families, rate).cdf(max(within)))


@pytest.mark.parametrize(("cells", "rate"), [(12, 0.012), (12, 0.03)], ids=["few families err", "many err"])
def test_power_is_what_runs_show(cells: int, rate: float) -> None:
    """Simulated with the interval itself, where few families err and where their spread is believed."""
    design, chance = Design(families=120, cells=cells, correlation=0.2), np.random.default_rng(7)
    own = chance.beta(4 * rate, 4 * (1 - rate), (400, 120))
    runs = [language_mean(row[None], np.full((1, 120), cells)) for row in chance.binomial(cells, own)]
    shown = np.mean([run is not None and run.high <= 0.06 for run in runs])

    assert power_to_pass(design, 0.06, rate) == pytest.approx(shown, abs=0.08)
    assert 0.05 < shown < 0.99


@settings(max_examples=30)
@given(design=designs, limit=st.sampled_from([0.05, 0.2]))
def test_what_no_run_can_show_has_no_rate(design: Design, limit: float) -> None:
    """A gate has a rate at which it passes if, and only if, it passes without an error."""
    rate = passing_rate(design, limit)

    assert (rate is None) == (clopper_pearson(0, design.size(0.0, 0.95, few=True))[1] > limit)
    assert rate is None or 0 < rate < limit
    assert rate is None or power_to_pass(design, limit, rate * 0.95) >= 0.75


def test_needed_families_are_enough_and_not_many_too_many() -> None:
    """Without a wrong cell it is the number that a limit needs; at the limit no number is enough."""
    design = Design(families=1, cells=4, correlation=0.1)
    needed = families_to_pass(design, 0.05, 0.01)

    assert families_to_pass(design, 0.05, 0.0) == needed_families(0.05)
    assert families_to_pass(design, 0.05, 0.05) is None
    assert families_to_pass(design, 0.001, 0.00099) is None
    assert needed is not None
    assert power_to_pass(Design(families=needed, cells=4, correlation=0.1), 0.05, 0.01) >= 0.8
    assert power_to_pass(Design(families=round(needed * 0.9), cells=4, correlation=0.1), 0.05, 0.01) < 0.8
