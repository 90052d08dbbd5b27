"""`anthropic:MODEL` or `anthropic:MODEL@BASE_URL` asks a model of the Messages API through its SDK.

Nothing else is asked for than a text: no system prompt, no tools, no fallback to another model.
How answers are read stands in `_messages_api`.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from refusals.errors import InputError
from refusals.systems import CallError, Failure, Reply
from refusals.systems._chat import CONCURRENCY, KINDS, MAX_BYTES, STATUS, decode, messages, read_kinds, read_options
from refusals.systems._endpoint import Endpoint, read_endpoint
from refusals.systems._messages_api import EXAMPLES, read
from refusals.systems._retry_after import failed_call, headroom

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

_QUOTAS = tuple(
    (f"anthropic-ratelimit-{name}-limit", f"anthropic-ratelimit-{name}-remaining")
    for name in ("requests", "tokens", "input-tokens", "output-tokens")
)


def build(spec: SystemSpec) -> AnthropicModel:
    """Return the system.

    Raises:
        InputError: if the target, an option, a kind or the key is missing or wrong.
    """
    read_options(spec, {})
    if os.environ.get(_SDK_HEADERS):
        raise InputError(f"{_SDK_HEADERS} is set: it would change what is asked, unrecorded; unset it for this command")
    endpoint = read_endpoint(spec, variable=KEY, url=URL)
    return AnthropicModel(
        endpoint=endpoint,
        timeout=spec.timeout,
        kinds=read_kinds(spec),
        concurrency=spec.concurrency or CONCURRENCY,
        identity={
            "adapter": ADAPTER,
            "url": endpoint.url,
            "version": API_VERSION,
            "model": endpoint.model,
            "max_tokens": spec.max_tokens,
        },
        max_tokens=spec.max_tokens,
    )


@dataclass(slots=True, kw_only=True)
class AnthropicModel:
    """A model behind the Messages API. `timeout` is in seconds, for one attempt."""

    endpoint: Endpoint
    timeout: float
    max_tokens: int
    identity: Mapping[str, object] | None
    kinds: frozenset[Kind] = KINDS
    concurrency: int = CONCURRENCY
    adaptive: bool = True
    batch: int | None = 1
    headroom: float | None = None
    _client: AsyncAnthropic | None = field(default=None, repr=False)

    async def respond(self, prompts: Sequence[Prompt]) -> AsyncIterator[tuple[str, Reply]]:
        """Yield the reply to each prompt; a refusal by the provider is a reply."""
        for prompt in prompts:
            yield prompt.id, await self._ask(prompt)

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def _ask(self, prompt: Prompt) -> Reply:
        turns = messages(prompt)
        client = self._client = self._client or self._connect()
        # The error is raised out here, so that it carries no request, and with it no key, in its context.
        answer = await self._attempt(client, turns)
        if isinstance(answer, CallError):
            raise answer
        return answer

    def _connect(self) -> AsyncAnthropic:
        import anthropic

        key = self.endpoint.key
        return anthropic.AsyncAnthropic(
            # Given even where there is none: else the SDK looks for credentials elsewhere.
            api_key=key.reveal() if key else "none",
            base_url=self.endpoint.url,
            timeout=self.timeout,
            max_retries=0,  # the runner makes the attempts, so that it sees each 429
            default_headers={"anthropic-version": API_VERSION},
            open_telemetry=False,
            # Over aiohttp a call costs 0.6 of the CPU that it does over the SDK's default transport.
            http_client=anthropic.DefaultAioHttpClient(follow_redirects=False),
        )

    async def _attempt(self, client: AsyncAnthropic, turns: list[dict[str, str]]) -> Reply | CallError:
        import aiohttp
        import anthropic
        import httpx2  # the SDK's transport; errors while a body is read come from it as they are

        try:
            async with asyncio.timeout(self.timeout):
                return await self._exchange(client, turns)
        except anthropic.APIStatusError as error:
            return self._read_failed(error.status_code, error.response.headers, error.body)
        except (TimeoutError, anthropic.APITimeoutError, httpx2.TimeoutException):
            return CallError(f"no answer within {self.timeout:g} s", again=True)
        except (anthropic.APIConnectionError, httpx2.HTTPError, aiohttp.ClientError) as error:
            cause = error.__cause__ or error
            return CallError(self.endpoint.explain(f"{type(cause).__name__}: {cause}"), again=True)
        except DeprecationWarning as warning:
            raise InputError(f"{warning} (or let Python not treat this warning as an error)") from None

    async def _exchange(self, client: AsyncAnthropic, turns: list[dict[str, str]]) -> Reply | CallError:
        system: dict[str, Any] = {"system": turns.pop(0)["content"]} if turns[0]["role"] == "system" else {}
        sent: Any = turns
        async with client.messages.with_streaming_response.create(
            model=self.endpoint.model, max_tokens=self.max_tokens, messages=sent, **system
        ) as response:
            body = bytearray()
            async for chunk in response.iter_bytes():
                body += chunk
                if len(body) > MAX_BYTES:
                    return CallError(f"the answer is longer than {MAX_BYTES} bytes", again=False)
            self.headroom = headroom(response.headers, _QUOTAS)
            reply = read(decode(body))
        if isinstance(reply, Failure):
            return CallError(self.endpoint.explain(reply.message), again=not reply.lasting)
        return reply

    def _read_failed(self, status: int, headers: Mapping[str, str], body: object) -> Reply | CallError:
        self.headroom = headroom(headers, _QUOTAS)
        reply = read({**(body if isinstance(body, Mapping) else {}), STATUS: status})
        if not isinstance(reply, Failure):
            return reply
        return failed_call(self.endpoint.explain(reply.message, status), status, headers)
