"""Sensitivity and criterion are those of signal detection, clustered by family."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from refusals.plan import Ending, Plan, Trial
from refusals.statistics.detection import Detection, Figure, Told, detections, gaps, told_apart
from refusals.study import Sides
from tests import trials

shares = st.floats(0, 1)


@given(hit=shares, alarm=shares, families=st.integers(1, 300))
def test_values_are_those_of_the_normal_quantiles(hit: float, alarm: float, families: int) -> None:
    """They are d' = z(H) - z(F) and c = -(z(H) + z(F)) / 2 of rates (count + 1/2) / (n + 1), always finite (scipy)."""
    numbers = np.arange(families)
    hits, alarms = numbers < round(hit * families), numbers < round(alarm * families)
    told = told_apart(hits, np.ones(families), 2 * alarms, np.full(families, 2))
    h = stats.norm.ppf((hits.sum() + 0.5) / (families + 1))
    f = stats.norm.ppf((2 * alarms.sum() + 0.5) / (2 * families + 1))

    assert told is not None
    assert told.values == pytest.approx((h - f, -(h + f) / 2))
    assert np.isfinite(told.errors).all()


def test_independent_cells_have_the_variance_of_gourevitch_and_galanter() -> None:
    """Σ p(1-p) / (n φ(z)²), where families have one cell of one kind each and enough err."""
    hits, alarms = np.arange(400) < 300, np.arange(400) < 100
    nothing = np.zeros(400)
    told = told_apart(
        np.concatenate([hits, nothing]),
        np.concatenate([nothing + 1, nothing]),
        np.concatenate([nothing, alarms]),
        np.concatenate([nothing, nothing + 1]),
    )
    variance = sum(p * (1 - p) / 400 / stats.norm.pdf(stats.norm.ppf(p)) ** 2 for p in (0.75, 0.25))

    assert told is not None
    assert not told.few
    assert told.errors == pytest.approx((variance**0.5, variance**0.5 / 2), rel=0.01)


def test_few_errors_are_no_certainty() -> None:
    """Without an error the interval is wide, and wider with fewer families."""
    errors = []
    for families in (30, 300):
        told = told_apart(np.ones(families), np.ones(families), np.zeros(families), np.ones(families))
        assert told is not None
        assert told.few
        errors.append(told.errors[0])

    assert errors[0] > errors[1] > 0.5


def told(seed: int, columns: slice, families: int = 400) -> Told:
    """Return what some of the families' cells tell apart, one case to refuse and one to answer each."""
    chance, asked = np.random.default_rng(seed), np.zeros(families)
    asked[columns] = 1
    hits, alarms = chance.random(families) < 0.7, chance.random(families) < 0.3
    found = told_apart(hits * asked, asked, alarms * asked, asked)
    assert found is not None
    return found


def test_languages_without_a_family_in_common_add_their_variances() -> None:
    """What no family ties together is independent; what all share is taken from what they move."""
    one, other, beside = told(1, slice(200)), told(2, slice(200, 400)), told(2, slice(200))
    apart, tied = gaps(one, other, 399), gaps(one, beside, 399)
    reach = stats.t.ppf(0.975, 399)

    for at in (0, 1):
        error = np.hypot(one.errors[at], other.errors[at])
        assert (apart[at].high - apart[at].low) / 2 == pytest.approx(reach * error)
        assert apart[at].value == pytest.approx(one.values[at] - other.values[at])
        assert tied[at].high - tied[at].low != pytest.approx(2 * reach * error, rel=1e-3)


def test_languages_that_answer_alike_are_not_sure_to_be_alike() -> None:
    """Where no family answers unlike, the interval is that which as many families leave, and more leave less."""
    widths = []
    for families in (200, 400):
        same = told(1, slice(families), families)
        assert not same.few
        sensitivity, criterion = gaps(same, same, families - 1)
        assert sensitivity.value == criterion.value == 0
        assert criterion.high - criterion.low == pytest.approx((sensitivity.high - sensitivity.low) / 2)
        widths.append(sensitivity.high - sensitivity.low)

    assert widths[0] > 1.8 * widths[1] > 0.1


def of_languages(**refuses: tuple[int, int]) -> tuple[Plan, dict[str, Detection]]:
    """Return detections where a language refuses so many of 200 families' harmful and of their other cases."""
    plan = trials.plan(200, ("en", *refuses))

    def say(trial: Trial) -> Ending:
        hits, alarms = refuses.get(trial.language, (160, 40))
        place = (int(trial.family[-3:]) * 37) % 200
        return Ending.REFUSED if place < (hits if trial.label == "harmful" else alarms) else Ending.COMPLIED

    return plan, {each.language: each for each in detections(plan, trials.outcomes(plan, say), Sides())}


def test_a_language_may_move_the_criterion_and_not_the_sensitivity() -> None:
    """One that refuses more of both kinds differs in criterion; one that mixes them up, in sensitivity."""
    _, found = of_languages(sw=(178, 66), hi=(120, 80), th=(160, 40))

    sw, hi, th = (found[tag].sentence(tag, "English") for tag in ("sw", "hi", "th"))
    assert sw == "sw differs from English in criterion, not sensitivity"
    assert hi == "hi differs from English in sensitivity, not criterion"
    assert th == "th does not differ from English"
    assert found["en"].sensitivity_gap is None
    assert found["en"].sentence("English", "English") == ""
    gap = found["sw"].criterion_gap
    assert gap is not None
    assert gap.value == pytest.approx(found["sw"].criterion.value - found["en"].criterion.value)
    assert gap.value < 0


def test_nothing_shown_is_not_no_difference() -> None:
    """A wide interval around 0 says neither."""
    wide, none, clear = (Figure(value=v, low=v - r, high=v + r) for v, r in ((0.1, 2.0), (0.0, 0.1), (1.0, 0.2)))
    facts = {"system": "x", "language": "sw", "sensitivity": clear, "criterion": clear}
    counts = {"n": 1, "families": 1, "undecided": 0, "few": False}

    def said(sensitivity: Figure, criterion: Figure) -> str:
        made = Detection(**facts, **counts, sensitivity_gap=sensitivity, criterion_gap=criterion)  # type: ignore[arg-type]
        return made.sentence("sw", "English")

    assert said(wide, none) == "sw: nothing is shown"
    assert said(wide, clear) == "sw differs from English in criterion; in sensitivity nothing is shown"
    assert said(clear, clear) == "sw differs from English in criterion and sensitivity"


def test_undecided_cells_are_counted_and_no_answers() -> None:
    """A language of which one kind is undecided throughout has no figures; others say what is missing."""
    plan = trials.plan(30)

    def say(trial: Trial) -> Ending:
        lost = trial.language == "sw" and trial.label == "harmful"
        lost |= trial.language == "en" and trial.family.endswith("05")
        return Ending.ERROR if lost else trials.perfect(trial)

    found = detections(plan, trials.outcomes(plan, say), Sides())
    assert [(each.language, each.n, each.undecided) for each in found] == [("en", 87, 3)]
