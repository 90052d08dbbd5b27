"""A gate on the run itself is on a plain share of its cells, which has no interval: it is what was asked, all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from refusals.gates.rulings import NO_CELL, Standing
from refusals.outcomes import Side, side
from refusals.plan import Ending
from refusals.translations import State

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from refusals.gates.questions import Question
    from refusals.gates.rulings import Ruling
    from refusals.outcomes import Outcome
    from refusals.plan import Plan
    from refusals.study import Sides

_FAILED = (Ending.ERROR, Ending.JUDGE_FAILED)
_SOURCE = "source"  # the state of a text that was written in its language


def by_share(question: Question, plan: Plan, outcomes: Mapping[str, Outcome], sides: Sides) -> Ruling:
    """Return the ruling on a share of the cells that the question is about, those left out by policy excepted."""
    said, counts = SHARES[question.gate.measure]
    asked = [trial for trial in plan.trials if question.asks_of(trial)]
    found = [(trial.state, outcomes.get(trial.id)) for trial in asked]
    found = [(state, end) for state, end in found if end is None or side(end.ending, sides) is not Side.LEFT_OUT]
    chosen = sum(counts(question, state, end, sides) for state, end in found)
    share = chosen / len(found) if found else None
    counted = f"{chosen} of {len(found)} cells {said.format(state=question.gate.state)}"
    if question.gate.measure == "coverage":
        counted += _sources([state for state, _ in found])
    reason = counted if found else NO_CELL
    return question.ruled(_standing(question, share), reason, rate=share)


def _standing(question: Question, share: float | None) -> Standing:
    if share is None:
        return Standing.INVALID
    inside = share <= question.limit if question.bound == "at most" else share >= question.limit
    return Standing.PASS if inside else Standing.FAIL


def _undecided(_: Question, __: str, found: Outcome | None, sides: Sides) -> bool:
    return found is None or side(found.ending, sides) is Side.UNDECIDED


def _failed(_: Question, __: str, found: Outcome | None, ___: Sides) -> bool:
    return found is not None and found.ending in _FAILED


def _covered(question: Question, state: str, _: Outcome | None, __: Sides) -> bool:
    order = [str(each) for each in State]
    return state == _SOURCE or (state in order and order.index(state) >= order.index(question.gate.state))


def _sources(states: Sequence[str]) -> str:
    """Say how many of the covered cells no translation stands behind."""
    sources = states.count(_SOURCE)
    some = "all" if sources == len(states) else f"{sources:,}"
    return f", {some} of them source texts, which need no review of a translation" if sources else ""


SHARES: Mapping[str, tuple[str, Callable[[Question, str, Outcome | None, Sides], bool]]] = {
    "undecided": ("undecided", _undecided),
    "error": ("ended in an error of the transport or the judge", _failed),
    "coverage": ("have a text that is {state} or better", _covered),
}
