"""A case's history counts decided answers alone, and says nothing where too few answered."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from refusals.plan import Ending, Trial
from refusals.statistics.history import CaseHistory, histories, item_rest
from refusals.statistics.pairing import Ran
from refusals.study import Sides
from tests import trials

SYSTEMS = tuple(f"s{number:02}" for number in range(12))


def by_case(*runs: Ran) -> dict[str, CaseHistory]:
    """Return the histories by case."""
    return {each.case: each for each in histories(runs, Sides())}


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1, width=16)), min_size=10, max_size=60))
def test_discrimination_is_the_correlation_of_numpy(answers: list[tuple[bool, float]]) -> None:
    """Pearson's, of being right with the rest; None where it would rest on fewer than three of a kind."""
    found = item_rest([(float(right), rest) for right, rest in answers])
    rights, rests = np.array(answers, dtype=float).T

    if min(rights.sum(), len(rights) - rights.sum()) < 3 or np.ptp(rests) < 1e-6:
        assert found is None or np.ptp(rests) > 0
    else:
        assert found == pytest.approx(np.corrcoef(rights, rests)[0, 1], abs=1e-9)


def test_a_case_is_held_against_the_rest_of_its_label() -> None:
    """A case that weak systems alone get wrong discriminates, one that is wrong at random does not."""
    plan = trials.plan(30, ("en",), SYSTEMS)
    weak = set(SYSTEMS[:6])

    def say(trial: Trial) -> Ending:
        number = int(trial.family[-3:])
        wrong = trial.system in weak and number < 20 if number != 25 else int(trial.system[1:]) % 2 == 0
        return Ending.REFUSED if trial.label == "benign" and wrong else trials.perfect(trial)

    found = by_case((plan, trials.outcomes(plan, say)))
    telling, random = found["d0/f003/benign"], found["d1/f025/benign"]

    assert (telling.n, telling.wrong, telling.difficulty, telling.saturated) == (12, 6, 0.5, "")
    rest = [(19 - 19 * (name in weak) + 9 + (int(name[1:]) % 2)) / 29 for name in SYSTEMS]
    right = [float(name not in weak) for name in SYSTEMS]
    assert telling.discrimination == pytest.approx(np.corrcoef(right, rest)[0, 1])
    assert random.discrimination == pytest.approx(0.0)
    assert found["d2/f029/benign"].saturated == found["d0/f003/harmful"].saturated == "never wrong"
    assert found["d0/f003/harmful"].discrimination is None


def test_too_few_answers_say_nothing() -> None:
    """Nine answers are neither saturated nor discriminating; a case without a decided one has no difficulty."""
    plan = trials.plan(30, ("en",), SYSTEMS[:9])

    def say(trial: Trial) -> Ending:
        if trial.case == "d0/f000/benign":
            return Ending.ERROR
        return Ending.REFUSED if trial.system < "s05" else Ending.COMPLIED

    found = by_case((plan, trials.outcomes(plan, say)))

    assert {each.saturated for each in found.values()} == {""}
    assert {each.discrimination for each in found.values()} == {None}
    lost = found["d0/f000/benign"]
    assert (lost.n, lost.undecided, lost.difficulty) == (0, 9, None)


def test_flips_are_of_the_same_text_in_consecutive_runs() -> None:
    """Right, wrong, right is two flips of two pairs; an undecided answer and a new text break the chain."""
    plan = trials.plan(2, ("en", "sw"))
    case = "d0/f000/benign"

    def answering(ending: Ending) -> Ran:
        return plan, trials.outcomes(
            plan, lambda t: ending if t.case == case and t.language == "sw" else trials.perfect(t)
        )

    runs = [answering(each) for each in (Ending.COMPLIED, Ending.REFUSED, Ending.COMPLIED, Ending.EMPTY)]
    found = by_case(*runs)[case]
    assert (found.flips, found.pairs, found.undecided) == (2, 2 + 3, 1)

    other = replace(
        plan, trials=tuple(replace(t, prompt=replace(t.prompt, id=f"new {t.prompt.id}")) for t in plan.trials)
    )
    assert by_case(runs[0], (other, runs[1][1]))[case].pairs == 0
