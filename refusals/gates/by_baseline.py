"""A gate against a baseline run is on the paired difference: within a margin in the mean, or no language alarmed."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from refusals.gates.rulings import Standing
from refusals.statistics import ALL_LANGUAGES

if TYPE_CHECKING:
    from refusals.gates.questions import Question
    from refusals.gates.rulings import Ruling
    from refusals.statistics.comparison import Comparison, Difference


def against_baseline(question: Question, comparison: Comparison | None) -> Ruling:
    """Return the ruling on a difference; without a baseline, or without a pair, it is invalid."""
    found = _difference(question, comparison)
    if comparison is None:
        standing, reason = (
            Standing.INVALID,
            "there is no baseline: give the study `baseline: {run: DIR}`, or --baseline",
        )
    elif found is None or found.difference is None:
        standing, reason = Standing.INVALID, "no cell is decided in both runs: there is nothing to rule on"
    else:
        standing, reason = (_margin if question.bound == "margin" else _alarm)(question, found)
    return question.ruled(
        standing,
        reason,
        rate=found.difference if found else None,
        low=found.low if found else None,
        high=found.worst_upper if found and question.bound == "margin" else found.high if found else None,
    )


def _difference(question: Question, comparison: Comparison | None) -> Difference | None:
    of = (question.system, question.gate.measure, question.language, question.group)
    listed = comparison.differences if comparison else ()
    return next((each for each in listed if (each.system, each.measure, each.language, each.group) == of), None)


def _margin(question: Question, found: Difference) -> tuple[Standing, str]:
    upper, low = found.worst_upper, found.low
    if upper is None or low is None or not (isfinite(upper) and isfinite(low)):
        return Standing.INVALID, "the difference has no bound: there is nothing to rule on"
    told = f"{_counted(found)}: {_points(found.difference)}"
    margin = f"the margin of {_points(question.limit)}"
    if upper <= question.limit:
        return Standing.PASS, f"{told}, at most {_points(upper)}, which is within {margin}"
    if low > question.limit:
        return Standing.FAIL, f"{told}, at least {_points(low)}, which is above {margin}"
    return Standing.INCONCLUSIVE, f"{told}, at most {_points(upper)}: {margin} is not shown"


def _alarm(question: Question, found: Difference) -> tuple[Standing, str]:
    if found.alarm is None or not isfinite(found.alarm):
        return Standing.INVALID, "no cell is decided in both runs: there is nothing to rule on"
    beside = " by itself" if found.language == ALL_LANGUAGES else " adjusted for all languages"
    told = f"{_counted(found)}: {_points(found.difference)}, p {_chance(found.alarm)}{beside}"
    if found.alarm <= question.limit:
        return Standing.FAIL, f"worse than the baseline; {told}"
    if found.worst_alarm is not None and found.worst_alarm <= question.limit:
        hidden = f"{found.undecided} undecided pairs may hide one, with p down to {_chance(found.worst_alarm)}"
        return Standing.INCONCLUSIVE, f"no alarm, but {hidden}; {told}"
    return Standing.PASS, f"no alarm, which does not show that nothing is worse; {told}"


def _counted(found: Difference) -> str:
    return f"{found.plus} newly wrong and {found.minus} no longer of {found.n} cells decided in both runs"


def _points(share: float | None) -> str:
    return f"{(share or 0.0) * 100:+.1f} points"


def _chance(p: float) -> str:
    return "<0.001" if p < 0.001 else f"{p:.3f}"
