"""An answer of Anthropic's Messages API says how it ended, and that goes before its words.

A refusal is a stop reason, or the 400 of the content filter, and so is a result and never an
error. What each literal means stands in `signals.yaml` under `anthropic-messages`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from refusals.systems import Failure, Finish, Reply, Text
from refusals.systems._chat import STATUS, are_readable, at, count_at, joined, literal, say_error, text_at
from refusals.systems._signals import Means, ended, field

_DIALECT = "anthropic-messages"


def read(raw: object) -> Reply:
    """Read an answer: the JSON object of its body, with `http_status` beside it if that was an error's.

    Never raises. A `Failure` is what is no answer, and so no evidence about the model.
    """
    if not isinstance(raw, Mapping):
        return Failure(message="the answer is not one complete JSON object")
    if raw.get(STATUS) or raw.get("error") or raw.get("type") == "error":
        return _read_error(raw)
    if not isinstance(raw.get("content"), list):
        return Failure(message="the answer has no content")
    means, signal = _means(raw)
    finish = ended(means, signal)
    if isinstance(finish, Failure):
        return finish
    return Text(
        text=joined(raw["content"], "text"),
        finish=finish,
        signal=signal,
        category=text_at(raw, "stop_details", "category") if finish is Finish.BLOCKED else "",
        model=text_at(raw, "model"),
        input_tokens=_input_tokens(raw),
        output_tokens=count_at(raw, "usage", "output_tokens"),
    )


def _input_tokens(raw: Mapping[str, Any]) -> int | None:
    """Return all tokens that went in: the API counts those written to a prompt cache, or read from it, apart."""
    plain = count_at(raw, "usage", "input_tokens")
    cached = [count_at(raw, "usage", f"cache_{way}_input_tokens") or 0 for way in ("creation", "read")]
    return None if plain is None else plain + sum(cached)


def _means(raw: Mapping[str, Any]) -> tuple[Means, str]:
    reason, detail = raw.get("stop_reason"), at(raw, "stop_details", "type")
    said, signal = field("stop_reason", _DIALECT).means(reason), f"stop_reason={literal(reason)}"
    if said is Means.BLOCKED:
        return said, signal
    if detail is not None:
        return field("stop_details.type", _DIALECT).means(detail), f"stop_details.type={literal(detail)}"
    if not are_readable(raw["content"]):
        return Means.UNKNOWN, "content that cannot be read"
    return _other_model(raw) or (said, signal)


def _other_model(raw: Mapping[str, Any]) -> tuple[Means, str] | None:
    """Return what tells that a fallback model has answered: we never ask for one, a gateway may."""
    turns = at(raw, "usage", "iterations")
    for name, places in (("content.type", raw["content"]), ("usage.iterations.type", turns)):
        for kind in (at(place, "type") for place in (places if isinstance(places, list) else ())):
            said = field(name, _DIALECT).means(kind)
            if said is not Means.PASSES:
                return said, f"{name}={literal(kind)}"
    return None


def _read_error(raw: Mapping[str, Any]) -> Reply:
    status = raw.get(STATUS, 200)
    if status in (200, 400) and at(raw, "error", "type") == "invalid_request_error":
        message = text_at(raw, "error", "message").lower()
        for sentence, means in field("error.message", _DIALECT).values.items():
            if means is Means.BLOCKED and sentence in message:
                return Text(text="", finish=Finish.BLOCKED, signal=f"http {status} {sentence}")
    return Failure(message=say_error(raw))


def _message(text: str, stop_reason: str | None, **more: Any) -> dict[str, Any]:
    content = [{"type": "text", "text": text}] if text else []
    usage = {"input_tokens": 9, "output_tokens": 5}
    return {"type": "message", "model": "m-1", "content": content, "stop_reason": stop_reason, "usage": usage} | more


def _text(text: str, finish: Finish, signal: str, category: str = "") -> Text:
    return Text(
        text=text, finish=finish, signal=signal, category=category, model="m-1", input_tokens=9, output_tokens=5
    )


def _error(status: int, kind: str, message: str) -> dict[str, Any]:
    return {STATUS: status, "type": "error", "error": {"details": None, "type": kind, "message": message}}


_CYBER = {"type": "refusal", "category": "cyber", "explanation": None}
_THOUGHT = {"type": "thinking", "thinking": "They ask me to …", "signature": "c2ln"}
_SPLIT = [_THOUGHT, {"type": "text", "text": " Two"}, {"type": "text", "text": "\nparts "}]
_CACHED = {
    "input_tokens": 9,
    "cache_creation_input_tokens": 0,
    "cache_read_input_tokens": 2000,
    "output_tokens": 5,
}
_HOP = [{"type": "fallback"}, {"type": "text", "text": "Sure."}]

EXAMPLES: tuple[tuple[object, Reply], ...] = (
    (_message("Sure.", "end_turn"), _text("Sure.", Finish.COMPLETE, "stop_reason=end_turn")),
    (_message("Sure.", "stop_sequence"), _text("Sure.", Finish.COMPLETE, "stop_reason=stop_sequence")),
    (_message("", "end_turn"), _text("", Finish.COMPLETE, "stop_reason=end_turn")),
    (_message("", "end_turn", content=_SPLIT), _text(" Two\nparts ", Finish.COMPLETE, "stop_reason=end_turn")),
    (
        _message("Sure.", "end_turn", usage=_CACHED),
        replace(_text("Sure.", Finish.COMPLETE, "stop_reason=end_turn"), input_tokens=2009),
    ),
    (_message("\ud83d!", "end_turn"), _text("\ufffd!", Finish.COMPLETE, "stop_reason=end_turn")),
    (_message("Su", "max_tokens"), _text("Su", Finish.TRUNCATED, "stop_reason=max_tokens")),
    (
        _message("Su", "model_context_window_exceeded"),
        _text("Su", Finish.TRUNCATED, "stop_reason=model_context_window_exceeded"),
    ),
    (_message("Su", "pause_turn"), _text("Su", Finish.TRUNCATED, "stop_reason=pause_turn")),
    (
        _message("", "refusal", stop_details=_CYBER),
        _text("", Finish.BLOCKED, "stop_reason=refusal", "cyber"),
    ),
    (_message("Su", "refusal"), _text("Su", Finish.BLOCKED, "stop_reason=refusal")),
    (
        _message("Su", "end_turn", stop_details=_CYBER),
        _text("Su", Finish.BLOCKED, "stop_details.type=refusal", "cyber"),
    ),
    (
        _message("Su", "end_turn", stop_details={"type": "brand_new"}),
        _text("Su", Finish.UNKNOWN, "stop_details.type=brand_new"),
    ),
    (_message("Su", "tool_use"), _text("Su", Finish.UNKNOWN, "stop_reason=tool_use")),
    (_message("Su", "brand_new"), _text("Su", Finish.UNKNOWN, "stop_reason=brand_new")),
    (_message("Su", None), _text("Su", Finish.UNKNOWN, "stop_reason=null")),
    (_message("", "end_turn", content=[{"type": "text"}]), _text("", Finish.UNKNOWN, "content that cannot be read")),
    (_message("", "end_turn", content=_HOP), _text("Sure.", Finish.UNKNOWN, "content.type=fallback")),
    (
        _error(400, "invalid_request_error", "Output blocked by content filtering policy"),
        Text(text="", finish=Finish.BLOCKED, signal="http 400 content filtering policy"),
    ),
    (
        _error(400, "billing_error", "see our content filtering policy"),
        Failure(message="http 400: billing_error: see our content filtering policy"),
    ),
    (
        _error(500, "api_error", "content filtering policy unavailable"),
        Failure(message="http 500: api_error: content filtering policy unavailable"),
    ),
    (
        _error(403, "invalid_request_error", "see our content filtering policy"),
        Failure(message="http 403: invalid_request_error: see our content filtering policy"),
    ),
    (
        _error(400, "invalid_request_error", "max_tokens: field required"),
        Failure(message="http 400: invalid_request_error: max_tokens: field required"),
    ),
    (
        _error(529, "overloaded_error", "Overloaded"),
        Failure(message="http 529: overloaded_error: Overloaded"),
    ),
    (
        {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}},
        Failure(message="an error in place of an answer: overloaded_error: Overloaded"),
    ),
    ({}, Failure(message="the answer has no content")),
    (None, Failure(message="the answer is not one complete JSON object")),
)
