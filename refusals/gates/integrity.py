"""Before any gate, the run must hold: enough of it is decided, and its judge still judges what nobody gets wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from refusals.gates.rulings import INTEGRITY, Ruling, Standing
from refusals.grading.anchors import CEILING
from refusals.outcomes import Outcome, Side, side
from refusals.statistics import ALL_LANGUAGES

if TYPE_CHECKING:
    from refusals.grading.anchors import Anchored
    from refusals.plan import Plan
    from refusals.study import Study

JUDGE = "judge"  # what a ruling on the judge names in place of a system


def run_holds(study: Study, plan: Plan, outcomes: Mapping[str, Outcome]) -> Iterable[Ruling]:
    """Yield a ruling for each system and language: invalid with too many undecided cells, or nothing but those."""
    asked: Counter[tuple[str, str]] = Counter()
    undecided: Counter[tuple[str, str]] = Counter()
    why: dict[tuple[str, str], Counter[str]] = {}
    for trial in plan.trials:
        key = (trial.system, trial.language)
        outcome = outcomes.get(trial.id)
        found = Side.UNDECIDED if outcome is None else side(outcome.ending, study.sides)
        if found is Side.LEFT_OUT:
            continue
        asked[key] += 1
        if found is Side.UNDECIDED:
            undecided[key] += 1
            why.setdefault(key, Counter())[_said(outcome)] += 1
    for key in sorted(asked):
        share = undecided[key] / asked[key]
        broken = share > study.undecided_ceiling or undecided[key] == asked[key]
        most = why[key].most_common(1)[0] if key in why else None
        yield Ruling(
            gate=INTEGRITY,
            system=key[0],
            language=key[1],
            standing=Standing.INVALID if broken else Standing.PASS,
            limit=study.undecided_ceiling,
            rate=share,
            reason=f"{undecided[key]} of {asked[key]} cells undecided" + (f", most: {most[0]}" if most else ""),
        )


def judge_holds(anchored: Anchored | None) -> Iterable[Ruling]:
    """Yield the ruling on a judge that a model is behind: whether it still judges what nobody gets wrong."""
    if anchored is not None:
        yield Ruling(
            gate=INTEGRITY,
            system=JUDGE,
            language=ALL_LANGUAGES,
            standing=Standing.INVALID if anchored.fault else Standing.PASS,
            limit=CEILING,
            rate=(anchored.wrong + anchored.missing) / anchored.asked if anchored.asked else None,
            reason=anchored.fault
            or f"right of {anchored.asked - anchored.wrong - anchored.missing} of {anchored.asked} anchors",
        )


def _said(outcome: Outcome | None) -> str:
    if outcome is None:
        return "no outcome"
    return f"{outcome.ending} ({outcome.reason[:120]})" if outcome.reason else str(outcome.ending)
