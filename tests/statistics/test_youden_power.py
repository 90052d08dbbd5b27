"""The power of gates on Youden's J is what their intervals would show, worked out beforehand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from refusals.statistics.contrasts import youden_j
from refusals.statistics.power import Design
from refusals.statistics.youden_power import Sides


def sides(families: int, cells: int = 1, correlation: float = 0.2) -> Sides:
    """Return as many cells of both kinds in each family."""
    design = Design(families=families, cells=cells, correlation=correlation)
    return Sides(over=design, under=design)


def low(over: int, under: int, families: int) -> float:
    """Return the lower end where so many families err in one cell of each kind."""
    numbers, cells = np.arange(families), np.ones(families)
    found = youden_j(numbers < over, cells, numbers < under, cells)
    assert found is not None
    return found.low


def test_power_adds_up_all_counts_whose_lower_end_is_high_enough() -> None:
    """Enumerated with the interval itself, where few families err (scipy's binomial)."""
    families, limit = 30, 0.4
    law = stats.binom(families, 0.1).pmf(np.arange(13))
    passing = np.array([[low(over, under, families) >= limit for under in range(13)] for over in range(13)])

    assert 0.1 < law @ passing @ law < 0.9
    assert sides(families).power(limit, 0.8) == pytest.approx(law @ passing @ law, abs=1e-4)


def test_power_is_what_runs_show_where_many_err() -> None:
    """Simulated with the interval itself, with more cells of one kind than of the other."""
    planned = Sides(
        over=Design(families=120, cells=16, correlation=0.2), under=Design(families=120, cells=8, correlation=0.2)
    )
    chance, rate = np.random.default_rng(3), 0.05
    runs = []
    for _ in range(300):
        over, under = chance.binomial([[16], [8]], chance.beta(4 * rate, 4 * (1 - rate), (2, 120)))
        runs.append(youden_j(over, np.full(120, 16), under, np.full(120, 8)))
    shown = np.mean([run is not None and run.low >= 0.865 for run in runs])

    assert 0.2 < shown < 0.95
    assert planned.power(0.865, 1 - 2 * rate) == pytest.approx(shown, abs=0.08)


def test_a_gate_passes_from_the_least_true_value_on_and_more_families_need_less() -> None:
    """A run that shows nothing without an error has no such value, and says what it leaves."""
    planned = sides(168)
    passing = planned.passing(0.85)
    assert passing is not None
    least, most = passing

    assert 0.85 < least < most == 1
    assert planned.power(0.85, least + 0.005) >= 0.8 > planned.power(0.85, least - 0.005)
    assert sides(30).passing(0.85) is None
    assert sides(30).perfect() == pytest.approx(low(0, 0, 30))
    needed = planned.families(0.85, least - 0.02)
    assert needed is not None
    assert needed > 168
    assert sides(needed).power(0.85, least - 0.02) >= 0.8
    assert planned.families(0.85, 0.85) is None
