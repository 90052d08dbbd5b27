"""`anthropic:MODEL` or `anthropic:MODEL@BASE_URL` asks a model of the Messages API through its SDK.

Nothing else is asked for than a text: no tools, no fallback to another model, and by default no system prompt and
none of what the options choose. How answers are read stands in `_messages_api`. The options:

- `thinking`: `adaptive`, `disabled`, or a budget in tokens from 1024 on, below `max-tokens`, in which thinking counts;
- `effort`: `low`, `medium`, `high`, `xhigh` or `max`;
- `system`: a system prompt, which stands before that of a case that has one; `cache: "true"` asks the provider to keep
  it in its prompt cache. The cost that is counted takes each of its tokens for one that is not cached.

With `batch: "true"` all prompts of a run go as Message Batches, for half the price: most are answered within an hour,
all within a day. The run waits for that, and looks every `poll` seconds (60). It may be stopped meanwhile: the same
command with the same `--out` finds by `batches.sqlite` in that folder what was sent, goes on waiting, and sends nothing
twice. Requests that expire or meet an error of the server are sent again, as often as calls are made again. A batch
is sent whole, so that `max-cost` does not stop one on its way; `max-calls` caps what is sent. Batches are not for a
judge, a translator or a part of a `stack`, which ask for one reply after another.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from refusals.errors import InputError
from refusals.systems import CallError, Failure, Reply, Terms
from refusals.systems._chat import CONCURRENCY, KINDS, STATUS, read_kinds
from refusals.systems._endpoint import read_endpoint
from refusals.systems._message_batches import AnthropicBatches
from refusals.systems._messages_api import EXAMPLES, read
from refusals.systems._messages_request import Request, read_request
from refusals.systems._messages_sdk import Rejected, Sdk, body_of

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic

    from refusals.cases import Kind
    from refusals.prompts import Prompt
    from refusals.study import SystemSpec

__all__ = ["EXAMPLES", "build", "read"]

ADAPTER = "anthropic/1"  # a new number makes cached replies stale
URL = "https://api.anthropic.com"
KEY = "ANTHROPIC_API_KEY"
API_VERSION = "2026-10-21"  # sent as a header, so that an update of the SDK does not change what is asked
_SDK_HEADERS = "ANTHROPIC_CUSTOM_HEADERS"


def build(spec: SystemSpec) -> AnthropicModel | AnthropicBatches:
    """Return the system.

    Raises:
        InputError: if the target, an option, a kind or the key is missing or wrong.
    """
    if os.environ.get(_SDK_HEADERS):
        raise InputError(f"{_SDK_HEADERS} is set: it would change what is asked, unrecorded; unset it for this command")
    endpoint = read_endpoint(spec, variable=KEY, url=URL)
    request, way = read_request(spec, endpoint.model)
    identity = {"adapter": ADAPTER, "url": endpoint.url, "version": API_VERSION, **request.identity}
    sdk = Sdk(endpoint=endpoint, timeout=spec.timeout, version=API_VERSION)
    kinds, terms = read_kinds(spec), request.terms(batch=way.batch)
    if way.batch:
        return AnthropicBatches(
            sdk=sdk, request=request, kinds=kinds, identity=identity, terms=terms, name=spec.name, poll=way.poll
        )
    return AnthropicModel(
        sdk=sdk,
        request=request,
        kinds=kinds,
        concurrency=spec.concurrency or CONCURRENCY,
        identity=identity,
        terms=terms,
    )


@dataclass(slots=True, kw_only=True)
class AnthropicModel:
    """A model behind the Messages API, asked one prompt a call."""

    sdk: Sdk
    request: Request
    identity: Mapping[str, object] | None
    terms: Terms
    kinds: frozenset[Kind] = KINDS
    concurrency: int = CONCURRENCY
    adaptive: bool = True
    batch: int | None = 1

    @property
    def headroom(self) -> float | None:
        """The share of its quota that the server last said is left."""
        return self.sdk.headroom

    async def respond(self, prompts: Sequence[Prompt]) -> AsyncIterator[tuple[str, Reply]]:
        """Yield the reply to each prompt; a refusal by the provider is a reply."""
        for prompt in prompts:
            yield prompt.id, await self._ask(prompt)

    async def close(self) -> None:
        """Close the connections."""
        await self.sdk.close()

    async def _ask(self, prompt: Prompt) -> Reply:
        body: dict[str, Any] = self.request.body(prompt)

        async def exchange(client: AsyncAnthropic) -> dict[str, Any] | CallError:
            async with client.messages.with_streaming_response.create(**body) as response:
                self.sdk.note(response.headers)
                return await body_of(response)

        said = await self.sdk.attempt(exchange)
        if isinstance(said, CallError):
            raise said
        reply = read({**said.body, STATUS: said.status}) if isinstance(said, Rejected) else read(said)
        if not isinstance(reply, Failure):
            return reply
        if isinstance(said, Rejected):
            raise self.sdk.as_error(said)
        raise CallError(self.sdk.endpoint.explain(reply.message), again=not reply.lasting)
