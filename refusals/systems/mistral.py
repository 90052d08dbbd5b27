"""`mistral:MODEL` asks a model of Mistral's, or of a server like it at `mistral:MODEL@BASE_URL`.

It speaks Chat Completions, and no literal of it says that something was refused: only the text tells. Nothing else
is asked for than a text: no tools, no guardrails. The key is the one in MISTRAL_API_KEY. The option `system` gives
a system prompt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from refusals.systems import Failure, Finish, Reply, Text
from refusals.systems._chat import CONCURRENCY, STATUS, messages, read_kinds, read_options, system_prompt
from refusals.systems._chat_completions import read_dialect
from refusals.systems._endpoint import read_endpoint
from refusals.systems._server import Served, Server

if TYPE_CHECKING:
    from refusals.study import SystemSpec

URL = "https://api.mistral.ai/v1"
KEY = "MISTRAL_API_KEY"


def build(spec: SystemSpec) -> Served:
    """Return the system.

    Raises:
        InputError: if the target, an option, a kind or the key is missing or wrong.
    """
    system = system_prompt(spec, read_options(spec, {"system": ()}))
    endpoint = read_endpoint(spec, variable=KEY, url=URL)
    sent = {"model": endpoint.model, "max_tokens": spec.max_tokens}
    return Served(
        server=Server(endpoint=endpoint, timeout=spec.timeout, concurrency=spec.concurrency or CONCURRENCY),
        path="/chat/completions",
        body=lambda prompt: {**sent, "messages": messages(prompt, **system)},
        read=lambda raw, _: read(raw),
        kinds=read_kinds(spec),
        identity={"adapter": "mistral/1", "url": endpoint.url, **sent, **system},
    )


def read(raw: object) -> Reply:
    """Read an answer by the literals of Mistral alone."""
    return read_dialect(raw, "mistral")


def _answer(content: object, reason: str | None) -> dict[str, object]:
    choice = {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": reason}
    return {"model": "m-1", "choices": [choice], "usage": {"prompt_tokens": 9, "completion_tokens": 5}}


def _text(text: str, finish: Finish, reason: str) -> Text:
    signal = f"finish_reason={reason}"
    return Text(text=text, finish=finish, signal=signal, model="m-1", input_tokens=9, output_tokens=5)


_THOUGHT = [{"type": "thinking", "thinking": []}, {"type": "text", "text": "Sure."}]

EXAMPLES: tuple[tuple[object, Reply], ...] = (
    (_answer("Sure.", "stop"), _text("Sure.", Finish.COMPLETE, "stop")),
    (_answer(_THOUGHT, "stop"), _text("Sure.", Finish.COMPLETE, "stop")),
    (_answer("Su", "length"), _text("Su", Finish.TRUNCATED, "length")),
    (_answer("Su", "model_length"), _text("Su", Finish.TRUNCATED, "model_length")),
    (_answer("Su", "error"), Failure(message="finish_reason=error")),
    (_answer(None, "tool_calls"), _text("", Finish.UNKNOWN, "tool_calls")),
    (_answer("", "content_filter"), _text("", Finish.UNKNOWN, "content_filter")),
    ({STATUS: 403, "object": "error", "message": "Forbidden."}, Failure(message="http 403: Forbidden.")),
    (None, Failure(message="the answer is not one complete JSON object")),
)
