"""`openai_compatible:MODEL@BASE_URL` asks a model of any server that speaks Chat Completions.

BASE_URL is what `/chat/completions` is put behind, such as `http://127.0.0.1:8000/v1`; Azure OpenAI is asked at
`https://RESOURCE.openai.azure.com/openai/v1`, MODEL being the deployment. With the option `api: responses` the
Responses API is asked, `/responses` in place of `/chat/completions`, and told not to store what it is asked. Nothing
else is asked for than a text: no tools, and by default no system prompt; the option `system` gives one.
[signals.md](signals.md) says what each literal of an answer means.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from refusals.errors import InputError
from refusals.systems import Reply, _chat_completions, _responses_api
from refusals.systems._chat import CONCURRENCY, at, messages, read_kinds, read_options, system_prompt
from refusals.systems._endpoint import read_endpoint
from refusals.systems._server import Served, Server

if TYPE_CHECKING:
    from refusals.study import SystemSpec

__all__ = ["EXAMPLES", "build", "read"]

ADAPTER = "openai_compatible/2"  # a new number makes cached replies stale
KEY = "OPENAI_API_KEY"
EXAMPLES = (*_chat_completions.EXAMPLES, *_responses_api.EXAMPLES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How an API is asked: where, under which key the turns stand, what is always sent, and how it is read."""

    path: str
    turns: str
    sent: Mapping[str, object]
    read: Callable[[object], Reply]


_WAYS = {
    "chat-completions": Way(path="/chat/completions", turns="messages", sent={}, read=_chat_completions.read),
    "responses": Way(path="/responses", turns="input", sent={"store": False}, read=_responses_api.read),
}
# OpenAI's own newer models take the second name only, most other servers know the first only.
_LIMITS = ("max_tokens", "max_completion_tokens")
_RESPONSES_LIMIT = "max_output_tokens"
_OPTIONS: dict[str, tuple[str, ...]] = {"api": tuple(_WAYS), "max-tokens-field": _LIMITS, "system": ()}


def build(spec: SystemSpec) -> Served:
    """Return the system.

    Raises:
        InputError: if the target, an option, a kind or the key is missing or wrong.
    """
    endpoint = read_endpoint(spec, variable=KEY)
    options = read_options(spec, _OPTIONS)
    system = system_prompt(spec, options)
    api = options.get("api", "chat-completions")
    way = _WAYS[api]
    sent = {"model": endpoint.model, _limit(spec, options, endpoint.url): spec.max_tokens, **way.sent}
    return Served(
        server=Server(endpoint=endpoint, timeout=spec.timeout, concurrency=spec.concurrency or CONCURRENCY),
        path=way.path,
        body=lambda prompt: {**sent, way.turns: messages(prompt, **system)},
        read=lambda raw, _: way.read(raw),
        kinds=read_kinds(spec),
        identity={"adapter": ADAPTER, "url": endpoint.url, "api": api, **sent, **system},
    )


def read(raw: object) -> Reply:
    """Read an answer of either API, told apart by what it says it is."""
    return _WAYS["responses" if at(raw, "object") == "response" else "chat-completions"].read(raw)


def _limit(spec: SystemSpec, options: Mapping[str, str], url: str) -> str:
    """Return the name under which the most tokens of an answer are sent."""
    named = options.get("max-tokens-field")
    if options.get("api") == "responses":
        if named:
            raise InputError(f"{spec.name}: max-tokens-field is for api: chat-completions; leave it out")
        return _RESPONSES_LIMIT
    return named or _LIMITS[urlsplit(url).hostname == "api.openai.com"]
