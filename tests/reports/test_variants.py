"""A variant of a language stands beside its parent in every report that shows groups."""

from __future__ import annotations

from dataclasses import replace

import pytest

from refusals.reports import render
from refusals.statistics import estimate
from tests.reports.sample_results import sample_results


@pytest.mark.parametrize("name", ["html", "markdown", "json"])
def test_a_variant_is_shown_beside_its_parent(name: str) -> None:
    """A reader finds what romanised or mixed writing changes without subtracting two columns by hand."""
    results = sample_results(families=6)
    trials = tuple(replace(t, variant_of="fr" if t.language == "es" else "") for t in results.plan.trials)
    plan = replace(results.plan, trials=trials)
    estimates = estimate(plan, results.outcomes, results.sides)

    written = render(name, replace(results, plan=plan, estimates=estimates))

    assert ('"beside": "fr"' if name == "json" else "es beside fr") in written
