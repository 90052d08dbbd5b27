"""`gemini:MODEL` asks a model of the Gemini API, or of a server like it at `gemini:MODEL@BASE_URL`.

BASE_URL is what `/models/MODEL:generateContent` is put behind. Nothing else is asked for than a text: no tools, and
no safety settings, so that the model's own hold. A prompt that is blocked has no candidates, and the reason is a
result and never an error; a language that the model does not support is an error and no refusal. Thoughts are not
read. The key is the one in GEMINI_API_KEY. The option `system` gives a system prompt.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from refusals.systems import Failure, Finish, Reply, Text
from refusals.systems._chat import (
    CONCURRENCY,
    STATUS,
    after_system,
    at,
    count_at,
    literal,
    messages,
    no_answer,
    read_kinds,
    read_options,
    system_prompt,
    text_at,
)
from refusals.systems._endpoint import read_endpoint
from refusals.systems._server import Served, Server
from refusals.systems._signals import Means, ended, field

if TYPE_CHECKING:
    from refusals.prompts import Prompt
    from refusals.study import SystemSpec

URL = "https://generativelanguage.googleapis.com/v1beta"
KEY = "GEMINI_API_KEY"
_DIALECT = "gemini"
_ROLES = {"user": "user", "assistant": "model"}


def build(spec: SystemSpec) -> Served:
    """Return the system.

    Raises:
        InputError: if the target, an option, a kind or the key is missing or wrong.
    """
    system = system_prompt(spec, read_options(spec, {"system": ()}))
    endpoint = read_endpoint(spec, variable=KEY, url=URL)
    sent = {"generationConfig": {"maxOutputTokens": spec.max_tokens}}
    return Served(
        server=Server(
            endpoint=endpoint,
            timeout=spec.timeout,
            concurrency=spec.concurrency or CONCURRENCY,
            header=("x-goog-api-key", ""),
        ),
        path=f"/models/{quote(endpoint.model, safe='')}:generateContent",
        body=lambda prompt: {**sent, **_contents(prompt, **system)},
        read=lambda raw, _: read(raw),
        kinds=read_kinds(spec),
        identity={"adapter": "gemini/1", "url": endpoint.url, "model": endpoint.model, **sent, **system},
    )


def _contents(prompt: Prompt, system: str = "") -> dict[str, object]:
    system, turns = after_system(messages(prompt, system))
    contents = [{"role": _ROLES[turn["role"]], "parts": [{"text": turn["content"]}]} for turn in turns]
    return {"contents": contents, **({"systemInstruction": {"parts": [{"text": system}]}} if system else {})}


def read(raw: object) -> Reply:
    """Return the text that an answer is; a `Failure` is what is no answer."""
    failure = no_answer(raw)
    if failure or not isinstance(raw, Mapping):
        return failure or Failure(message="the answer is not one complete JSON object")
    candidate, blocked = at(raw, "candidates", 0), at(raw, "promptFeedback", "blockReason")
    if blocked is None and not isinstance(candidate, Mapping):
        return Failure(message="the answer has no candidates, and no reason for it")
    name, value = ("finishReason", at(candidate, "finishReason"))
    if blocked is not None:
        name, value = "promptFeedback.blockReason", blocked
    means, signal = field(name, _DIALECT).means(value), f"{name}={literal(value)}"
    text = _text(candidate)
    if text is None and means in (Means.COMPLETE, Means.TRUNCATED):
        means, signal = Means.UNKNOWN, "content that cannot be read"
    finish = ended(means, signal)
    if isinstance(finish, Failure):
        return finish
    rated = raw.get("promptFeedback") if blocked is not None else candidate
    return Text(
        text=text or "",
        finish=finish,
        signal=signal,
        category=_category(rated) if finish is Finish.BLOCKED else "",
        model=text_at(raw, "modelVersion"),
        input_tokens=count_at(raw, "usageMetadata", "promptTokenCount"),
        output_tokens=count_at(raw, "usageMetadata", "candidatesTokenCount"),
    )


def _text(candidate: object) -> str | None:
    """Return what a candidate says, without its thoughts; None where a part of it is no text."""
    parts = at(candidate, "content", "parts")
    if parts is None:
        return ""
    said = [part for part in parts if at(part, "thought") is not True] if isinstance(parts, list) else [None]
    return (
        "".join(text_at(part, "text") for part in said) if all(isinstance(at(p, "text"), str) for p in said) else None
    )


def _category(rated: object) -> str:
    """Return the names of the harms for which an answer was blocked, in its order."""
    ratings = at(rated, "safetyRatings")
    blocking = [each for each in (ratings if isinstance(ratings, list) else ()) if at(each, "blocked") is True]
    return ",".join(literal(at(each, "category")) for each in blocking)


def _answer(reason: str | None, *parts: object, **more: Any) -> dict[str, Any]:
    candidate = {"content": {"role": "model", "parts": list(parts)}, "finishReason": reason}
    usage = {"promptTokenCount": 9, "candidatesTokenCount": 5}
    return {"candidates": [candidate | more], "modelVersion": "m-1", "usageMetadata": usage}


def _said(text: str, finish: Finish, signal: str, category: str = "") -> Text:
    return Text(
        text=text, finish=finish, signal=signal, category=category, model="m-1", input_tokens=9, output_tokens=5
    )


def _blocked(reason: str, **more: object) -> dict[str, Any]:
    return {"promptFeedback": {"blockReason": reason, **more}, "modelVersion": "m-1"}


_SU, _RE = {"text": "Su"}, {"text": "re."}
_RATED = [
    {"category": "HARM_CATEGORY_HARASSMENT", "probability": "LOW"},
    {"category": "HARM_CATEGORY_DANGEROUS_CONTENT", "probability": "HIGH", "blocked": True},
]
_FEEDBACK = "promptFeedback.blockReason"

EXAMPLES: tuple[tuple[object, Reply], ...] = (
    (_answer("STOP", _SU, _RE), _said("Sure.", Finish.COMPLETE, "finishReason=STOP")),
    (_answer("STOP", {"text": "They ask", "thought": True}, _SU), _said("Su", Finish.COMPLETE, "finishReason=STOP")),
    (_answer("STOP"), _said("", Finish.COMPLETE, "finishReason=STOP")),
    (_answer("MAX_TOKENS", _SU), _said("Su", Finish.TRUNCATED, "finishReason=MAX_TOKENS")),
    (
        _answer("SAFETY", _SU, safetyRatings=_RATED),
        _said("Su", Finish.BLOCKED, "finishReason=SAFETY", "HARM_CATEGORY_DANGEROUS_CONTENT"),
    ),
    (_answer("PROHIBITED_CONTENT", content=None), _said("", Finish.BLOCKED, "finishReason=PROHIBITED_CONTENT")),
    (_answer("OTHER", _SU), _said("Su", Finish.UNKNOWN, "finishReason=OTHER")),
    (_answer("BRAND_NEW", _SU), _said("Su", Finish.UNKNOWN, "finishReason=BRAND_NEW")),
    (_answer(None, _SU), _said("Su", Finish.UNKNOWN, "finishReason=null")),
    (_answer("STOP", {"functionCall": {}}), _said("", Finish.UNKNOWN, "content that cannot be read")),
    (_answer("LANGUAGE"), Failure(message="finishReason=LANGUAGE", lasting=True)),
    (_answer("PUP_LIMITED_DISABLED"), Failure(message="finishReason=PUP_LIMITED_DISABLED", lasting=True)),
    (_answer("MALFORMED_RESPONSE"), Failure(message="finishReason=MALFORMED_RESPONSE")),
    (
        _blocked("SAFETY", safetyRatings=_RATED),
        Text(
            text="",
            finish=Finish.BLOCKED,
            signal=f"{_FEEDBACK}=SAFETY",
            category="HARM_CATEGORY_DANGEROUS_CONTENT",
            model="m-1",
        ),
    ),
    (_blocked("OTHER"), Text(text="", finish=Finish.BLOCKED, signal=f"{_FEEDBACK}=OTHER", model="m-1")),
    (_blocked("BRAND_NEW"), Text(text="", finish=Finish.UNKNOWN, signal=f"{_FEEDBACK}=BRAND_NEW", model="m-1")),
    ({"promptFeedback": {}}, Failure(message="the answer has no candidates, and no reason for it")),
    (
        {STATUS: 429, "error": {"code": 429, "message": "Quota.", "status": "RESOURCE_EXHAUSTED"}},
        Failure(message="http 429: 429: Quota."),
    ),
    (None, Failure(message="the answer is not one complete JSON object")),
)
