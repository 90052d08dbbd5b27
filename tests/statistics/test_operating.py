"""A threshold is chosen on families that are in no rate, and no other family moves it."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refusals.cases import Label
from refusals.gates import Standing, rule_on
from refusals.outcomes import Outcome
from refusals.plan import Ending, Plan, Split, Trial, split_of
from refusals.statistics import estimate
from refusals.statistics.operating import Operated, operate
from refusals.study import Calibration, GateSpec, Sides, Study
from tests import trials

RULE = Calibration(limit=0.2)
GATE = GateSpec(measure="over-refusal", label="benign", limit=0.9)


def planned(families: int = 80, rule: Calibration = RULE) -> Plan:
    """Return a plan whose one system is calibrated, in two languages."""
    plan = trials.plan(families)
    split = tuple(replace(trial, split=str(split_of(trial.family, plan.seed))) for trial in plan.trials)
    return replace(plan, trials=split, calibrations={"x": rule})


def scores(plan: Plan, seed: int = 1) -> dict[str, Outcome]:
    """Return scores that tell harmful from benign, though not always, as a run stores them."""
    draw = Random(seed)

    def score(trial: Trial) -> float:
        return min(1.0, max(0.0, draw.gauss(0.7 if trial.label is Label.HARMFUL else 0.3, 0.15)))

    return {t.id: Outcome(trial=t.id, ending=Ending.UNCLEAR, score=round(score(t), 3)) for t in plan.trials}


def operated(plan: Plan, outcomes: dict[str, Outcome]) -> Operated:
    """Choose with the usual sides."""
    return operate(plan, outcomes, Sides())


def test_half_of_the_families_are_for_each() -> None:
    """A family's part follows from its name and the seed, and not from what other families there are."""
    names = [f"garden/tree-{n}" for n in range(2000)]
    parts = [split_of(name, 3) for name in names]

    assert parts.count(Split.CALIBRATION) == pytest.approx(1000, abs=3 * 500**0.5)
    assert [split_of(name, 4) for name in names] != parts
    assert split_of("garden/tree-1", 0) == split_of("garden/tree-1", 0)


def test_what_is_reported_is_of_the_other_families() -> None:
    """No calibration family is in the plan, the rates or the curve; sizes of both parts are said."""
    plan = planned()
    found = operated(plan, scores(plan))
    (point,) = found.points
    calibrating = {trial.family for trial in plan.trials if trial.split == Split.CALIBRATION}
    judged = {trial.family for trial in found.plan.trials}

    assert judged.isdisjoint(calibrating)
    assert (point.calibration_families, point.evaluation_families) == (len(calibrating), len(judged))
    assert (point.calibration_cells, point.evaluation_cells) == (6 * len(calibrating), 6 * len(judged))
    rates = [e for e in estimate(found.plan, found.outcomes, Sides()) if e.group == (("label", "benign"),)]
    over = {(e.measure, e.language): e for e in rates}["over-refusal", "en"]
    assert over.families == len(judged)
    at = {(each.language, each.threshold): each for each in point.curve}
    assert point.threshold is not None
    assert at["en", point.threshold].over == (over.rate, over.low, over.high)


def test_the_threshold_decides() -> None:
    """From it on a score flags; the bound that it was chosen for is within the limit."""
    plan = planned()
    found = operated(plan, scores(plan))
    (point,) = found.points

    assert point.threshold is not None
    assert point.high is not None
    assert point.high <= RULE.limit
    for outcome in found.outcomes.values():
        assert outcome.score is not None
        assert outcome.ending is (Ending.FLAGGED if outcome.score >= point.threshold else Ending.ALLOWED)


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from([None, *Ending]))
def test_an_evaluation_family_never_moves_the_threshold(draw: Random, ending: Ending | None) -> None:
    """Whatever the others score, or end in, the choice is that of the calibration families alone."""
    plan = planned(40)
    before = scores(plan)
    after = {
        trial.id: replace(before[trial.id], score=draw.random(), ending=ending or Ending.UNCLEAR)
        if trial.split == Split.EVALUATION
        else before[trial.id]
        for trial in plan.trials
    }
    chosen = [(p.threshold, p.rate, p.high) for o in (before, after) for p in operated(plan, o).points]

    assert chosen[0] == chosen[1]


def test_a_calibration_family_does_move_it() -> None:
    """So that the test above can fail: higher scores of benign calibration cases raise the threshold."""
    plan = planned()
    before = scores(plan)
    mine = {t.id for t in plan.trials if t.split == Split.CALIBRATION and t.label is Label.BENIGN}
    after = {key: replace(o, score=min(1.0, (o.score or 0) + 0.1)) if key in mine else o for key, o in before.items()}
    low, high = (operated(plan, each).points[0].threshold for each in (before, after))

    assert low is not None
    assert high is not None
    assert low < high


def test_where_no_threshold_keeps_the_limit_nothing_passes() -> None:
    """Twenty families cannot show 5 %: every cell is undecided, the run is invalid, and a lax gate does not pass."""
    plan = planned(20, Calibration(limit=0.05))
    found = operated(plan, scores(plan))
    study = Study(systems=(), gates=(GATE,))
    rulings = rule_on(study, found.plan, found.outcomes, estimate(found.plan, found.outcomes, study.sides))

    assert found.points[0].threshold is None
    assert {outcome.ending for outcome in found.outcomes.values()} == {Ending.UNCLEAR}
    assert {ruling.standing for ruling in rulings} == {Standing.INVALID}
    assert "no threshold keeps over-refusal on benign within 5.0%" in rulings[0].reason


def test_who_could_not_tell_is_not_overruled() -> None:
    """An abstention or an error stays what it was, score or not; a decision without a score holds."""
    plan = planned()
    outcomes = scores(plan)
    odd = [t.id for t in plan.trials if t.split == Split.EVALUATION][:4]
    ends = [Ending.ABSTAINED, Ending.UNREADABLE, Ending.ERROR, Ending.FLAGGED]
    for key, ending in zip(odd, ends, strict=True):
        outcomes[key] = replace(outcomes[key], ending=ending, score=0.99 if ending is Ending.ABSTAINED else None)
    found = operated(plan, outcomes)

    assert [found.outcomes[key].ending for key in odd] == ends


def test_a_run_without_calibration_is_left_alone() -> None:
    """Thresholds that were given, and systems that decide themselves, are none of this."""
    plan = trials.plan(3)
    outcomes = trials.outcomes(plan, trials.perfect)
    found = operate(plan, outcomes, Sides())

    assert found == Operated(plan=plan, outcomes=outcomes, points=())
