"""`openai_compatible:MODEL@BASE_URL` asks a model of any server that speaks Chat Completions.

BASE_URL is what `/chat/completions` is put behind, such as `http://127.0.0.1:8000/v1`. Nothing
else is asked for than a text: no system prompt, no tools. How answers are read stands in
`_chat_completions`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from refusals.systems._chat import CONCURRENCY, KINDS, messages, read_kinds, read_options
from refusals.systems._chat_completions import EXAMPLES, read
from refusals.systems._endpoint import read_endpoint
from refusals.systems._server import Server

if TYPE_CHECKING:
    from refusals.cases import Kind
    from refusals.prompts import Prompt
    from refusals.study import SystemSpec
    from refusals.systems import Reply

__all__ = ["EXAMPLES", "build", "read"]

ADAPTER = "openai_compatible/1"  # a new number makes cached replies stale
KEY = "OPENAI_API_KEY"
PATH = "/chat/completions"
# OpenAI's own newer models take the second name only, most other servers know the first only.
_LIMITS = ("max_tokens", "max_completion_tokens")
_OPTIONS = {"max-tokens-field": _LIMITS}


def build(spec: SystemSpec) -> OpenAICompatibleModel:
    """Return the system.

    Raises:
        InputError: if the target, an option, a kind or the key is missing or wrong.
    """
    endpoint = read_endpoint(spec, variable=KEY)
    own = urlsplit(endpoint.url).hostname == "api.openai.com"
    limit = read_options(spec, _OPTIONS).get("max-tokens-field", _LIMITS[own])
    return OpenAICompatibleModel(
        server=Server(endpoint=endpoint, timeout=spec.timeout, concurrency=spec.concurrency or CONCURRENCY),
        kinds=read_kinds(spec),
        identity={"adapter": ADAPTER, "url": endpoint.url, "model": endpoint.model, limit: spec.max_tokens},
        parameters={"model": endpoint.model, limit: spec.max_tokens},
    )


@dataclass(slots=True, kw_only=True)
class OpenAICompatibleModel:
    """A model behind Chat Completions."""

    server: Server
    parameters: Mapping[str, object]
    identity: Mapping[str, object] | None
    kinds: frozenset[Kind] = KINDS
    adaptive: bool = True
    batch: int | None = 1

    @property
    def concurrency(self) -> int:
        """Calls in flight at most."""
        return self.server.concurrency

    @property
    def headroom(self) -> float | None:
        """The share of its quota that the server last said is left."""
        return self.server.headroom

    async def respond(self, prompts: Sequence[Prompt]) -> AsyncIterator[tuple[str, Reply]]:
        """Yield the reply to each prompt; a refusal by the provider is a reply."""
        for prompt in prompts:
            body = {**self.parameters, "messages": messages(prompt)}
            yield prompt.id, await self.server.ask(PATH, body, read)

    async def close(self) -> None:
        """Close the connections."""
        await self.server.close()
