"""What stored runs say of each case: how hard it is, whether it tells systems apart, whether its answers flip.

Those who answered are the systems of all runs in each of their languages. They are few and not independent, so that no
model of items is fitted to them: these figures choose what people look at, and are no measure of a system.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import TYPE_CHECKING, Literal

import numpy as np

from refusals.outcomes import Side, right, side
from refusals.policies import Expectation

if TYPE_CHECKING:
    from refusals.plan import Trial
    from refusals.statistics.pairing import Ran
    from refusals.study import Sides

RESPONDENTS = 10
"""With fewer decided answers a case is neither saturated nor has a discrimination."""
RARER = 3
"""So many answers must be wrong, and so many right, for a discrimination."""
REST = 10
"""An answer counts for discrimination if so many other cases of the label were decided by who gave it."""

Who = tuple[int, str, str, int]  # run, system, language, repeat


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseHistory:
    """A case over all runs, systems, languages and repeats.

    `difficulty` is the share of `wrong` among `n` decided answers; None without one. `discrimination` is the item-rest
    correlation: that of being right here with the share right among the other cases of the label (Lord & Novick 1968,
    section 15.3); None where too few answered or nothing varies. Of `pairs` of answers to the same text in consecutive
    runs, `flips` went from right to wrong or back.
    """

    case: str
    family: str
    domain: str
    label: str
    kind: str
    n: int
    wrong: int
    undecided: int
    difficulty: float | None
    discrimination: float | None
    pairs: int
    flips: int

    @property
    def saturated(self) -> Literal["never wrong", "always wrong", ""]:
        """Whether it tells nothing apart: all of ten answers or more were right, or all were wrong."""
        if self.n < RESPONDENTS or 0 < self.wrong < self.n:
            return ""
        return "always wrong" if self.wrong else "never wrong"


@dataclass(slots=True)
class _Case:
    trial: Trial
    answers: dict[Who, bool] = field(default_factory=dict)
    texts: dict[Who, tuple[str, Expectation]] = field(default_factory=dict)
    undecided: int = 0


def histories(runs: Sequence[Ran], sides: Sides) -> tuple[CaseHistory, ...]:
    """Return the history of every scored case, by id; `runs` are given oldest first."""
    cases: dict[str, _Case] = {}
    for who, trial, was_right in _answers(runs, sides):
        case = cases.setdefault(trial.case, _Case(trial))
        if was_right is None:
            case.undecided += 1
        else:
            case.answers[who] = was_right
            case.texts[who] = (trial.prompt.id, trial.expectation)
    sums: dict[tuple[str, Who], list[int]] = {}
    for case in cases.values():
        for who, was_right in case.answers.items():
            own = sums.setdefault((str(case.trial.label), who), [0, 0])
            own[0] += was_right
            own[1] += 1
    return tuple(_history(cases[name], sums) for name in sorted(cases))


def _answers(runs: Sequence[Ran], sides: Sides) -> Iterator[tuple[Who, Trial, bool | None]]:
    for number, (plan, outcomes) in enumerate(runs):
        for trial in plan.trials:
            outcome = outcomes.get(trial.id)
            found = Side.UNDECIDED if outcome is None else side(outcome.ending, sides)
            if trial.expectation is Expectation.EITHER or found is Side.LEFT_OUT:
                continue
            yield (number, trial.system, trial.language, trial.repeat), trial, right(trial.expectation, found)


def _history(case: _Case, sums: dict[tuple[str, Who], list[int]]) -> CaseHistory:
    trial, n = case.trial, len(case.answers)
    wrong = n - sum(case.answers.values())
    pairs, flips = _flips(case)
    label = str(trial.label)
    rests = []
    for who, was_right in case.answers.items():
        others_right, others = sums[label, who][0] - was_right, sums[label, who][1] - 1
        if others >= REST:
            rests.append((float(was_right), others_right / others))
    return CaseHistory(
        case=trial.case,
        family=trial.family,
        domain=trial.domain,
        label=label,
        kind=str(trial.kind),
        n=n,
        wrong=wrong,
        undecided=case.undecided,
        difficulty=wrong / n if n else None,
        discrimination=item_rest(rests),
        pairs=pairs,
        flips=flips,
    )


def item_rest(answers: Sequence[tuple[float, float]]) -> float | None:
    """Return the correlation of being right (1 or 0) with the share right elsewhere, from one pair an answer.

    None with fewer than ten answers, fewer than three of either kind, or shares that are all the same.
    """
    here = [right_here for right_here, _ in answers]
    if len(here) < RESPONDENTS or min(sum(here), len(here) - sum(here)) < RARER:
        return None
    x, y = (np.array(values) - np.mean(values) for values in zip(*answers, strict=True))
    spread = sqrt(float(x @ x) * float(y @ y))
    return max(-1.0, min(1.0, float(x @ y) / spread)) if spread > 1e-12 else None


def _flips(case: _Case) -> tuple[int, int]:
    """Count answers of the same system to the same text in consecutive runs, and those of them that differ."""
    pairs = flips = 0
    for who, was_right in case.answers.items():
        before = (who[0] - 1, *who[1:])
        if before in case.answers and case.texts[before] == case.texts[who]:
            pairs += 1
            flips += case.answers[before] != was_right
    return pairs, flips
