"""`bedrock:MODEL@BASE_URL` asks a model of Amazon Bedrock through Converse, with a Bedrock API key.

BASE_URL is the region's, such as `https://bedrock-runtime.eu-central-1.amazonaws.com`; MODEL the id or the ARN of a
model or an inference profile. Nothing else is asked for than a text: no tools, no guardrail. Where an account
enforces a guardrail, the text of a block is its operator's, not the model's. Converse does not say which model has
answered. The key is the one in AWS_BEARER_TOKEN_BEDROCK; signed requests are not made. The option `system` gives a
system prompt.
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

KEY = "AWS_BEARER_TOKEN_BEDROCK"
_DIALECT = "bedrock-converse"
_THOUGHT = "reasoningContent"


def build(spec: SystemSpec) -> Served:
    """Return the system.

    Raises:
        InputError: if the target, an option, a kind or the key is missing or wrong.
    """
    system = system_prompt(spec, read_options(spec, {"system": ()}))
    endpoint = read_endpoint(spec, variable=KEY)
    sent = {"inferenceConfig": {"maxTokens": spec.max_tokens}}
    return Served(
        server=Server(endpoint=endpoint, timeout=spec.timeout, concurrency=spec.concurrency or CONCURRENCY),
        path=f"/model/{quote(endpoint.model, safe='')}/converse",
        body=lambda prompt: {**sent, **_messages(prompt, **system)},
        read=lambda raw, _: read(raw),
        kinds=read_kinds(spec),
        identity={"adapter": "bedrock/1", "url": endpoint.url, "model": endpoint.model, **sent, **system},
    )


def _messages(prompt: Prompt, system: str = "") -> dict[str, object]:
    system, turns = after_system(messages(prompt, system))
    sent = [{"role": turn["role"], "content": [{"text": turn["content"]}]} for turn in turns]
    return {"messages": sent, **({"system": [{"text": system}]} if system else {})}


def read(raw: object) -> Reply:
    """Return the text that an answer is; a `Failure` is what is no answer."""
    failure = no_answer(raw)
    if failure or not isinstance(raw, Mapping):
        return failure or Failure(message="the answer is not one complete JSON object")
    blocks, reason = at(raw, "output", "message", "content"), raw.get("stopReason")
    means, signal = field("stopReason", _DIALECT).means(reason), f"stopReason={literal(reason)}"
    if not isinstance(blocks, list) and means is not Means.BLOCKED:
        return Failure(message="the answer has no message with content")
    said = [block for block in blocks if at(block, _THOUGHT) is None] if isinstance(blocks, list) else []
    readable = all(isinstance(at(block, "text"), str) for block in said)
    if not readable and means in (Means.COMPLETE, Means.TRUNCATED):
        means, signal = Means.UNKNOWN, "content that cannot be read"
    finish = ended(means, signal)
    if isinstance(finish, Failure):
        return finish
    return Text(
        text="".join(text_at(block, "text") for block in said),
        finish=finish,
        signal=signal,
        category=_why(raw) if finish is Finish.BLOCKED else "",
        input_tokens=count_at(raw, "usage", "inputTokens"),
        output_tokens=count_at(raw, "usage", "outputTokens"),
    )


def _why(raw: Mapping[str, Any]) -> str:
    """Return what a guardrail says of its reason, where the account has its trace."""
    said = at(raw, "trace", "guardrail", "actionReason")
    return literal(said) if isinstance(said, str) else ""


def _answer(reason: str | None, *blocks: object, **more: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": list(blocks)}
    usage = {"inputTokens": 9, "outputTokens": 5, "totalTokens": 14}
    return {"output": {"message": message}, "stopReason": reason, "usage": usage} | more


def _text(text: str, finish: Finish, reason: str, category: str = "") -> Text:
    signal = reason if " " in reason else f"stopReason={reason}"
    return Text(text=text, finish=finish, signal=signal, category=category, input_tokens=9, output_tokens=5)


_SU, _RE = {"text": "Su"}, {"text": "re."}
_TRACE = {"guardrail": {"actionReason": "Guardrail blocked."}}

EXAMPLES: tuple[tuple[object, Reply], ...] = (
    (_answer("end_turn", _SU, _RE), _text("Sure.", Finish.COMPLETE, "end_turn")),
    (_answer("end_turn", {_THOUGHT: {"reasoningText": {"text": "…"}}}, _SU), _text("Su", Finish.COMPLETE, "end_turn")),
    (_answer("end_turn"), _text("", Finish.COMPLETE, "end_turn")),
    (_answer("max_tokens", _SU), _text("Su", Finish.TRUNCATED, "max_tokens")),
    (
        _answer("guardrail_intervened", {"text": "Blocked by us."}, trace=_TRACE),
        _text("Blocked by us.", Finish.BLOCKED, "guardrail_intervened", "Guardrail blocked."),
    ),
    (_answer("content_filtered", output=None), _text("", Finish.BLOCKED, "content_filtered")),
    (_answer("tool_use", {"toolUse": {}}), _text("", Finish.UNKNOWN, "tool_use")),
    (_answer("end_turn", {"toolUse": {}}), _text("", Finish.UNKNOWN, "content that cannot be read")),
    (_answer("malformed_model_output"), Failure(message="stopReason=malformed_model_output")),
    (_answer("brand_new", _SU), _text("Su", Finish.UNKNOWN, "brand_new")),
    (_answer(None, _SU), _text("Su", Finish.UNKNOWN, "null")),
    ({}, Failure(message="the answer has no message with content")),
    ({STATUS: 429, "message": "Too many tokens."}, Failure(message="http 429: Too many tokens.")),
    (None, Failure(message="the answer is not one complete JSON object")),
)
