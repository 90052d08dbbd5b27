"""A slice is measured as a total is, on its own cells."""

from dataclasses import replace

from refusals.statistics import Estimate, estimate, sliced
from refusals.study import Sides
from tests.reports.sample_results import sample_results

CYBER_HARMFUL = (("domain", "cyber"), ("label", "harmful"))


def test_a_slice_of_one_key_has_the_figures_of_its_group() -> None:
    """Per language and for their mean."""
    results = sample_results(families=12)
    groups = {(e.system, e.measure, e.language): e for e in results.estimates if e.group == (("label", "harmful"),)}
    found = _rates(sliced(results.plan, results.outcomes, Sides(), [(("label", "harmful"),)]))
    assert found == {key: each for key, each in groups.items() if "refusal" in each.measure}
    assert found


def test_a_slice_of_two_keys_is_that_part_of_the_plan_alone() -> None:
    """Nothing else of the plan is seen."""
    results = sample_results(families=12)
    kept = [t for t in results.plan.trials if t.domain == "cyber" and t.label == "harmful"]
    alone = estimate(replace(results.plan, trials=tuple(kept)), results.outcomes, Sides())
    totals = _rates(each for each in alone if not each.group)
    found = _rates(sliced(results.plan, results.outcomes, Sides(), [CYBER_HARMFUL]))
    assert found == {key: replace(each, group=CYBER_HARMFUL) for key, each in totals.items()}
    assert found


def test_a_slice_without_a_cell_yields_nothing() -> None:
    """An empty slice is no slice with a rate."""
    results = sample_results(families=3)
    assert not list(sliced(results.plan, results.outcomes, Sides(), [(("domain", "no such"),)]))


def _rates(found: object) -> dict[tuple[str, str, str], Estimate]:
    return {
        (e.system, e.measure, e.language): e for e in found if e.measure.endswith("-refusal") and "gap" not in e.measure
    }  # type: ignore[attr-defined]
