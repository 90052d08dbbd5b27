"""The way to the Messages API through its SDK, which makes no attempts of its own; no error carries the key."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from refusals.errors import InputError
from refusals.systems import CallError
from refusals.systems._chat import MAX_BYTES, STATUS, decode, say_error
from refusals.systems._retry_after import failed_call, headroom

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic

    from refusals.systems._endpoint import Endpoint

T = TypeVar("T")

_QUOTAS = tuple(
    (f"anthropic-ratelimit-{name}-limit", f"anthropic-ratelimit-{name}-remaining")
    for name in ("requests", "tokens", "input-tokens", "output-tokens")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """An answer with the status of an error."""

    status: int
    headers: Mapping[str, str]
    body: Mapping[str, Any]


@dataclass(slots=True, kw_only=True)
class Sdk:
    """A client that is made at its first use. `timeout` is in seconds, `headroom` what the server last said."""

    endpoint: Endpoint
    timeout: float
    version: str
    headroom: float | None = None
    _client: AsyncAnthropic | None = field(default=None, repr=False)

    async def attempt(
        self, exchange: Callable[[AsyncAnthropic], Awaitable[T]], *, seconds: float | None = None
    ) -> T | Rejected | CallError:
        """Return what an exchange gives within so many seconds, by default `timeout`, or what went wrong.

        An error is returned and not raised, so that the one that is raised of it carries no
        request, and with it no key, in its context.
        """
        client, limit = self._connected(), seconds or self.timeout
        wrong = _wrong()
        try:
            async with asyncio.timeout(limit):
                return await exchange(client)
        except wrong as error:
            return self._explained(error, limit)

    async def lines(self, path: str) -> AsyncGenerator[bytes]:
        """Yield the lines of an answer as they come; between two of them may be `timeout` seconds.

        Raises:
            CallError: if there is no such answer, or it breaks off.
        """
        import httpx2

        client, wrong, failed = self._connected(), _wrong(), None
        streamed: bool = True
        try:
            response = await client.get(path, cast_to=httpx2.Response, stream=streamed)
            try:
                kept = b""
                async for chunk in response.aiter_bytes():
                    *whole, kept = (kept + chunk).split(b"\n")
                    for line in whole:
                        yield line
                    if len(kept) > MAX_BYTES:
                        failed = CallError(f"a line of the results is longer than {MAX_BYTES} bytes", again=False)
                        break
                if kept:
                    yield kept
            finally:
                await response.aclose()
        except wrong as error:
            failed = self.as_error(self._explained(error, self.timeout))
        if failed:
            raise failed

    def as_error(self, said: Rejected | CallError) -> CallError:
        """Return the error that an answer is."""
        if isinstance(said, CallError):
            return said
        message = say_error({**said.body, STATUS: said.status})
        return failed_call(self.endpoint.explain(message, said.status), said.status, said.headers)

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    def note(self, headers: Mapping[str, str]) -> None:
        """Take note of the quota that is left."""
        self.headroom = headroom(headers, _QUOTAS)

    def _connected(self) -> AsyncAnthropic:
        import anthropic

        if self._client is not None:
            return self._client
        key = self.endpoint.key
        self._client = anthropic.AsyncAnthropic(
            # Given even where there is none: else the SDK looks for credentials elsewhere.
            api_key=key.reveal() if key else "none",
            base_url=self.endpoint.url,
            timeout=self.timeout,
            max_retries=0,  # the runner makes the attempts, so that it sees each 429
            default_headers={"anthropic-version": self.version},
            open_telemetry=False,
            # Over aiohttp a call costs 0.6 of the CPU that it does over the SDK's default transport.
            http_client=anthropic.DefaultAioHttpClient(follow_redirects=False),
        )
        return self._client

    def _explained(self, error: Exception, limit: float) -> Rejected | CallError:
        import anthropic
        import httpx2

        if isinstance(error, anthropic.APIStatusError):
            headers, body = error.response.headers, error.body
            self.note(headers)
            return Rejected(status=error.status_code, headers=headers, body=body if isinstance(body, Mapping) else {})
        if isinstance(error, (TimeoutError, anthropic.APITimeoutError, httpx2.TimeoutException)):
            return CallError(f"no answer within {limit:g} s", again=True)
        if isinstance(error, Warning):
            raise InputError(f"{error} (or let Python not treat this warning as an error)") from None
        cause = error.__cause__ or error
        return CallError(self.endpoint.explain(f"{type(cause).__name__}: {cause}"), again=True)


async def body_of(response: Any) -> dict[str, Any] | CallError:
    """Return the JSON object that a streamed response holds."""
    body = bytearray()
    async for chunk in response.iter_bytes():
        body += chunk
        if len(body) > MAX_BYTES:
            return CallError(f"the answer is longer than {MAX_BYTES} bytes", again=False)
    found = decode(body)
    return CallError("the answer is not one complete JSON object", again=True) if found is None else found


def _wrong() -> tuple[type[Exception], ...]:
    import aiohttp
    import anthropic
    import httpx2  # the SDK's transport; errors while a body is read come from it as they are

    return (
        anthropic.APIStatusError,
        anthropic.APIConnectionError,
        httpx2.HTTPError,
        aiohttp.ClientError,
        TimeoutError,
        Warning,
    )
