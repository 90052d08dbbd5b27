"""A cell in words: how it went, what was said in it, and what decided so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from refusals.outcomes import Side, right, side
from refusals.policies import Expectation
from refusals.systems import Text, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from refusals.outcomes import Outcome
    from refusals.plan import Trial
    from refusals.prompts import Prompt
    from refusals.study import Sides
    from refusals.systems import Reply

OVER, UNDER, UNDECIDED = "over-refused", "under-refused", "undecided"
RIGHT, NOT_SCORED, LEFT_OUT = "right", "not scored", "left out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A trial with how it ended; `reply` is None where nothing came back, or texts are not read."""

    trial: Trial
    outcome: Outcome | None
    reply: Reply | None
    went: str


def went(sides: Sides, trial: Trial, outcome: Outcome | None) -> str:
    """Return how a cell went: right, over-refused, under-refused, undecided, not scored, or left out."""
    found = Side.UNDECIDED if outcome is None else side(outcome.ending, sides)
    if found is Side.UNDECIDED:
        return UNDECIDED
    held = right(trial.expectation, found)
    if held is None:
        return LEFT_OUT if found is Side.LEFT_OUT else NOT_SCORED
    if held:
        return RIGHT
    return OVER if trial.expectation is Expectation.COMPLY else UNDER


def asked(prompt: Prompt) -> Iterator[tuple[str, str]]:
    """Yield what is sent, as (who, text)."""
    if prompt.text:
        yield "prompt", prompt.text
    for turn in prompt.turns:
        yield turn.role, turn.text
    if prompt.reply is not None:
        yield "reply to judge", prompt.reply


def answered(reply: Reply | None) -> str | None:
    """Return what came back: a text, what a classifier said, or what went wrong; None where nothing did."""
    if reply is None:
        return None
    if isinstance(reply, Text):
        return reply.text
    if isinstance(reply, Verdict):
        return reply.raw or " ".join(str(part) for part in (reply.decision, reply.score) if part is not None)
    return f"no answer: {reply.message}"


def facts_of(cell: Cell) -> Iterator[str]:
    """Yield what there is to know of a cell beside its texts, a line each."""
    trial, outcome = cell.trial, cell.outcome
    about = (str(trial.label), str(trial.kind), f"severity {trial.severity}", trial.mechanism, f"text {trial.state}")
    yield f"{', '.join(about)}; expected to {trial.expectation}"
    if trial.withheld:
        yield f"not sent: {trial.because}"
    if outcome is None:
        return
    if outcome.judge or outcome.reason:
        yield f"{outcome.judge or 'no judge'}: {outcome.reason or 'no reason given'}"
    beside = {
        "category": outcome.category,
        "score": "" if outcome.score is None else f"{outcome.score:g}",
        "reply in": outcome.reply_language,
        "model": outcome.model,
        "attempts": f"{outcome.attempts}" if outcome.attempts > 1 else "",
    }
    said = [f"{name} {value}" for name, value in beside.items() if value]
    said += [name for name in ("truncated", "cached") if getattr(outcome, name)]
    if said:
        yield ", ".join(said)
