"""An answer of OpenAI's Responses API is a list of items, and how it ended stands in three places.

A part that is a refusal goes first, then an error's code, then the status with its reason. What each literal means
stands in `signals.yaml` under `openai-responses`. Reasoning is not read; an item that comes of a tool is UNKNOWN, as no
tools are offered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from refusals.systems import Failure, Finish, Reply, Text
from refusals.systems._chat import STATUS, at, count_at, literal, say_error, text_at
from refusals.systems._chat_completions import read_error
from refusals.systems._signals import Means, ended, field

_DIALECT = "openai-responses"
_PARTS = {"output_text": "text", "refusal": "refusal"}  # kinds of content, and the field that has their words


def read(raw: object) -> Reply:
    """Read an answer: the JSON object of its body, with `http_status` beside it if that was an error's.

    Never raises. A `Failure` is what is no answer, and so no evidence about the model.
    """
    if not isinstance(raw, Mapping):
        return Failure(message="the answer is not one complete JSON object")
    if raw.get(STATUS) or raw.get("object") == "error" or (raw.get("error") and "status" not in raw):
        return read_error(raw)
    if not isinstance(raw.get("output"), list):
        return Failure(message="the answer has no output")
    means, signal = _means(raw)
    finish = ended(means, signal)
    if isinstance(finish, Failure):
        return Failure(message=say_error(raw) if raw.get("error") else signal, lasting=finish.lasting)
    words = [text_at(part, _PARTS.get(literal(at(part, "type")), "")) for part in _parts(raw)]
    return Text(
        text="".join(words),
        finish=finish,
        signal=signal,
        model=text_at(raw, "model"),
        input_tokens=count_at(raw, "usage", "input_tokens"),
        output_tokens=count_at(raw, "usage", "output_tokens"),
    )


def _means(raw: Mapping[str, Any]) -> tuple[Means, str]:
    refused = next((part for part in _parts(raw) if _of_part(part) is Means.BLOCKED), None)
    if refused is not None:
        return Means.BLOCKED, f"content.type={literal(at(refused, 'type'))}"
    if raw.get("error"):
        code = at(raw, "error", "code")
        return field("error.code", _DIALECT).means(code), f"error.code={literal(code)}"
    name, said = "status", raw.get("status")
    means = field(name, _DIALECT).means(said)
    if means is Means.PASSES:
        name, said = "incomplete_details.reason", at(raw, "incomplete_details", "reason")
        means = field(name, _DIALECT).means(said)
    if means in (Means.COMPLETE, Means.TRUNCATED) and (other := _strange(raw)):
        return Means.UNKNOWN, other
    return means, f"{name}={literal(said)}"


def _of_part(part: object) -> Means:
    return field("content.type", _DIALECT).means(at(part, "type"))


def _parts(raw: Mapping[str, Any]) -> Iterator[object]:
    """Yield the parts of all messages."""
    for item in raw["output"]:
        content = at(item, "content") if at(item, "type") == "message" else None
        yield from content if isinstance(content, list) else ()


def _strange(raw: Mapping[str, Any]) -> str:
    """Return what there is in an answer that a text alone has not."""
    for item in raw["output"]:
        kind = at(item, "type")
        if field("output.type", _DIALECT).means(kind) is not Means.PASSES:
            return f"output.type={literal(kind)}"
        if kind == "message" and not isinstance(at(item, "content"), list):
            return "content that cannot be read"
    for part in _parts(raw):
        kind = literal(at(part, "type"))
        if _of_part(part) is not Means.PASSES:
            return f"content.type={kind}"
        if not isinstance(at(part, _PARTS.get(kind, "")), str):
            return "content that cannot be read"
    return ""


def _answer(*parts: object, status: object = "completed", **more: Any) -> dict[str, Any]:
    output = [{"type": "reasoning", "summary": []}, {"type": "message", "role": "assistant", "content": list(parts)}]
    usage = {"input_tokens": 9, "output_tokens": 5}
    made = {"object": "response", "model": "m-1", "status": status, "error": None, "output": output, "usage": usage}
    return made | more


def _text(text: str, finish: Finish, signal: str) -> Text:
    return Text(text=text, finish=finish, signal=signal, model="m-1", input_tokens=9, output_tokens=5)


def _cut(reason: str | None) -> dict[str, Any]:
    return _answer(_SU, status="incomplete", incomplete_details={"reason": reason})


def _failed(code: str) -> dict[str, Any]:
    return _answer(status="failed", error={"code": code, "message": "Sorry."})


_SU, _RE = {"type": "output_text", "text": "Su"}, {"type": "output_text", "text": "re."}
_NO = {"type": "refusal", "refusal": "No."}
_REASON = "incomplete_details.reason"

EXAMPLES: tuple[tuple[object, Reply], ...] = (
    (_answer(_SU, _RE), _text("Sure.", Finish.COMPLETE, "status=completed")),
    (_answer(), _text("", Finish.COMPLETE, "status=completed")),
    (_answer(_NO), _text("No.", Finish.BLOCKED, "content.type=refusal")),
    (_answer(_SU, _NO), _text("SuNo.", Finish.BLOCKED, "content.type=refusal")),
    (_cut("max_output_tokens"), _text("Su", Finish.TRUNCATED, f"{_REASON}=max_output_tokens")),
    (_cut("content_filter"), _text("Su", Finish.BLOCKED, f"{_REASON}=content_filter")),
    (_cut("steered"), _text("Su", Finish.UNKNOWN, f"{_REASON}=steered")),
    (_cut("brand_new"), _text("Su", Finish.UNKNOWN, f"{_REASON}=brand_new")),
    (_cut(None), _text("Su", Finish.UNKNOWN, f"{_REASON}=null")),
    (_answer(_SU, status="brand_new"), _text("Su", Finish.UNKNOWN, "status=brand_new")),
    (_answer(_SU, status="queued"), _text("Su", Finish.UNKNOWN, "status=queued")),
    (_answer({"type": "brand_new"}), _text("", Finish.UNKNOWN, "content.type=brand_new")),
    (_answer({"type": "output_text"}), _text("", Finish.UNKNOWN, "content that cannot be read")),
    (_answer(output=[{"type": "function_call"}]), _text("", Finish.UNKNOWN, "output.type=function_call")),
    (_failed("bio_policy"), _text("", Finish.BLOCKED, "error.code=bio_policy")),
    (_failed("misalignment_policy_violation"), _text("", Finish.BLOCKED, "error.code=misalignment_policy_violation")),
    (_failed("server_error"), Failure(message="an error in place of an answer: server_error: Sorry.")),
    (
        _failed("data_residency_mismatch"),
        Failure(message="an error in place of an answer: data_residency_mismatch: Sorry.", lasting=True),
    ),
    (_answer(_SU, status="cancelled"), Failure(message="status=cancelled")),
    (
        {STATUS: 400, "error": {"code": "invalid_prompt", "message": "Your prompt was flagged."}},
        Text(text="", finish=Finish.BLOCKED, signal="http 400 invalid_prompt"),
    ),
    ({STATUS: 404, "error": {"message": "No such path."}}, Failure(message="http 404: No such path.")),
    ({"object": "response"}, Failure(message="the answer has no output")),
    (None, Failure(message="the answer is not one complete JSON object")),
)
