"""A comparison is ruled on as a study with a baseline rules: integrity always, the rest where it is asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from refusals.gates import INTEGRITY, Standing, overall
from refusals.gates.between_runs import between_runs
from refusals.plan import Ending, Trial
from refusals.statistics.comparison import Comparison, compare
from refusals.study import Sides
from tests import trials


def _compared(undecided: int = 0, worse: int = 0) -> Comparison:
    """Compare perfect runs of 60 families but for so many Swahili ones, undecided or over-refused in the candidate."""
    plan = trials.plan(60)

    def say(trial: Trial) -> Ending:
        number = int(trial.family[-3:])
        if trial.language == "sw" and number < undecided:
            return Ending.ERROR
        return Ending.REFUSED if trial.language == "sw" and number < worse else trials.perfect(trial)

    runs = [(plan, trials.outcomes(plan, how)) for how in (trials.perfect, say)]
    return compare(*runs, Sides(), {"x": "x"})


def _standing(found: Comparison, **asked: float) -> Standing | None:
    return overall(between_runs(found, ceiling=0.05, **asked))


@pytest.mark.parametrize(
    ("found", "asked", "standing"),
    [
        (_compared(), {}, None),
        (_compared(worse=30), {}, None),
        (_compared(), {"margin": 0.2, "alarm": 0.05}, Standing.PASS),
        (_compared(), {"margin": 0.001}, Standing.INCONCLUSIVE),
        (_compared(worse=30), {"alarm": 0.05}, Standing.FAIL),
        (_compared(worse=30), {"margin": 0.05}, Standing.FAIL),
        (_compared(worse=30), {"margin": 0.9}, Standing.PASS),
        (_compared(undecided=3), {"margin": 0.3}, Standing.PASS),
        (_compared(undecided=4), {"margin": 0.3}, Standing.INVALID),
        (_compared(undecided=4), {}, Standing.INVALID),
    ],
)
def test_what_is_asked_is_ruled_on(found: Comparison, asked: dict[str, float], standing: Standing | None) -> None:
    """Integrity holds up to the ceiling in each language; without a question nothing but that is ruled on."""
    assert _standing(found, **asked) == standing


def test_a_language_without_a_decided_pair_is_never_a_pass() -> None:
    """Neither for its alarm nor for the mean that it is part of."""
    rulings = between_runs(_compared(undecided=60), ceiling=1.0, margin=0.9, alarm=0.05)
    found = {(each.gate, each.language): each.standing for each in rulings}

    assert found[INTEGRITY, "sw"] is Standing.INVALID
    assert found["over-refusal", "sw"] is Standing.INVALID
    assert found["over-refusal", "*"] is Standing.INVALID
    assert found["over-refusal", "en"] is Standing.PASS


def test_dual_use_refusal_is_shown_and_not_ruled_on() -> None:
    """Whether more of it is worse is for a policy to say, whose rate it is in already."""
    rulings = between_runs(_compared(worse=30), ceiling=0.05, margin=0.1, alarm=0.05)

    assert {each.gate for each in rulings} == {INTEGRITY, "over-refusal", "under-refusal"}


def test_a_bound_that_is_no_number_is_invalid() -> None:
    """NaN is neither inside a margin nor outside of it."""
    found = _compared()
    broken = replace(found, differences=tuple(replace(each, worst_upper=float("nan")) for each in found.differences))

    assert _standing(broken, margin=0.2) is Standing.INVALID
