"""`openai_compatible:MODEL@BASE_URL` asks a model of any server that speaks Chat Completions.

BASE_URL is what `/chat/completions` is put behind, such as `http://127.0.0.1:8000/v1`. Nothing
else is asked for than a text: no system prompt, no tools. How answers are read stands in
`_chat_completions`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from refusals.systems import CallError, Failure, Reply
from refusals.systems._chat import CONCURRENCY, KINDS, MAX_BYTES, STATUS, at, decode, messages, read_kinds, read_options
from refusals.systems._chat_completions import EXAMPLES, read
from refusals.systems._endpoint import Endpoint, read_endpoint
from refusals.systems._retry_after import failed_call, headroom

if TYPE_CHECKING:
    from aiohttp import ClientSession

    from refusals.cases import Kind
    from refusals.prompts import Prompt
    from refusals.study import SystemSpec

__all__ = ["EXAMPLES", "build", "read"]

ADAPTER = "openai_compatible/1"  # a new number makes cached replies stale
KEY = "OPENAI_API_KEY"
# OpenAI's own newer models take the second name only, most other servers know the first only.
_LIMITS = ("max_tokens", "max_completion_tokens")
_OPTIONS = {"max-tokens-field": _LIMITS}

_OUT_OF_CREDIT = "insufficient_quota"
_QUOTAS = tuple((f"x-ratelimit-limit-{name}", f"x-ratelimit-remaining-{name}") for name in ("requests", "tokens"))


def build(spec: SystemSpec) -> OpenAICompatibleModel:
    """Return the system.

    Raises:
        InputError: if the target, an option, a kind or the key is missing or wrong.
    """
    endpoint = read_endpoint(spec, variable=KEY)
    own = urlsplit(endpoint.url).hostname == "api.openai.com"
    limit = read_options(spec, _OPTIONS).get("max-tokens-field", _LIMITS[own])
    return OpenAICompatibleModel(
        endpoint=endpoint,
        timeout=spec.timeout,
        kinds=read_kinds(spec),
        concurrency=spec.concurrency or CONCURRENCY,
        identity={"adapter": ADAPTER, "url": endpoint.url, "model": endpoint.model, limit: spec.max_tokens},
        parameters={"model": endpoint.model, limit: spec.max_tokens},
    )


@dataclass(slots=True, kw_only=True)
class OpenAICompatibleModel:
    """A model behind Chat Completions. `timeout` is in seconds, for one attempt."""

    endpoint: Endpoint
    timeout: float
    parameters: Mapping[str, object]
    identity: Mapping[str, object] | None
    kinds: frozenset[Kind] = KINDS
    concurrency: int = CONCURRENCY
    adaptive: bool = True
    batch: int | None = 1
    headroom: float | None = None
    _session: ClientSession | None = field(default=None, repr=False)

    async def respond(self, prompts: Sequence[Prompt]) -> AsyncIterator[tuple[str, Reply]]:
        """Yield the reply to each prompt; a refusal by the provider is a reply."""
        for prompt in prompts:
            yield prompt.id, await self._ask(prompt)

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _ask(self, prompt: Prompt) -> Reply:
        body = {**self.parameters, "messages": messages(prompt)}
        session = self._session = self._session or self._connect()
        # The error is raised out here, so that it carries no request, and with it no key, in its context.
        answer = await self._attempt(session, body)
        if isinstance(answer, CallError):
            raise answer
        return answer

    def _connect(self) -> ClientSession:
        import aiohttp

        key = self.endpoint.key
        # Answers are short: uncompressed ones cost less and cannot be bombs.
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self.concurrency),
            cookie_jar=aiohttp.DummyCookieJar(),  # calls must not know of each other
            headers={**headers, "Authorization": f"Bearer {key.reveal()}"} if key else headers,
            timeout=aiohttp.ClientTimeout(total=self.timeout),
            auto_decompress=False,
            trust_env=False,
        )

    async def _attempt(self, session: ClientSession, body: Mapping[str, object]) -> Reply | CallError:
        import aiohttp

        try:
            return await self._exchange(session, body)
        except TimeoutError:
            return CallError(f"no answer within {self.timeout:g} s", again=True)
        except aiohttp.ClientError as error:
            return CallError(self.endpoint.explain(f"{type(error).__name__}: {error}"), again=True)

    async def _exchange(self, session: ClientSession, body: Mapping[str, object]) -> Reply | CallError:
        url = f"{self.endpoint.url}/chat/completions"
        async with session.post(url, json=body, allow_redirects=False) as response:
            status, headers = response.status, response.headers
            if headers.get("Content-Encoding", "identity") != "identity":
                return failed_call(f"http {status}: compressed, which was not asked for", status, headers)
            received = bytearray()
            async for chunk in response.content.iter_any():
                received += chunk
                if len(received) > MAX_BYTES:
                    return failed_call(f"http {status}: longer than {MAX_BYTES} bytes", status, headers)
        self.headroom = headroom(headers, _QUOTAS)
        return self._read(decode(received), status, headers)

    def _read(self, raw: Mapping[str, object] | None, status: int, headers: Mapping[str, str]) -> Reply | CallError:
        succeeded = 200 <= status < 300
        reply = read(raw if succeeded else {**(raw or {}), STATUS: status})
        if not isinstance(reply, Failure):
            return reply
        said = self.endpoint.explain(reply.message, status)
        if succeeded:
            return CallError(said, again=True)
        if at(raw, "error", "code") == _OUT_OF_CREDIT:  # waiting does not help, and fewer calls neither
            return CallError(said, again=False)
        return failed_call(said, status, headers)
