"""One row a cell, for people's own notebooks: every fact of the trial, then every fact of how it ended."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING

from refusals.clean import clean
from refusals.outcomes import Outcome, side
from refusals.reports._cells import answered, asked, went
from refusals.reports.json import UNANSWERED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from refusals.plan import Trial
    from refusals.reports import Results

SCHEMA = "refusals/outcomes/1"

Value = str | int | float | bool | None


class Shape(Enum):
    """What a column holds. WORD is a string that returns in many rows."""

    STRING = "string"
    WORD = "word"
    WHOLE = "whole number"
    NUMBER = "number"
    TRUTH = "true or false"
    TEXT = "what somebody wrote, lines and all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column, and how its value is read from a cell that has ended."""

    name: str
    shape: Shape
    read: Callable[[Results, Trial, Outcome], Value]


def _of_trial(name: str, shape: Shape, attribute: str = "") -> Column:
    return Column(name=name, shape=shape, read=lambda _, trial, __: _plain(getattr(trial, attribute or name)))


def _of_outcome(name: str, shape: Shape) -> Column:
    return Column(name=name, shape=shape, read=lambda _, __, outcome: _plain(getattr(outcome, name)))


def _plain(value: Value) -> Value:
    return str(value) if isinstance(value, str) else value  # an enum's member is written as its word


def _side(results: Results, trial: Trial, outcome: Outcome) -> Value:  # noqa: ARG001 - the shape of a column
    return str(side(outcome.ending, results.sides))


def _went(results: Results, trial: Trial, outcome: Outcome) -> Value:
    return went(results.sides, trial, outcome)


def _prompt(results: Results, trial: Trial, outcome: Outcome) -> Value:  # noqa: ARG001 - the shape of a column
    return "\n\n".join(text if who == "prompt" else f"{who}: {text}" for who, text in asked(trial.prompt))


def _reply(results: Results, trial: Trial, outcome: Outcome) -> Value:  # noqa: ARG001 - the shape of a column
    return answered(results.replies.get(trial.id))


COLUMNS = (
    _of_trial("trial", Shape.STRING, "id"),
    *(_of_trial(name, Shape.WORD) for name in ("system", "language", "case", "family", "domain", "label", "kind")),
    *(_of_trial(name, Shape.WORD) for name in ("expectation", "mechanism", "axis")),
    _of_trial("severity", Shape.WHOLE),
    *(_of_trial(name, Shape.WORD) for name in ("script", "tier", "state")),
    _of_trial("parallel", Shape.TRUTH),
    _of_trial("native", Shape.TRUTH),
    *(_of_trial(name, Shape.WORD) for name in ("variant_of", "split")),
    _of_trial("repeat", Shape.WHOLE),
    Column(name="prompt_digest", shape=Shape.STRING, read=lambda _, trial, __: trial.prompt.id),
    _of_outcome("ending", Shape.WORD),
    Column(name="side", shape=Shape.WORD, read=_side),
    Column(name="went", shape=Shape.WORD, read=_went),
    *(_of_outcome(name, Shape.WORD) for name in ("judge", "reason", "category")),
    _of_outcome("score", Shape.NUMBER),
    _of_outcome("reply_language", Shape.WORD),
    _of_outcome("truncated", Shape.TRUTH),
    _of_outcome("model", Shape.WORD),
    _of_outcome("cached", Shape.TRUTH),
    *(_of_outcome(name, Shape.WHOLE) for name in ("attempts", "input_tokens", "output_tokens")),
    *(_of_outcome(name, Shape.NUMBER) for name in ("cost", "seconds")),
)
TEXTS = (Column(name="prompt", shape=Shape.TEXT, read=_prompt), Column(name="reply", shape=Shape.TEXT, read=_reply))


def columns_of(*, show_text: bool) -> tuple[Column, ...]:
    """Return the columns; prompts and replies are among them where texts are to be shown."""
    return (*COLUMNS, *TEXTS) if show_text else COLUMNS


def rows_of(results: Results, columns: tuple[Column, ...]) -> Iterator[tuple[Value, ...]]:
    """Yield a row for each planned cell in the order of the plan; one without an outcome was not run."""
    from refusals.plan import Ending

    for trial in results.plan.trials:
        outcome = results.outcomes.get(trial.id) or Outcome(trial=trial.id, ending=Ending(UNANSWERED))
        yield tuple(column.read(results, trial, outcome) for column in columns)


@lru_cache(maxsize=65536)
def cleaned(word: str) -> str:
    """Return a string on one line that can do nothing but be read; most of a table's strings return."""
    return clean(word)


def manifest_of(results: Results) -> dict[str, str]:
    """Return what a table says of the run that it is of."""
    manifest = json.dumps(asdict(results.manifest), sort_keys=True)
    return {"schema": SCHEMA, "ruling": str(results.standing or ""), "manifest": manifest}
