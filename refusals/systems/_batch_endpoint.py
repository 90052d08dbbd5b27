"""The four calls of the Message Batches API that a run needs: create, look, list, read the results."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from refusals.systems import CallError
from refusals.systems._chat import at, count_at, decode, text_at
from refusals.systems._messages_sdk import Rejected, Sdk, body_of

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic

PAGE = 100
UPLOAD = 600.0  # seconds that sending a batch may take at least
_COUNTS = ("processing", "succeeded", "errored", "canceled", "expired")


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What the server says of a batch. `archived` is one whose results are kept no longer."""

    id: str
    ended: bool
    archived: bool
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchEndpoint:
    """Calls through the SDK; what is returned and not raised is told apart by its type."""

    sdk: Sdk

    async def create(self, bodies: Mapping[str, Mapping[str, object]]) -> Batch | Rejected | CallError:
        """Send the bodies of requests, by custom id, as one batch."""
        requests: Any = [{"custom_id": identity, "params": body} for identity, body in bodies.items()]
        seconds = max(self.sdk.timeout, UPLOAD)

        async def exchange(client: AsyncAnthropic) -> Batch | CallError:
            async with client.messages.batches.with_streaming_response.create(
                requests=requests, timeout=seconds
            ) as response:
                return _batch(await body_of(response))

        return await self.sdk.attempt(exchange, seconds=seconds)

    async def look(self, batch: str) -> Batch | CallError:
        """Return how far a batch is."""

        async def exchange(client: AsyncAnthropic) -> Batch | CallError:
            async with client.messages.batches.with_streaming_response.retrieve(batch) as response:
                return _batch(await body_of(response))

        said = await self.sdk.attempt(exchange)
        return self.sdk.as_error(said) if isinstance(said, Rejected) else said

    async def page(self, after: str = "", limit: int = 0) -> tuple[list[Batch], bool] | CallError:
        """Return a page of batches, the newest first, that comes after one of them, and whether there are more."""
        further: dict[str, Any] = {"after_id": after} if after else {}

        async def exchange(client: AsyncAnthropic) -> tuple[list[Batch], bool] | CallError:
            call: Any = client.messages.batches.with_streaming_response.list(limit=limit or PAGE, **further)
            async with call as response:
                raw = await body_of(response)
            if isinstance(raw, CallError):
                return raw
            listed: list[Batch] = []
            for each in raw.get("data") or []:
                batch = _batch(each)
                if isinstance(batch, CallError):
                    return batch
                listed.append(batch)
            return listed, bool(raw.get("has_more"))

        said = await self.sdk.attempt(exchange)
        return self.sdk.as_error(said) if isinstance(said, Rejected) else said

    async def results(self, batch: str) -> AsyncGenerator[tuple[str, object]]:
        """Yield custom id and result of each line that can be read, in the order in which they come.

        They are asked for where the batch was sent, not where the server says that they are, so that
        the key goes nowhere else.

        Raises:
            CallError: if they cannot be had, or break off.
        """
        async with aclosing(self.sdk.lines(f"/v1/messages/batches/{quote(batch, safe='')}/results")) as lines:
            async for line in lines:
                raw = decode(line)
                if raw is not None and isinstance(raw.get("custom_id"), str):
                    yield raw["custom_id"], raw.get("result")


def _batch(raw: Mapping[str, Any] | CallError | object) -> Batch | CallError:
    if isinstance(raw, CallError):
        return raw
    identity, status = text_at(raw, "id"), text_at(raw, "processing_status")
    counts = [count_at(raw, "request_counts", name) for name in _COUNTS]
    if not identity or not status or None in counts:
        return CallError("what the server says of a batch cannot be read", again=True)
    return Batch(
        id=identity,
        ended=status == "ended",
        archived=at(raw, "archived_at") is not None,
        size=sum(count or 0 for count in counts),
    )
