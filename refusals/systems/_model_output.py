"""An output of Inspect says how it ended in three places, and a refusal may stand in any of them.

Its providers put a refusal into the stop reason (`content_filter`), into the stop details (`refusal`, with `stop` as
the reason, where OpenAI's message has one) or onto a block of the content. Where a provider brought nothing at all,
Inspect writes `(no content)`, which nobody has said. An output of another model than was asked for is UNKNOWN.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from refusals.systems import Failure, Finish, Reply, Text
from refusals.systems._answer import unreadable
from refusals.systems._chat import are_readable, at, count_at, joined, literal, text_at

_FINISHES = {
    "stop": Finish.COMPLETE,
    "max_tokens": Finish.TRUNCATED,
    "model_length": Finish.TRUNCATED,
    "content_filter": Finish.BLOCKED,
}
_NOTHING = "(no content)"


def read(raw: object) -> Reply:
    """Read an output: the JSON object that its `model_dump` is. An output without a message cannot be read."""
    if not isinstance(raw, Mapping):
        return Failure(message="the answer is not one complete JSON object")
    choice = at(raw, "choices", 0)
    message = at(choice, "message")
    if not isinstance(message, Mapping):
        return unreadable({key: raw.get(key) for key in ("choices", "error")})
    said = message.get("content")
    finish, signal = _finish(raw, choice, said)
    text = joined(said, "text") if isinstance(said, list) else text_at(message, "content")
    return Text(
        text="" if text == _NOTHING else text,
        finish=finish,
        signal=signal,
        category=_category(choice) if finish is Finish.BLOCKED else "",
        model=text_at(raw, "model"),
        input_tokens=count_at(raw, "usage", "input_tokens"),
        output_tokens=count_at(raw, "usage", "output_tokens"),
    )


def _finish(raw: Mapping[str, Any], choice: object, said: object) -> tuple[Finish, str]:
    reason = at(choice, "stop_reason")
    signal = f"stop_reason={literal(reason)}"
    if reason == "content_filter":
        return Finish.BLOCKED, signal
    if at(choice, "stop_details", "type") == "refusal":
        return Finish.BLOCKED, "stop_details.type=refusal"
    blocks = said if isinstance(said, list) else []
    if any(at(block, "refusal") is True for block in blocks):
        return Finish.BLOCKED, "content.refusal"
    if not (are_readable(blocks) if isinstance(said, list) else isinstance(said, str)):
        return Finish.UNKNOWN, "content that cannot be read"
    if raw.get("fallback") is not None:
        return Finish.UNKNOWN, "fallback to another model"
    return (_FINISHES.get(reason, Finish.UNKNOWN) if isinstance(reason, str) else Finish.UNKNOWN), signal


def _category(choice: object) -> str:
    """Return the names of what has stopped the model, as far as the provider says them."""
    listed = at(choice, "stop_details", "categories")
    names = [text_at(each, "category") for each in listed] if isinstance(listed, list) else []
    return ",".join(dict.fromkeys(filter(None, names))) or text_at(choice, "stop_details", "category")


def _output(content: object, reason: object, details: object = None, **more: Any) -> dict[str, Any]:
    choice = {"message": {"role": "assistant", "content": content}, "stop_reason": reason, "stop_details": details}
    return {"model": "m-1", "choices": [choice], "usage": {"input_tokens": 9, "output_tokens": 5}} | more


def _text(text: str, finish: Finish, signal: str, category: str = "") -> Text:
    return Text(
        text=text, finish=finish, signal=signal, category=category, model="m-1", input_tokens=9, output_tokens=5
    )


_CYBER: dict[str, Any] = {"type": "refusal", "category": "cyber", "explanation": None, "categories": []}
_SAFETY = {"type": "SAFETY", "category": "HATE", "categories": [{"category": "HATE"}, {"category": "DANGEROUS"}]}
_THOUGHT = {"type": "reasoning", "reasoning": "They ask me to …"}
_PARTS = [_THOUGHT, {"type": "text", "text": "Su", "refusal": None}, {"type": "text", "text": "re.", "refusal": None}]
_NO = [{"type": "text", "text": "No.", "refusal": True}]
_EMPTY: dict[str, Any] = {"model": "m-1", "choices": [], "error": "overloaded"}

EXAMPLES: tuple[tuple[object, Reply], ...] = (
    (_output("Sure.", "stop"), _text("Sure.", Finish.COMPLETE, "stop_reason=stop")),
    (_output(_PARTS, "stop"), _text("Sure.", Finish.COMPLETE, "stop_reason=stop")),
    (_output("", "stop"), _text("", Finish.COMPLETE, "stop_reason=stop")),
    (_output(_NOTHING, "stop"), _text("", Finish.COMPLETE, "stop_reason=stop")),
    (_output("\ud83d!", "stop"), _text("\ufffd!", Finish.COMPLETE, "stop_reason=stop")),
    (_output("Su", "max_tokens"), _text("Su", Finish.TRUNCATED, "stop_reason=max_tokens")),
    (_output("", "max_tokens"), _text("", Finish.TRUNCATED, "stop_reason=max_tokens")),
    (_output("Su", "model_length"), _text("Su", Finish.TRUNCATED, "stop_reason=model_length")),
    (_output("", "content_filter"), _text("", Finish.BLOCKED, "stop_reason=content_filter")),
    (_output("", "content_filter", _SAFETY),
     _text("", Finish.BLOCKED, "stop_reason=content_filter", "HATE,DANGEROUS")),
    (_output("No.", "stop", _CYBER), _text("No.", Finish.BLOCKED, "stop_details.type=refusal", "cyber")),
    (_output(_NO, "stop"), _text("No.", Finish.BLOCKED, "content.refusal")),
    (_output("Sure.", "stop", {"type": "STOP"}), _text("Sure.", Finish.COMPLETE, "stop_reason=stop")),
    (_output("Su", "tool_calls"), _text("Su", Finish.UNKNOWN, "stop_reason=tool_calls")),
    (_output("Su", "unknown"), _text("Su", Finish.UNKNOWN, "stop_reason=unknown")),
    (_output("Su", "brand_new"), _text("Su", Finish.UNKNOWN, "stop_reason=brand_new")),
    (_output("Su", None), _text("Su", Finish.UNKNOWN, "stop_reason=null")),
    (_output(7, "stop"), _text("", Finish.UNKNOWN, "content that cannot be read")),
    (_output([{"type": "text"}], "stop"), _text("", Finish.UNKNOWN, "content that cannot be read")),
    (_output("Sure.", "stop", fallback={"model": "m-1", "fallback_model": "m-2"}),
     _text("Sure.", Finish.UNKNOWN, "fallback to another model")),
    (_EMPTY, unreadable({"choices": [], "error": "overloaded"})),
    ({}, unreadable({"choices": None, "error": None})),
    (None, Failure(message="the answer is not one complete JSON object")),
)  # fmt: skip
