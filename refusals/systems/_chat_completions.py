"""An answer of Chat Completions says how it ended, in one of its many dialects, before its words.

`message.refusal`, the finish reason and a filter's error code are results and never errors. What each literal means
stands in `signals.yaml`, by provider. Where the server says that its filter was down (`content_filter_error`), the
reply is UNKNOWN: what is asked is the guarded system, and its guard was not there. Reasoning in a field or part of its
own is not read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from refusals.systems import Failure, Finish, Reply, Text
from refusals.systems._chat import STATUS, are_readable, at, count_at, joined, literal, say_error, text_at
from refusals.systems._signals import Means, ended, field

DIALECTS = ("openai-chat", "azure-openai", "mistral", "vllm")  # of any server, as few say which theirs is
_BLOCKED_WITH = (200, 400, 403)
_DECIDED = (Means.BLOCKED, Means.ERROR, Means.LASTING_ERROR)  # whatever else the answer says
_FILTER_RESULTS = ("content_filter_results", "content_filter_result")
_CODES = (
    ("error.code", ("error", "code")),
    ("error.code", ("error", "type")),
    ("error.innererror.code", ("error", "innererror", "code")),
)


def read(raw: object) -> Reply:
    """Read an answer: the JSON object of its body, with `http_status` beside it if that was an error's.

    Never raises. A `Failure` is what is no answer, and so no evidence about the model.
    """
    return read_dialect(raw, *DIALECTS)


def read_dialect(raw: object, *dialects: str) -> Reply:
    """Read an answer in the dialects of these providers alone."""
    if not isinstance(raw, Mapping):
        return Failure(message="the answer is not one complete JSON object")
    if raw.get(STATUS) or raw.get("error") or raw.get("object") == "error":
        return read_error(raw)
    choice = at(raw, "choices", 0)
    message, reason = at(choice, "message"), at(choice, "finish_reason")
    means, signal = field("finish_reason", *dialects).means(reason), f"finish_reason={literal(reason)}"
    if not isinstance(message, Mapping) and means not in _DECIDED:
        return Failure(message="the answer has no choices with a message")
    said, refused, readable = _texts(message)
    if refused:
        means, signal = field("message.refusal", "openai-chat").means(refused), "message.refusal"
    elif means not in _DECIDED and (code := _filter_fault(raw)):
        means, signal = field("content_filter_results.error.code", "azure-openai").means(code), code
    elif means not in _DECIDED and not readable:
        means, signal = Means.UNKNOWN, "content that cannot be read"
    finish = ended(means, signal)
    if isinstance(finish, Failure):
        return finish
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


def _filter_fault(raw: Mapping[str, Any]) -> str:
    """Return the code of a filter that could not do its work, empty where none says so."""
    of_prompt = raw.get("prompt_filter_results")
    places = (at(raw, "choices", 0), *(of_prompt if isinstance(of_prompt, list) else ()))
    faults = (at(place, name, "error") for place in places for name in _FILTER_RESULTS)
    return next((literal(at(fault, "code")) for fault in faults if fault), "")


def _category(filtered: object) -> str:
    """Return the names of the filters that cut in, in the order of the answer."""
    found = next((result for name in _FILTER_RESULTS if isinstance(result := at(filtered, name), Mapping)), {})
    return ",".join(literal(name) for name in found if at(found, name, "filtered") is True)


def read_error(raw: Mapping[str, Any]) -> Reply:
    """Read an error: a block where a code of OpenAI's or Azure's says so, else a failure."""
    status = raw.get(STATUS, 200)
    for name, path in _CODES:
        code = at(raw, *path)
        if status in _BLOCKED_WITH and field(name, *DIALECTS).means(code) is Means.BLOCKED:
            category = _category(at(raw, "error", "innererror"))
            return Text(text="", finish=Finish.BLOCKED, signal=f"http {status} {code}", category=category)
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
_FILTER_DOWN = "content_filter_error"
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
    (_answer("Su", "repetition"), _text("Su", Finish.TRUNCATED, "finish_reason=repetition")),
    (_answer("Su", "abort"), Failure(message="finish_reason=abort")),
    (_answer("Su", "error"), Failure(message="finish_reason=error")),
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
