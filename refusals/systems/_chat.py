"""Chat models have in common what can be sent to them and how far their answers can be trusted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from refusals.cases import Kind
from refusals.clean import storable
from refusals.errors import InputError, nearest
from refusals.systems import CallError, Failure

if TYPE_CHECKING:
    from refusals.prompts import Prompt
    from refusals.study import SystemSpec

KINDS = frozenset({Kind.REQUEST, Kind.CONVERSATION})
CONCURRENCY = 64
MAX_BYTES = 16 * 2**20
STATUS = "http_status"  # where `read` finds the status of an answer that was an error
_ROLES = frozenset({"user", "assistant", "system"})


def read_kinds(spec: SystemSpec) -> frozenset[Kind]:
    """Return the kinds of case that are sent: those of the spec, else all that a chat model reads.

    Raises:
        InputError: if the spec names another one.
    """
    for kind in spec.kinds:
        if kind not in KINDS:
            raise InputError(f"{spec.name} is a chat model and reads no {kind!r}; {nearest(kind, sorted(KINDS))}")
    return frozenset(map(Kind, spec.kinds)) or KINDS


def read_options(spec: SystemSpec, allowed: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Return the options of a spec; one that has no values listed may have any.

    Raises:
        InputError: if one is unknown or has a value that is not allowed.
    """
    for name, value in spec.options:
        if name not in allowed:
            raise InputError(f"{spec.name} has no option {name!r}; {nearest(name, sorted(allowed))}")
        if allowed[name] and value not in allowed[name]:
            raise InputError(f"{spec.name}: {name} cannot be {value!r}; {nearest(value, list(allowed[name]))}")
    return dict(spec.options)


def system_prompt(spec: SystemSpec, options: Mapping[str, str]) -> dict[str, str]:
    """Return the study's system prompt as a part of the identity, empty where there is none.

    Raises:
        InputError: if it has no words.
    """
    if "system" in options and not options["system"].strip():
        raise InputError(f"{spec.name}: the system prompt is empty; write one, or leave out `system`")
    return {"system": options["system"]} if "system" in options else {}


def messages(prompt: Prompt, system: str = "") -> list[dict[str, str]]:
    """Return the turns to send; a system prompt goes before that of the case itself, in one turn with it.

    Raises:
        CallError: if a chat model cannot be sent them, or they leave nothing to answer.
    """
    turns = _turns(prompt)
    if not system:
        return turns
    own = turns.pop(0)["content"] if turns[0]["role"] == "system" else ""
    return [{"role": "system", "content": f"{system}\n\n{own}" if own else system}, *turns]


def _turns(prompt: Prompt) -> list[dict[str, str]]:
    if not prompt.turns:
        return [{"role": "user", "content": prompt.text}]
    for turn in prompt.turns:
        if turn.role not in _ROLES:
            raise CallError(f"a chat model is not sent turns of the role {turn.role!r}", again=False)
    if prompt.turns[-1].role != "user":
        raise CallError("the conversation does not end with a user's turn: there is nothing to answer", again=False)
    return [{"role": turn.role, "content": turn.text} for turn in prompt.turns]


def after_system(turns: list[dict[str, str]]) -> tuple[str, list[dict[str, str]]]:
    """Return the system's text that a conversation begins with, empty if with none, and the turns after it.

    Raises:
        CallError: if the system speaks later too, for which the protocol has no place.
    """
    begins = turns[0]["role"] == "system"
    rest = turns[begins:]
    if any(turn["role"] == "system" for turn in rest):
        raise CallError("this model is sent a system's turn at the beginning only", again=False)
    return (turns[0]["content"] if begins else ""), rest


def decode(body: bytes | bytearray) -> dict[str, Any] | None:
    """Return the JSON object that a body is; None if it is anything else.

    NaN, infinities, duplicate keys and bytes that are not UTF-8 are no JSON here.
    """
    try:
        found = json.loads(body.decode(), parse_constant=_no_constant, object_pairs_hook=_no_duplicates)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate key")
    return found


def at(raw: object, *path: str | int) -> Any:
    """Return what stands at a path in an answer, None if nothing does."""
    for step in path:
        if isinstance(step, str):
            raw = raw.get(step) if isinstance(raw, Mapping) else None
        else:
            raw = raw[step] if isinstance(raw, list) and step < len(raw) else None
    return raw


def text_at(raw: object, *path: str | int) -> str:
    """Return the text at a path, empty if there is none."""
    found = at(raw, *path)
    return storable(found) if isinstance(found, str) else ""


def joined(blocks: object, kind: str) -> str:
    """Return the texts of the blocks of a kind, which stand in a field of its name."""
    found = blocks if isinstance(blocks, list) else []
    return "".join(text_at(block, kind) for block in found if at(block, "type") == kind)


def are_readable(blocks: list[object]) -> bool:
    """Return whether each block says its kind, and each text and refusal is one."""
    kinds = [(at(block, "type"), block) for block in blocks]
    return all(
        isinstance(kind, str) and (kind not in ("text", "refusal") or isinstance(at(block, kind), str))
        for kind, block in kinds
    )


def count_at(raw: object, *path: str | int) -> int | None:
    """Return the number of tokens at a path, None if there is none that can be one."""
    found = at(raw, *path)
    return found if type(found) is int and 0 <= found < 10**12 else None


def literal(value: object) -> str:
    """Return how a provider's literal is shown that is not among the known ones."""
    if isinstance(value, str):
        return storable(value)[:100]
    return "null" if value is None else f"({type(value).__name__})"


def say_error(raw: Mapping[str, Any]) -> str:
    """Return what an error says: its status, type, code and message, as far as it has them."""
    status = raw.get(STATUS)
    error = raw.get("error", raw)  # some servers put the fields of an error at the top
    parts = [at(error, key) for key in ("type", "code", "message")] if isinstance(error, Mapping) else [error]
    told = [
        storable(str(part)) for part in (*parts, raw.get("detail")) if isinstance(part, str | int) and part != "error"
    ]
    return ": ".join(
        [storable(f"http {status}") if status else "an error in place of an answer", *dict.fromkeys(told)]
    )[:400]


def no_answer(raw: object) -> Failure | None:
    """Return why an answer is none at all, None where it is one."""
    if not isinstance(raw, Mapping):
        return Failure(message="the answer is not one complete JSON object")
    return Failure(message=say_error(raw)) if raw.get(STATUS) or raw.get("error") else None
