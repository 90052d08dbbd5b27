"""All reports share their rows: the languages in the order of the plan, then the mean."""

from __future__ import annotations

from dataclasses import replace

from refusals.plan import Ending
from refusals.reports._table import HEADLINE, NATIVE, over_coverage, rests_on_few, systems_of, table_of, tallied
from refusals.reports._verdict import INTEGRITY
from refusals.statistics import Estimate
from tests.reports.sample_results import LANGUAGES, sample_results, usual_results


def test_rows_follow_the_plan_and_the_mean_is_last() -> None:
    """Languages are never ranked."""
    rows = table_of(usual_results(), "guard").rows

    assert [row.tag for row in rows] == [*(facts.tag for facts in LANGUAGES), "mean"]


def test_a_column_without_a_figure_is_left_out() -> None:
    """A run over harmful cases alone has no column of zeros beside its figures."""
    results = usual_results()
    under = tuple(e for e in results.estimates if e.measure == "under-refusal")
    table = table_of(replace(results, estimates=under), "guard")

    assert [column.key for column in table.columns] == ["under"]


def test_undecided_cells_are_those_that_integrity_is_ruled_on() -> None:
    """The count beside the rates and the ruling cannot disagree."""
    results = usual_results()
    for system in systems_of(results):
        ruled = {r.language: r.rate for r in results.rulings if r.gate == INTEGRITY and r.system == system}
        cells = tallied(results, system)
        counted = {tag: cell.undecided / cell.planned for tag, cell in cells.items() if tag != "*"}

        assert counted == ruled


def test_what_a_taxonomy_lacks_is_left_out_and_counted() -> None:
    """Cells out of policy are neither planned nor undecided."""
    results = sample_results(families=2, languages=LANGUAGES[:1])
    left = next(trial for trial in results.plan.trials if trial.system == "guard")
    outcomes = {**results.outcomes, left.id: replace(results.outcomes[left.id], ending=Ending.OUT_OF_POLICY)}
    before, after = (tallied(each, "guard")["en"] for each in (results, replace(results, outcomes=outcomes)))

    assert after.left_out == before.left_out + 1
    assert after.planned == before.planned - 1


def test_native_families_have_a_table_of_their_own() -> None:
    """Their languages only, and none of their figures in the other table."""
    native = table_of(usual_results(), "guard", HEADLINE, NATIVE)

    assert [row.tag for row in native.rows] == ["ar", "mean"]
    assert {figure.n for row in native.rows for figure in row.figures.values() if figure} == {2}


def test_few_families_are_said_to_be_few() -> None:
    """An interval is counted as too wide only where fewer than 20 families can show the rarer outcome."""
    many = Estimate(
        system="s", measure="over-refusal", language="en", n=200, families=100, count=40, rate=0.2, undecided=0
    )

    assert not rests_on_few(many)
    assert rests_on_few(replace(many, count=19))
    assert rests_on_few(replace(many, count=190))
    assert rests_on_few(replace(many, families=10))
    assert over_coverage([]) == ""
