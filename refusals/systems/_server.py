"""A server that is asked over HTTP with JSON, what its failures mean, and the systems that stand behind one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from refusals.systems import CallError, Failure, Reply
from refusals.systems._chat import MAX_BYTES, STATUS, at, decode
from refusals.systems._retry_after import failed_call, headroom

if TYPE_CHECKING:
    from aiohttp import ClientSession

    from refusals.cases import Kind
    from refusals.prompts import Prompt
    from refusals.systems._endpoint import Endpoint

_OUT_OF_CREDIT = "insufficient_quota"
_QUOTAS = tuple((f"x-ratelimit-limit-{name}", f"x-ratelimit-remaining-{name}") for name in ("requests", "tokens"))


@dataclass(slots=True, kw_only=True)
class Server:
    """Whom to ask. `timeout` is in seconds, for one attempt; `header` is what the key is sent in."""

    endpoint: Endpoint
    timeout: float
    concurrency: int
    header: tuple[str, str] = ("Authorization", "Bearer ")
    headroom: float | None = None
    _session: ClientSession | None = field(default=None, repr=False)

    async def ask(self, path: str, body: Mapping[str, object], read: Callable[[object], Reply]) -> Reply:
        """Return what `read` makes of the answer to a POST of the body.

        Raises:
            CallError: if there is no answer, or `read` calls it a failure.
        """
        session = self._session = self._session or self._connect()
        # The error is raised out here, so that it carries no request, and with it no key, in its context.
        answer = await self._attempt(session, path, body, read)
        if isinstance(answer, CallError):
            raise answer
        return answer

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _connect(self) -> ClientSession:
        import aiohttp

        key, (name, before) = self.endpoint.key, self.header
        # Answers are short: uncompressed ones cost less and cannot be bombs.
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self.concurrency),
            cookie_jar=aiohttp.DummyCookieJar(),  # calls must not know of each other
            headers={**headers, name: f"{before}{key.reveal()}"} if key else headers,
            timeout=aiohttp.ClientTimeout(total=self.timeout),
            auto_decompress=False,
            trust_env=False,
        )

    async def _attempt(
        self, session: ClientSession, path: str, body: Mapping[str, object], read: Callable[[object], Reply]
    ) -> Reply | CallError:
        import aiohttp

        try:
            return await self._exchange(session, path, body, read)
        except TimeoutError:
            return CallError(f"no answer within {self.timeout:g} s", again=True)
        except aiohttp.ClientError as error:
            return CallError(self.endpoint.explain(f"{type(error).__name__}: {error}"), again=True)

    async def _exchange(
        self, session: ClientSession, path: str, body: Mapping[str, object], read: Callable[[object], Reply]
    ) -> Reply | CallError:
        async with session.post(f"{self.endpoint.url}{path}", json=body, allow_redirects=False) as response:
            status, headers = response.status, response.headers
            if headers.get("Content-Encoding", "identity") != "identity":
                return failed_call(f"http {status}: compressed, which was not asked for", status, headers)
            received = bytearray()
            async for chunk in response.content.iter_any():
                received += chunk
                if len(received) > MAX_BYTES:
                    return failed_call(f"http {status}: longer than {MAX_BYTES} bytes", status, headers)
        self.headroom = headroom(headers, _QUOTAS)
        return self._read(decode(received), status, headers, read)

    def _read(
        self, raw: dict[str, Any] | None, status: int, headers: Mapping[str, str], read: Callable[[object], Reply]
    ) -> Reply | CallError:
        succeeded = 200 <= status < 300
        reply = read(raw if succeeded else {**(raw or {}), STATUS: status})
        if not isinstance(reply, Failure):
            return reply
        said = self.endpoint.explain(reply.message, status)
        if succeeded:
            return CallError(said, again=not reply.lasting)
        if at(raw, "error", "code") == _OUT_OF_CREDIT:  # waiting does not help, and fewer calls neither
            return CallError(said, again=False)
        return failed_call(said, status, headers)


@dataclass(slots=True, kw_only=True)
class Served:
    """A system behind a server, asked one prompt a call.

    `body` is what is sent of a prompt to `path`; `read` makes a reply of the answer, knowing what was asked.
    """

    server: Server
    path: str
    body: Callable[[Prompt], Mapping[str, object]]
    read: Callable[[object, Prompt], Reply]
    kinds: frozenset[Kind]
    identity: Mapping[str, object] | None
    taxonomy: str = ""
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
        """Yield the reply to each prompt."""
        for prompt in prompts:
            yield prompt.id, await self.ask(prompt)

    async def ask(self, prompt: Prompt) -> Reply:
        """Return the reply to one prompt."""
        return await self.server.ask(self.path, self.body(prompt), lambda raw: self.read(raw, prompt))

    async def close(self) -> None:
        """Close the connections."""
        await self.server.close()
