"""An answer in JSON is one object that says exactly one of: a verdict, a text, an error.

`command` reads it from a program's output and `recorded` from a file:

- `{"decision": "allow|review|flag|abstain"}`, or `{"flagged": true}` for short, or
  `{"score": 0.93}`, the first two also with a score, all with `"categories": ["…"]`;
- `{"text": "…"}`;
- `{"error": "…"}`.

Other keys are left alone, and null is as good as a key that is not there. A decision holds
whatever the score is. What is none of this is `unreadable`, never a guess.
"""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from refusals.clean import storable
from refusals.errors import InputError, Place
from refusals.systems import Decision, Failure, Reply, Text, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from refusals.study import SystemSpec

KEYS = ("decision", "flagged", "score", "text", "error")
EXAMPLES: tuple[tuple[dict[str, Any], Reply], ...] = (
    ({"id": "a", "decision": "allow"}, Verdict(decision=Decision.ALLOW)),
    (
        {"id": "a", "decision": "flag", "score": 0.93, "categories": ["S2"]},
        Verdict(decision=Decision.FLAG, score=0.93, categories=("S2",)),
    ),
    ({"id": "a", "decision": "review", "score": None}, Verdict(decision=Decision.REVIEW)),
    ({"id": "a", "decision": "abstain"}, Verdict(decision=Decision.ABSTAIN)),
    ({"id": "a", "flagged": True}, Verdict(decision=Decision.FLAG)),
    ({"id": "a", "flagged": False, "score": 1}, Verdict(decision=Decision.ALLOW, score=1.0)),
    ({"id": "a", "score": 0.25}, Verdict(score=0.25)),
    ({"id": "a", "text": "I can't help with that."}, Text(text="I can't help with that.")),
    ({"id": "a", "text": ""}, Text(text="")),
    ({"id": "a", "text": "half \ud83d of a pair"}, Text(text="half \ufffd of a pair")),
    ({"id": "a", "error": "out of memory"}, Failure(message="out of memory")),
    ({"score": math.nan}, Verdict(decision=Decision.UNREADABLE, raw='{"score": NaN}')),
    ({"decision": "block"}, Verdict(decision=Decision.UNREADABLE, raw='{"decision": "block"}')),
    ({"decision": "unreadable"}, Verdict(decision=Decision.UNREADABLE, raw='{"decision": "unreadable"}')),
    ({"flagged": 1}, Verdict(decision=Decision.UNREADABLE, raw='{"flagged": 1}')),
    ({"score": True}, Verdict(decision=Decision.UNREADABLE, raw='{"score": true}')),
    (
        {"decision": "allow", "flagged": True},
        Verdict(decision=Decision.UNREADABLE, raw='{"decision": "allow", "flagged": true}'),
    ),
    (
        {"decision": "allow", "text": "No."},
        Verdict(decision=Decision.UNREADABLE, raw='{"decision": "allow", "text": "No."}'),
    ),
    ({}, Verdict(decision=Decision.UNREADABLE, raw="{}")),
)

_SAID = frozenset(Decision) - {Decision.UNREADABLE}


def parse_object(line: bytes, path: str, number: int) -> dict[str, Any]:
    """Return the JSON object that a line is.

    Args:
        line: the line without its end.
        path: how errors call what the line stands in.
        number: of the line, from 1.

    Raises:
        InputError: with `path:line:column`, if it is no JSON object in UTF-8 with keys that differ.
    """
    try:
        text = line.decode("utf-8")
        found = json.loads(text.removeprefix("\ufeff") if number == 1 else text, object_pairs_hook=_distinct)
    except UnicodeDecodeError as error:
        raise InputError("the line is not UTF-8", Place(path, number, error.start + 1)) from None
    except json.JSONDecodeError as error:
        raise InputError(f"the line is not a JSON object: {error.msg}", Place(path, number, error.colno)) from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"the line is not a JSON object: {error}", Place(path, number, 1)) from None
    if not isinstance(found, dict):
        raise InputError(f"the line is not a JSON object but {type(found).__name__}", Place(path, number, 1))
    return found


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the key {next(name for name in names if names.count(name) > 1)!r} stands twice")
    return found


def read(raw: object) -> Reply:
    """Return what an answer says; one that says nothing, or two things, is unreadable."""
    if not isinstance(raw, dict):
        return unreadable(raw)
    given = {key: raw[key] for key in KEYS if raw.get(key) is not None}
    if "error" in given and len(given) == 1:
        return Failure(message=failure_message(given["error"]))
    if "text" in given and len(given) == 1 and isinstance(given["text"], str):
        return Text(text=storable(given["text"]))
    if not given or "error" in given or "text" in given:
        return unreadable(raw)
    return _verdict(given, raw)


def _verdict(given: Mapping[str, Any], raw: dict[str, Any]) -> Verdict:
    decisions = {_decision(key, given[key]) for key in ("decision", "flagged") if key in given}
    score = finite(given["score"]) if "score" in given else None
    categories = [] if raw.get("categories") is None else raw["categories"]
    listed = isinstance(categories, list) and all(isinstance(each, str) for each in categories)
    if None in decisions or len(decisions) > 1 or ("score" in given and score is None) or not listed:
        return unreadable(raw)
    return Verdict(
        decision=next(iter(decisions), None), score=score, categories=tuple(storable(each) for each in categories)
    )


def _decision(key: str, said: object) -> Decision | None:
    if key == "flagged":
        return {True: Decision.FLAG, False: Decision.ALLOW}[said] if isinstance(said, bool) else None
    return Decision(said) if isinstance(said, str) and said in _SAID else None


def finite(score: object) -> float | None:
    """Return a number as a float, or None if it is none or not finite."""
    if isinstance(score, bool) or not isinstance(score, int | float):
        return None
    try:
        number = float(score)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def failure_message(said: object) -> str:
    """Return what a system reports as its error, in one line."""
    return (
        " ".join(storable(said if isinstance(said, str) else _shown(said)).split())[:500] or "an error without a reason"
    )


def unreadable(raw: object) -> Verdict:
    """Return the verdict that keeps what could not be read."""
    return Verdict(decision=Decision.UNREADABLE, raw=storable(_shown(raw))[:1000])


def _shown(raw: object) -> str:
    try:
        return json.dumps(raw, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        return f"a {type(raw).__name__} that is not JSON"


def complete(reply: Reply, spec: SystemSpec) -> Reply:
    """Return the reply, a score alone with the threshold of the study, if that does not calibrate it.

    Raises:
        InputError: if it is a score alone and the study has no threshold for the system.
    """
    if not isinstance(reply, Verdict) or reply.decision is not None or reply.threshold is not None or spec.calibrate:
        return reply
    if spec.threshold is None:
        raise InputError(
            f"the system {spec.name!r} answers with a score alone and has no threshold from which on it flags; "
            f"write `threshold: 0.5` under it in the study, or give --threshold {spec.name}=0.5"
        )
    return replace(reply, threshold=spec.threshold)
