"""Answers to one cell are no new cells: what they are worth is known from how alike they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refusals.cases import Label
from refusals.plan import Ending, Plan, Trial
from refusals.statistics import Estimate, estimate
from refusals.statistics.repeats import MOST, Repeats, allotment, repeats_of, within_cell_correlation
from refusals.study import Sides
from tests import trials

CELLS = st.lists(st.lists(st.sampled_from([0.0, 1.0]), min_size=1, max_size=5), max_size=30)


def repeated(plan: Plan, times: int) -> Plan:
    """Return the plan with each of its trials so many times."""
    more = [
        replace(trial, id=f"{trial.id}.repeat-{n}", repeat=n) if n > 1 else trial
        for trial in plan.trials
        for n in range(1, times + 1)
    ]
    return replace(plan, trials=tuple(more))


def slips(trial: Trial) -> Ending:
    """Refuse what is harmful and, in some families, what is benign."""
    slip = trial.label is Label.BENIGN and int(trial.family[-3:]) % (3 if trial.language == "sw" else 2) == 0
    return Ending.REFUSED if slip or trial.label is Label.HARMFUL else Ending.COMPLIED


def estimates(plan: Plan) -> dict[tuple[str, str, object], Estimate]:
    """Return all estimates by measure, language and group."""
    found = estimate(plan, trials.outcomes(plan, slips), Sides())
    return {(each.measure, each.language, each.group): each for each in found}


def test_the_same_answer_again_tells_nothing_new() -> None:
    """Rates, gaps and selectivity stay as they are, and intervals of one case a family do not get narrower."""
    once, thrice = estimates(trials.plan(60)), estimates(repeated(trials.plan(60), 3))

    assert once.keys() == thrice.keys()
    for key, one in once.items():
        assert (thrice[key].rate, thrice[key].families) == (pytest.approx(one.rate), one.families)
        assert thrice[key].n == 3 * one.n
    benign = (("label", "benign"),)
    for key in [("selectivity", "en", ()), *(("over-refusal", tag, benign) for tag in ("en", "sw", "*"))]:
        one, three = once[key], thrice[key]
        assert None not in (one.low, one.high, three.low, three.high)
        assert three.low <= one.low + 0.001
        assert three.high >= one.high - 0.001
        assert three.high - three.low == pytest.approx(one.high - one.low, rel=0.05)


def test_selectivity_does_not_fall_with_the_number_of_repeats() -> None:
    """A family counts once a repeat; one that must be right in all would be right less often the more are asked."""
    plan = repeated(trials.plan(20, languages=("en",)), 2)

    def say(trial: Trial) -> Ending:
        wrong = trial.repeat == 2 and trial.label is Label.BENIGN and int(trial.family[-3:]) < 10
        return Ending.REFUSED if wrong or trial.label is Label.HARMFUL else Ending.COMPLIED

    found = estimate(plan, trials.outcomes(plan, say), Sides())
    (whole,) = [each for each in found if each.measure == "selectivity" and each.language == "en"]
    assert (whole.rate, whole.n, whole.families) == (0.75, 40, 20)


def test_the_worked_example() -> None:
    """Three cells of two answers, one of them split, by hand."""
    # Means 0, 1/2, 1 about 1/2: B = 2 (1/4 + 0 + 1/4) / 2 = 1/2; W = (1/4 + 1/4) / 3 = 1/6.
    assert within_cell_correlation([[(0, 0), (0, 1), (1, 1)]]) == pytest.approx((1 / 2 - 1 / 6) / (1 / 2 + 1 / 6))


@given(CELLS)
def test_the_correlation_is_one(cells: list[list[float]]) -> None:
    """It is 1 exactly where cells are pure and differ, and it is not there where nothing differs."""
    found = within_cell_correlation([cells])
    pure = all(len(set(cell)) == 1 for cell in cells)
    values = {answer for cell in cells for answer in cell}

    if found is None:
        assert len(values) < 2 or max(map(len, cells)) == 1 or len(cells) < 2
    else:
        assert len(values) == 2
        assert -1 <= found <= 1
        assert (found == pytest.approx(1)) == pure


def test_what_strata_differ_by_is_no_correlation() -> None:
    """Who errs on one label alone is as sure of each cell as of the next; strata are compared within themselves."""
    right, wrong = [(0, 0)] * 4, [(1, 1)] * 4

    assert within_cell_correlation([right + wrong]) == 1
    assert within_cell_correlation([right, wrong]) is None
    mixed = [(0, 0), (0, 1), (1, 1)]
    assert within_cell_correlation([mixed, right[:1]]) == within_cell_correlation([mixed])
    assert within_cell_correlation([mixed, mixed]) == pytest.approx(within_cell_correlation([mixed]))


@pytest.mark.parametrize("rho", [0.05, 0.3, 0.7])
def test_the_correlation_is_found(rho: float) -> None:
    """Cells whose chance of an error is beta-distributed have the correlation 1 / (a + b + 1); that is estimated."""
    rng = np.random.default_rng(3)
    total = 1 / rho - 1
    chances = rng.beta(0.2 * total, 0.8 * total, size=(60, 300))
    found = [within_cell_correlation([(rng.random((2, 300)) < row).T.astype(float).tolist()]) for row in chances]

    assert None not in found
    assert np.mean([each or 0.0 for each in found]) == pytest.approx(rho, abs=0.03)


@settings(max_examples=200)
@given(st.floats(0.001, 0.999), st.floats(0.1, 10))
def test_the_allotment_makes_the_variance_least(rho: float, ratio: float) -> None:
    """No other number from 1 to 10 is better by more than rounding, at any cost of a cell."""

    def variance(m: int) -> float:
        return (rho + (1 - rho) / m) * (ratio + m)  # of a mean over as many cells as the cost allows

    found = allotment(rho, ratio)
    best = min(range(1, MOST + 1), key=variance)
    assert abs(found - best) <= 1
    assert variance(found) <= 1.03 * variance(best)


@pytest.mark.parametrize(
    ("rho", "repeats"), [(None, 1), (1.0, 1), (0.5, 1), (0.2, 2), (0.1, 3), (0.01, 10), (-0.2, 10)]
)
def test_how_many_answers_a_cell_is_worth(rho: float | None, repeats: int) -> None:
    """One where answers are alike, ten where they are as good as new cells, and one where nothing was learned."""
    assert allotment(rho) == repeats


@pytest.mark.parametrize(("rho", "ratio"), [(1.1, 1.0), (0.5, 0.0)])
def test_what_is_no_correlation_has_no_allotment(rho: float, ratio: float) -> None:
    """A figure out of range is a mistake upstream."""
    with pytest.raises(ValueError, match="are allowed"):
        allotment(rho, ratio)


def test_only_decided_answers_to_the_same_cell_count() -> None:
    """A system that is asked once has none; an undecided answer is none."""
    plan = repeated(trials.plan(2, languages=("en",)), 2)
    outcomes = trials.outcomes(plan, lambda trial: Ending.ERROR if trial.family == "d0/f000" else slips(trial))

    assert repeats_of(plan, outcomes, Sides()) == (Repeats(system="x", repeats=2, cells=3, correlation=None, best=1),)
    assert repeats_of(trials.plan(2), {}, Sides()) == ()
