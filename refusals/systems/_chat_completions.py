"""An answer of Chat Completions says how it ended, in one of its many dialects, before its words.

`message.refusal`, the finish reason and a filter's error code are results and never errors.
Where the server says that its filter was down (`content_filter_error`), the reply is UNKNOWN:
what is asked is the guarded system, and its guard was not there. So is a finish that is missing
or not in `_FINISHES`, `tool_calls` and `function_call` among them, as no tools are offered.
Reasoning in a field or part of its own is not read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from refusals.systems import Failure, Finish, Reply, Text
from refusals.systems._chat import STATUS, are_readable, at, count_at, joined, literal, say_error, text_at

_FINISHES = {
    "stop": Finish.COMPLETE,
    "length": Finish.TRUNCATED,
    "model_length": Finish.TRUNCATED,
    "content_filter": Finish.BLOCKED,
}
_BLOCKS = frozenset(
    {
        "content_filter",
        "content_policy_violation",
        "invalid_prompt",
        "bio_policy",
        "cyber_policy",
        "misalignment_policy_violation",
        "ResponsibleAIPolicyViolation",
    }
)
_BLOCKED_WITH = (200, 400, 403)
_FILTER_DOWN = "content_filter_error"
_FILTER_RESULTS = ("content_filter_results", "content_filter_result")


def read(raw: object) -> Reply:
    """Read an answer: the JSON object of its body, with `http_status` beside it if that was an error's.

    Never raises. A `Failure` is what is no answer, and so no evidence about the model.
    """
    if not isinstance(raw, Mapping):
        return Failure(message="the answer is not one complete JSON object")
    if raw.get(STATUS) or raw.get("error") or raw.get("object") == "error":
        return _read_error(raw)
    choice = at(raw, "choices", 0)
    message = at(choice, "message")
    if not isinstance(message, Mapping) and at(choice, "finish_reason") != "content_filter":
        return Failure(message="the answer has no choices with a message")
    said, refused, readable = _texts(message)
    finish, signal = _finish(raw, refused=bool(refused), readable=readable)
    return Text(
        text="\n".join(part for part in (said, refused) if part),
        finish=finish,
        signal=signal,
        category=_category(choice) if finish is Finish.BLOCKED else "",
        model=text_at(raw, "model"),
        input_tokens=count_at(raw, "usage", "prompt_tokens"),
        output_tokens=count_at(raw, "usage", "completion_tokens"),
    )


def _texts(message: object) -> tuple[str, str, bool]:
    """Return what a message says, with what words it refuses, and whether all of it could be read."""
    said, refused = at(message, "content"), at(message, "refusal")
    readable = isinstance(refused, str | None)
    if isinstance(said, list):
        refusal = text_at(message, "refusal") + joined(said, "refusal")
        return joined(said, "text"), refusal, readable and are_readable(said)
    return text_at(message, "content"), text_at(message, "refusal"), readable and isinstance(said, str | None)


def _finish(raw: Mapping[str, Any], *, refused: bool, readable: bool) -> tuple[Finish, str]:
    if refused:
        return Finish.BLOCKED, "message.refusal"
    reason = at(raw, "choices", 0, "finish_reason")
    signal = f"finish_reason={literal(reason)}"
    if reason == "content_filter":
        return Finish.BLOCKED, signal
    if _filter_was_down(raw):
        return Finish.UNKNOWN, _FILTER_DOWN
    if not readable:
        return Finish.UNKNOWN, "content that cannot be read"
    return (_FINISHES.get(reason, Finish.UNKNOWN) if isinstance(reason, str) else Finish.UNKNOWN), signal


def _filter_was_down(raw: Mapping[str, Any]) -> bool:
    of_prompt = raw.get("prompt_filter_results")
    places = (at(raw, "choices", 0), *(of_prompt if isinstance(of_prompt, list) else ()))
    return any(at(place, name, "error", "code") == _FILTER_DOWN for place in places for name in _FILTER_RESULTS)


def _category(filtered: object) -> str:
    """Return the names of the filters that cut in, in the order of the answer."""
    found = next((result for name in _FILTER_RESULTS if isinstance(result := at(filtered, name), Mapping)), {})
    return ",".join(literal(name) for name in found if at(found, name, "filtered") is True)


def _read_error(raw: Mapping[str, Any]) -> Reply:
    status = raw.get(STATUS, 200)
    inner = at(raw, "error", "innererror")
    codes = (at(raw, "error", "code"), at(raw, "error", "type"), at(inner, "code"))
    code = next((code for code in codes if isinstance(code, str) and code in _BLOCKS), None)
    if code and status in _BLOCKED_WITH:
        return Text(text="", finish=Finish.BLOCKED, signal=f"http {status} {code}", category=_category(inner))
    return Failure(message=say_error(raw))


def _answer(content: object, reason: str | None, refusal: object = None, **more: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": content, "refusal": refusal}
    choice = {"index": 0, "message": message, "finish_reason": reason} | more
    return {"model": "m-1", "choices": [choice], "usage": {"prompt_tokens": 9, "completion_tokens": 5}}


def _text(text: str, finish: Finish, signal: str, category: str = "") -> Text:
    return Text(
        text=text, finish=finish, signal=signal, category=category, model="m-1", input_tokens=9, output_tokens=5
    )


def _error(status: int, **fields: Any) -> dict[str, Any]:
    return {STATUS: status, "error": fields}


_HATE = {"hate": {"filtered": True, "severity": "high"}, "violence": {"filtered": False, "severity": "safe"}}
_DOWN = {"error": {"code": _FILTER_DOWN, "message": "The contents are not filtered"}}
_PARTS = [{"type": "thinking", "thinking": []}, {"type": "text", "text": "Su"}, {"type": "text", "text": "re. "}]
_NO = [{"type": "refusal", "refusal": "No."}]

EXAMPLES: tuple[tuple[object, Reply], ...] = (
    (_answer("Sure.", "stop"), _text("Sure.", Finish.COMPLETE, "finish_reason=stop")),
    (_answer(_PARTS, "stop"), _text("Sure. ", Finish.COMPLETE, "finish_reason=stop")),
    (_answer("", "stop", ""), _text("", Finish.COMPLETE, "finish_reason=stop")),
    (_answer(None, "stop"), _text("", Finish.COMPLETE, "finish_reason=stop")),
    (_answer("\ud83d!", "stop"), _text("\ufffd!", Finish.COMPLETE, "finish_reason=stop")),
    (_answer("Su", "length"), _text("Su", Finish.TRUNCATED, "finish_reason=length")),
    (_answer("Su", "model_length"), _text("Su", Finish.TRUNCATED, "finish_reason=model_length")),
    (_answer(None, "stop", "No."), _text("No.", Finish.BLOCKED, "message.refusal")),
    (_answer("Su", "stop", "No."), _text("Su\nNo.", Finish.BLOCKED, "message.refusal")),
    (_answer(_NO, "stop"), _text("No.", Finish.BLOCKED, "message.refusal")),
    (_answer("Su", "content_filter"), _text("Su", Finish.BLOCKED, "finish_reason=content_filter")),
    (
        _answer(None, "content_filter", message=None, content_filter_results=_HATE),
        _text("", Finish.BLOCKED, "finish_reason=content_filter", "hate"),
    ),
    (_answer("Su", "stop", content_filter_result=_DOWN), _text("Su", Finish.UNKNOWN, _FILTER_DOWN)),
    (
        _answer("Su", "stop") | {"prompt_filter_results": [{"content_filter_results": _DOWN}]},
        _text("Su", Finish.UNKNOWN, _FILTER_DOWN),
    ),
    (_answer(None, "tool_calls"), _text("", Finish.UNKNOWN, "finish_reason=tool_calls")),
    (_answer(None, "function_call"), _text("", Finish.UNKNOWN, "finish_reason=function_call")),
    (_answer("Su", "brand_new"), _text("Su", Finish.UNKNOWN, "finish_reason=brand_new")),
    (_answer("Su", None), _text("Su", Finish.UNKNOWN, "finish_reason=null")),
    (_answer(7, "stop"), _text("", Finish.UNKNOWN, "content that cannot be read")),
    (_answer(None, "stop", True), _text("", Finish.UNKNOWN, "content that cannot be read")),  # noqa: FBT003 - a JSON value
    (
        _error(400, code="content_filter", innererror={"code": "…", "content_filter_result": _HATE}),
        Text(text="", finish=Finish.BLOCKED, signal="http 400 content_filter", category="hate"),
    ),
    (
        _error(400, code=None, innererror={"code": "ResponsibleAIPolicyViolation"}),
        Text(text="", finish=Finish.BLOCKED, signal="http 400 ResponsibleAIPolicyViolation"),
    ),
    (
        _error(403, type="invalid_request_error", code="bio_policy"),
        Text(text="", finish=Finish.BLOCKED, signal="http 403 bio_policy"),
    ),
    (
        {"error": {"code": "content_policy_violation"}},
        Text(text="", finish=Finish.BLOCKED, signal="http 200 content_policy_violation"),
    ),
    (
        _error(429, type="requests", code="rate_limit_exceeded", message="Slow down."),
        Failure(message="http 429: requests: rate_limit_exceeded: Slow down."),
    ),
    (_error(500, code="content_filter"), Failure(message="http 500: content_filter")),
    (
        {STATUS: 404, "object": "error", "message": "No such model.", "code": 404},
        Failure(message="http 404: 404: No such model."),
    ),
    ({STATUS: 404, "detail": "Not Found"}, Failure(message="http 404: Not Found")),
    ({STATUS: 404, "error": "no model"}, Failure(message="http 404: no model")),
    ({"error": {"message": "oops"}}, Failure(message="an error in place of an answer: oops")),
    ({}, Failure(message="the answer has no choices with a message")),
    ({"choices": []}, Failure(message="the answer has no choices with a message")),
    (None, Failure(message="the answer is not one complete JSON object")),
)
