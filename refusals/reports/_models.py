"""A figure is of the model that has answered: reports say where it is not the one that was asked, or not one alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from refusals.reports import Results

SHOWN = 5  # names that the sentence has
# What providers put behind a name: the date or number of a snapshot, or that it is whichever is newest.
_SNAPSHOT = re.compile(r"[-@](?:\d{4}-\d\d-\d\d|\d{8}|\d{6}|\d{3,4})$")
_NEWEST = re.compile(r"-latest$")


def answered_as(results: Results, system: str) -> tuple[str, ...]:
    """Return the models that a system's answers say they are of."""
    found = (results.outcomes.get(trial.id) for trial in results.plan.trials if trial.system == system)
    return tuple(sorted({outcome.model for outcome in found if outcome is not None and outcome.model}))


def other_model(results: Results, system: str) -> str:
    """Return the sentence that says which other model has answered, empty where none has."""
    facts = next((facts for facts in results.manifest.systems if facts.name == system), None)
    asked = (facts.identity or {}).get("model") if facts else None
    answered = answered_as(results, system)
    if not isinstance(asked, str) or (len(answered) < 2 and all(is_same(asked, name) for name in answered)):
        return ""
    more = f" and {len(answered) - SHOWN} more" if len(answered) > SHOWN else ""
    named = ", ".join(answered[:SHOWN])
    return f"{system} was asked for the model {asked}, and what answered calls itself {named}{more}."


def is_same(asked: str, answered: str) -> bool:
    """Return whether a model is the one that was asked for, or the snapshot that this name stands for today."""
    wanted, found = (name.rpartition("/")[2].casefold() for name in (asked, answered))
    return found in (wanted, _NEWEST.sub("", wanted)) or _SNAPSHOT.sub("", found) == _NEWEST.sub("", wanted)
