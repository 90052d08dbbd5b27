"""A cell that flipped since the baseline shows what it was; a cell that did not shows nothing."""

from __future__ import annotations

from dataclasses import replace

from refusals.plan import Ending
from refusals.reports._history import history_of
from refusals.reports.comparison import Compared
from refusals.statistics.comparison import compare
from refusals.study import Sides
from tests.reports.sample_results import sample_results


def test_only_what_flipped_has_a_past() -> None:
    """With the name of the run, how the cell went there, and its ending."""
    results = sample_results(families=3)
    some = next(t for t in results.plan.trials if t.system == "always_refuse" and t.label == "benign")
    before = dict(results.outcomes) | {some.id: replace(results.outcomes[some.id], ending=Ending.COMPLIED)}
    systems = {name: name for name in ("always_refuse", "guard", "chat")}
    comparison = compare((results.plan, before), (results.plan, results.outcomes), Sides(), systems)
    facts = results.manifest
    compared = Compared(baseline=facts, candidate=facts, comparison=comparison)

    assert history_of(results) == {}
    assert history_of(replace(results, compared=compared)) == {
        some.id: [(f"baseline of {facts.finished}", "right", "complied")]
    }
