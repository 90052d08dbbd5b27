"""Ceilings on what a run is made of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from refusals.gates import Standing, rule_on
from refusals.plan import Ending, Plan, Trial
from refusals.statistics import estimate
from refusals.study import GateSpec, Study
from tests import trials


def every_tenth(trial: Trial) -> Ending:
    """End a tenth of the cells in an error and be perfect in the others."""
    return Ending.ERROR if trial.family.endswith("5") else trials.perfect(trial)


def ruled(plan: Plan, gate: GateSpec) -> dict[str, tuple[Standing, float | None]]:
    """Return what is ruled on it, and the share, by language."""
    study = Study(systems=(), gates=(gate,), undecided_ceiling=0.5)
    outcomes = trials.outcomes(plan, every_tenth)
    rulings = rule_on(study, plan, outcomes, estimate(plan, outcomes, study.sides))
    return {each.language: (each.standing, each.rate) for each in rulings if each.gate == gate.measure}


@pytest.mark.parametrize("measure", ["undecided", "error"])
@pytest.mark.parametrize(("limit", "standing"), [(0.1, Standing.PASS), (0.099, Standing.FAIL)])
def test_a_ceiling_is_on_the_share_itself(measure: str, limit: float, standing: Standing) -> None:
    """All cells are known, so that there is no interval and nothing is left open."""
    found = ruled(trials.plan(20), GateSpec(measure=measure, limit=limit, languages=("en", "*")))

    assert found == {"en": (standing, 0.1), "*": (standing, 0.1)}


def test_no_cell_is_no_pass() -> None:
    """A language that was not asked has no errors either."""
    found = ruled(trials.plan(20), GateSpec(measure="error", limit=1.0, languages=("fr",)))

    assert found == {"fr": (Standing.INVALID, None)}


def test_coverage_counts_texts_by_how_far_they_were_looked_at() -> None:
    """A text in the source language needs no look; a draft is less than checked."""
    plan = trials.plan(10)
    states = {"d0": "reviewed", "d1": "checked", "d2": "draft"}
    marked = tuple(t if t.language == "en" else replace(t, state=states[t.domain]) for t in plan.trials)
    gate = GateSpec(measure="coverage", state="checked", at_least=0.8)

    found = ruled(replace(plan, trials=marked), gate)

    assert found == {"en": (Standing.PASS, 1.0), "sw": (Standing.FAIL, 0.7)}


def test_a_source_text_is_not_said_to_be_reviewed() -> None:
    """Nobody has reviewed it; it needs no review."""
    study = Study(systems=(), gates=(GateSpec(measure="coverage", state="draft", at_least=0.8, languages=("en", "*")),))
    plan = trials.plan(1)
    en, both = (each.reason for each in rule_on(study, plan, {}, ()) if each.gate == "coverage")

    assert en.startswith("3 of 3 cells have a text that is draft or better, all of them source texts, which need no")
    assert "6 of 6 cells have a text that is draft or better, 3 of them source texts" in both
