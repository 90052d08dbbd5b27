"""A gate passes, fails or cannot tell; and before any gate, the run itself must hold.

`questions` says what a study's gates ask of a plan. Each module beside it answers one kind: the run itself
(`integrity`), an estimate with its interval (`by_interval`), a plain share of cells (`by_share`), a baseline run
(`by_baseline`), and a suite that is asked no longer than it takes to decide (`by_evidence`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from refusals.gates.by_baseline import against_baseline
from refusals.gates.by_evidence import Decided, in_this_suite
from refusals.gates.by_interval import beside_readings, by_interval
from refusals.gates.by_share import SHARES, by_share
from refusals.gates.integrity import JUDGE, judge_holds, run_holds
from refusals.gates.questions import Question, questions, slices_of
from refusals.gates.rulings import EXIT_CODES, INTEGRITY, MEAN, Ruling, Standing, exit_code, overall

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from refusals.grading.anchors import Anchored
    from refusals.outcomes import Outcome
    from refusals.plan import Plan
    from refusals.statistics import Estimate
    from refusals.statistics.comparison import Comparison
    from refusals.study import Study

__all__ = [
    "EXIT_CODES",
    "INTEGRITY",
    "JUDGE",
    "MEAN",
    "Grounds",
    "Question",
    "Ruling",
    "Standing",
    "exit_code",
    "overall",
    "questions",
    "rule_on",
    "slices_of",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What rulings rest on beside the estimates; what is not there rules nothing.

    `decided` has what the suite gates of a run that may stop early have come to.
    """

    anchored: Anchored | None = None
    comparison: Comparison | None = None
    decided: Mapping[Question, Decided] = field(default_factory=dict)


_NOTHING = Grounds()


def rule_on(
    study: Study,
    plan: Plan,
    outcomes: Mapping[str, Outcome],
    estimates: Sequence[Estimate],
    grounds: Grounds = _NOTHING,
) -> tuple[Ruling, ...]:
    """Return the ruling on integrity of every system and language, and of the judge, then that of every gate."""
    found = {(e.system, e.measure, e.language, e.group): e for e in estimates}
    rulings = [*run_holds(study, plan, outcomes), *judge_holds(grounds.anchored)]
    for question in questions(study, plan):
        measure = question.gate.measure
        estimate = found.get((question.system, measure, question.language, question.group))  # type: ignore[arg-type]
        if question.nothing:
            rulings.append(question.ruled(Standing.INVALID, question.nothing))
        elif question in grounds.decided:
            suite = in_this_suite(question, grounds.decided[question])
            rulings.append(beside_readings(suite, question, estimate))
        elif question.gate.against_baseline:
            rulings.append(against_baseline(question, grounds.comparison))
        elif measure in SHARES:
            rulings.append(by_share(question, plan, outcomes, study.sides))
        else:
            rulings.append(by_interval(question, estimate))
    return tuple(rulings)
