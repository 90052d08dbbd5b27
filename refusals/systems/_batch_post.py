"""Requests are sent as batches, each of them once: what may have arrived is looked for before it is sent again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from refusals.systems import CallError
from refusals.systems._batch_endpoint import Batch, BatchEndpoint
from refusals.systems._messages_sdk import Rejected

if TYPE_CHECKING:
    from refusals.systems._batch_notes import BatchNotes, Posted

T = TypeVar("T")
Body = Mapping[str, object]

MOST_REQUESTS = 100_000
MOST_BYTES = 256_000_000
PATIENCE = 30  # times that a call is made again before it is given up
_FRAME = 100  # bytes around a body in a batch
_AMBIGUOUS = frozenset({408, 409})


def chunks(bodies: Iterable[tuple[str, Body]]) -> Iterator[dict[str, Body]]:
    """Yield the bodies, by key, in as many as one batch may hold; a size is never taken for less than is sent."""
    chunk: dict[str, Body] = {}
    held = 0
    for key, body in bodies:
        size = len(json.dumps(body)) + _FRAME
        if chunk and (len(chunk) >= MOST_REQUESTS or held + size > MOST_BYTES):
            yield chunk
            chunk, held = {}, 0
        chunk[key] = body
        held += size
    if chunk:
        yield chunk


async def patiently(ask: Callable[[], Awaitable[T | CallError]], wait: float) -> T:
    """Return what a call brings, made again where that may help, as often as `PATIENCE` says.

    Raises:
        CallError: if it brings nothing; the line is not to try all of it again.
    """
    error = CallError("not asked", again=False)
    for _ in range(PATIENCE):
        said = await ask()
        if not isinstance(said, CallError):
            return said
        error = said
        if not error.again:
            break
        await asyncio.sleep(wait if error.after is None else error.after)
    raise CallError(str(error), again=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Where batches go to, the notes of what went, seconds between two looks, and who is told what is waited for."""

    endpoint: BatchEndpoint
    notes: BatchNotes
    poll: float
    tell: Callable[[str], None]

    async def send(self, bodies: Mapping[str, Body]) -> Posted:
        """Send bodies, by key, as one batch.

        Raises:
            CallError: if they are not accepted.
        """
        newest = await self._newest()
        error = CallError("not sent", again=False)
        for _ in range(PATIENCE):
            posted = self.notes.write(bodies, newest)
            said = await self.endpoint.create({each: bodies[key] for each, key in posted.keys.items()})
            if isinstance(said, Batch):
                return self.notes.name(posted, said.id)
            error = self.endpoint.sdk.as_error(said)
            if isinstance(said, Rejected) and said.status < 500 and said.status not in _AMBIGUOUS:
                self.notes.forget(posted)
            elif found := await self.find(posted):
                return found
            if not error.again:
                break
            await asyncio.sleep(self.poll if error.after is None else error.after)
        raise CallError(str(error), again=False)

    async def find(self, posted: Posted) -> Posted | None:
        """Return a batch with its id if it has arrived; if it has not, strike it out of the notes.

        Only results hold the ids of requests, so a batch that may be it is waited for. The list is read
        a second time a while later, since what was sent may still have been on its way.

        Raises:
            CallError: if nobody can tell.
        """
        others = set(self.notes.known())
        for _ in range(2):
            while True:
                unsure = False
                async for batch in self._since(posted.newest):
                    if batch.id in others or batch.size != len(posted.keys) or batch.archived:
                        continue
                    if not batch.ended:
                        unsure = True
                    elif await self._holds(batch.id, posted):
                        return self.notes.name(posted, batch.id)
                    else:
                        others.add(batch.id)
                if not unsure:
                    break
                self.tell("waits for a batch that may be the one sent before the last stop")
                await asyncio.sleep(self.poll)
            await asyncio.sleep(self.poll)
        self.notes.forget(posted)
        return None

    async def _newest(self) -> str:
        listed, _ = await patiently(lambda: self.endpoint.page(limit=1), self.poll)
        return listed[0].id if listed else ""

    async def _since(self, newest: str) -> AsyncIterator[Batch]:
        """Yield the batches that came after the one that was the newest."""
        after, more = "", True
        while more:
            here = after
            listed, more = await patiently(lambda: self.endpoint.page(here), self.poll)  # noqa: B023 - called at once
            for batch in listed:
                if batch.id == newest:
                    return
                yield batch
            after, more = (listed[-1].id, more) if listed else ("", False)

    async def _holds(self, batch: str, posted: Posted) -> bool:
        async def first() -> str | CallError:
            try:
                async with aclosing(self.endpoint.results(batch)) as results:
                    async for identity, _ in results:
                        return identity
            except CallError as error:
                return error
            return ""

        return await patiently(first, self.poll) in posted.keys
