"""A gate on an estimate passes if the whole interval is inside, every undecided cell counted against the system."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite
from typing import TYPE_CHECKING

from refusals.gates.rulings import NO_CELL, Standing
from refusals.gates.shown import ALL_RIGHT, NONE, in_words, needed, never_shown

if TYPE_CHECKING:
    from refusals.gates.questions import Question
    from refusals.gates.rulings import Ruling
    from refusals.statistics import Estimate

_TOO_FEW = "too few replies were read to correct the judge (`refusals annotate`)"
_NOT_ALL = "people read some replies, and selectivity is corrected where all are read (`refusals annotate`)"


def by_interval(question: Question, estimate: Estimate | None) -> Ruling:
    """Return the ruling on an estimate; without one, or with a figure that is none, it is invalid."""
    sure, worst = _ends(question, estimate)
    standing, reason = _standing(question, estimate, sure, worst)
    low, high = (sure, worst) if question.bound == "at most" else (worst, sure)
    return question.ruled(standing, reason, rate=estimate.rate if estimate else None, low=low, high=high)


def beside_readings(suite: Ruling, question: Question, estimate: Estimate | None) -> Ruling:
    """Return the ruling on a suite, decided while nobody had read a reply, as what people have read since leaves it."""
    if estimate is None or not estimate.correction:
        return suite
    read = by_interval(question, estimate)
    if read.standing is suite.standing:
        return suite
    reason = f"{suite.reason}; {read.standing} by the replies that were read: {read.reason}"
    return replace(suite, standing=Standing.INCONCLUSIVE, reason=reason)


def _ends(question: Question, estimate: Estimate | None) -> tuple[float | None, float | None]:
    """The end that a failing system is surely beyond, and the worst end, which a passing one must hold.

    Where people have read too little to correct a figure, both are of what the judge may hide.
    """
    if estimate is None:
        return None, None
    upward = question.bound == "at most"
    sure, worst, plain, other = (
        (estimate.low, estimate.worst_high, estimate.high, estimate.worst_low)
        if upward
        else (estimate.high, estimate.worst_low, estimate.low, estimate.worst_high)
    )
    if estimate.correction == "uncorrected":
        return (None if sure is None else other), worst
    if worst is None and not estimate.undecided:
        worst = plain  # nothing is undecided, so that nothing can be worse
    if sure is not None and other is not None:
        sure = max(sure, other) if upward else min(sure, other)  # selectivity at its best may be below its interval
    return sure, worst


def _standing(
    question: Question, estimate: Estimate | None, sure: float | None, worst: float | None
) -> tuple[Standing, str]:
    limit, upward = question.limit, question.bound == "at most"
    if estimate is None or estimate.rate is None or sure is None:
        asked = estimate is not None and (estimate.n or estimate.undecided)
        return Standing.INVALID, "no decided cell: there is nothing to rule on" if asked else NO_CELL
    if not all(isfinite(value) for value in (estimate.rate, sure, worst or 0.0)):
        return Standing.INVALID, "the figure is no number: there is nothing to rule on"
    ends = ("upper", "lower") if upward else ("lower", "upper")
    if worst is not None and (worst <= limit if upward else worst >= limit):
        return Standing.PASS, f"{ends[0]} bound {worst:.1%} is {'within' if upward else 'at least'} {limit:.1%}"
    if sure > limit if upward else sure < limit:
        return Standing.FAIL, f"{ends[1]} bound {sure:.1%} is {'above' if upward else 'below'} {limit:.1%}"
    if worst is None:
        return Standing.INCONCLUSIVE, f"{estimate.undecided} cells are without a figure, which may be anything"
    low, high = (sure, worst) if upward else (worst, sure)
    return Standing.INCONCLUSIVE, f"{_short_of(question, estimate)}; interval {low:.1%} to {high:.1%}"


def _short_of(question: Question, estimate: Estimate) -> str:
    limit = question.limit
    if estimate.correction == "uncorrected":
        why = _NOT_ALL if estimate.measure == "selectivity" else _TOO_FEW
        return f"{why}: what the judge may hide leaves both sides of {limit:.1%} open"
    if estimate.correction:
        return f"corrected by the replies that were read, which leave both sides of {limit:.1%} open"
    if never_shown(question.gate):
        return NONE if question.bound == "at most" else ALL_RIGHT
    if question.bound == "at most" and estimate.count == 0 and not estimate.undecided and 0 < limit < 1:
        return f"no error, but {in_words(estimate.families)} cannot show {limit:.1%}: {needed(limit)} are needed"
    if estimate.count is None:
        return f"{estimate.n} cells, {estimate.undecided} more undecided, leave both sides of {limit:.1%} open"
    said = "right" if question.bound == "at least" else "wrong"
    counted = f"{estimate.count} {said} and {estimate.undecided} undecided of {estimate.n + estimate.undecided}"
    return f"{counted} leave both sides of {limit:.1%} open"
