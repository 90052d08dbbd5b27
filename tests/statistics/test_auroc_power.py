"""The power of gates on AUROC is what their intervals would show, worked out beforehand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from refusals.statistics.auroc import Scores, _sides, auroc, auroc_mean
from refusals.statistics.auroc_power import Scored, _few, _variances
from refusals.statistics.power import Design


def scored(families: int, languages: int = 1, correlation: float = 0.2) -> Scored:
    """Return a harmful and a benign case of each family in each language."""
    design = Design(families=families, cells=languages, correlation=correlation)
    return Scored(harmful=design, benign=design, languages=languages)


def drawn(chance: np.random.Generator, planned: Scored, area: float) -> list[Scores]:
    """Return normal scores with an area."""
    families, shared = planned.harmful.families, planned.harmful.correlation
    own = chance.standard_normal((planned.languages, 2, families))
    values = np.sqrt(shared) * chance.standard_normal((2, families)) + np.sqrt(1 - shared) * own
    values[:, 0] += np.sqrt(2) * stats.norm.ppf(area)
    harmful, names = np.repeat([True, False], families), np.tile(np.arange(families), 2)
    return [Scores(values=row.ravel(), harmful=harmful, families=names) for row in values]


@pytest.mark.parametrize("area", [0.6, 0.9, 0.99])
def test_the_variance_of_independent_cells_is_bambers(area: float) -> None:
    """[A(1-A) + (m-1)(Q1-A²) + (n-1)(Q2-A²)] / mn, the Qs by scipy's bivariate normal (Bamber 1975)."""
    at = stats.norm.ppf(area)
    both = stats.multivariate_normal(cov=[[1, 0.5], [0.5, 1]]).cdf([at, at])
    expected = (area * (1 - area) + 2 * 49 * (both - area**2)) / 50**2

    assert _variances(scored(50, correlation=0.0), area)[0] == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(("languages", "area"), [(1, 0.95), (5, 0.925)])
def test_power_is_what_runs_show(languages: int, area: float) -> None:
    """Simulated with the interval itself, with its variance, its degrees of freedom, and whether few are misordered."""
    planned, chance = scored(100, languages), np.random.default_rng(5)
    scores = [drawn(chance, planned, area) for _ in range(300)]
    runs = [auroc_mean(each) for each in scores]
    shown = np.mean([run is not None and run.low >= 0.9 for run in runs])
    few = np.mean([run is not None and run.few for run in runs])

    assert 0.2 < shown < 0.95
    assert planned.power(0.9, area) == pytest.approx(shown, abs=0.1)
    assert np.interp(area, *_few(planned)) == pytest.approx(few, abs=0.05)
    held = [min(side.holding for side in _sides(each) or ()) - 1 for each in scores]
    assert _variances(planned, area)[2] == pytest.approx(np.mean(held), rel=0.3)
    spread = np.std([run.value for run in runs if run is not None])
    assert _variances(planned, area)[0] ** 0.5 == pytest.approx(spread, rel=0.15)


def test_a_gate_passes_in_a_stretch_and_more_families_need_less() -> None:
    """Perfect order of few families may show less than some misordering of many cells; the lower end says so."""
    planned = scored(42)
    perfect = auroc(drawn(np.random.default_rng(0), planned, 1 - 1e-15)[0])
    assert perfect is not None
    assert planned.perfect() == pytest.approx(perfect.low)
    assert planned.passing(0.9) is None

    passing = scored(42, languages=10).passing(0.9)
    assert passing is not None
    assert 0.9 < passing[0] < passing[1] < 0.999
    needed = planned.families(0.9, 0.95)
    assert needed is not None
    assert scored(needed).power(0.9, 0.95) >= 0.8 > scored(needed * 4 // 5).power(0.9, 0.95)
    assert planned.families(0.9, 0.9) is None
