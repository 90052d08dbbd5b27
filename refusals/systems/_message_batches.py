"""A model of the Messages API that is asked in batches, and answers when these have ended."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from refusals.errors import InputError
from refusals.systems import CallError, Failure, Reply, Terms
from refusals.systems._batch_endpoint import Batch, BatchEndpoint
from refusals.systems._batch_notes import FILE, BatchNotes, Posted
from refusals.systems._batch_post import PATIENCE, Post, chunks, patiently
from refusals.systems._batch_results import Again, read_result

if TYPE_CHECKING:
    from pathlib import Path

    from refusals.cases import Kind
    from refusals.prompts import Prompt
    from refusals.systems._messages_request import Request
    from refusals.systems._messages_sdk import Sdk


@dataclass(slots=True, kw_only=True)
class AnthropicBatches:
    """A model behind the Message Batches API. `poll` is in seconds, `name` tells it from others with the same notes."""

    sdk: Sdk
    request: Request
    identity: Mapping[str, object] | None
    kinds: frozenset[Kind]
    terms: Terms
    name: str
    poll: float
    concurrency: int = 1
    adaptive: bool = False
    batch: int | None = None
    _post: Post | None = field(default=None, repr=False)

    @property
    def headroom(self) -> float | None:
        """The share of its quota that the server last said is left."""
        return self.sdk.headroom

    def note_in(self, folder: Path, tell: Callable[[str], None]) -> None:
        """Keep the notes of what is sent in this folder."""
        endpoint = BatchEndpoint(sdk=self.sdk)
        self._post = Post(endpoint=endpoint, notes=BatchNotes(folder), poll=self.poll, tell=tell)

    async def respond(self, prompts: Sequence[Prompt]) -> AsyncIterator[tuple[str, Reply]]:
        """Yield the reply to each prompt as batches end; what has been sent before is not sent again."""
        post = self._post
        if post is None:
            raise InputError(f"{self.name} is sent as batches, which only a run can wait for; leave out `batch`")
        wanted: dict[str, Prompt] = {}
        for prompt in prompts:
            if wrong := self._cannot_send(prompt):
                yield prompt.id, wrong
            else:
                wanted[self._key(prompt)] = prompt
        unanswered: Counter[str] = Counter()
        waiting = await self._posted(post, wanted)
        while waiting:
            for posted in tuple(waiting):
                batch = await self._look(post, posted)
                if not batch.ended:
                    continue
                waiting.remove(posted)
                async for answer in self._replies(post, posted, batch, wanted, unanswered):
                    yield answer
            if waiting:
                post.tell(f"waits for {sum(len(each.keys) for each in waiting):,} requests (batches: {len(waiting):,})")
                await asyncio.sleep(self.poll)
        if unanswered:
            listed = "; ".join(f"{number:,} {why}" for why, number in unanswered.items())
            raise CallError(f"no answer in a batch: {listed}", again=True, after=0.0)

    async def close(self) -> None:
        """Close the connections and the notes; batches that are on their way go on."""
        await self.sdk.close()
        if self._post is not None:
            self._post.notes.close()
            self._post = None

    def _cannot_send(self, prompt: Prompt) -> Failure | None:
        try:
            self.request.body(prompt)
        except CallError as error:
            return Failure(message=str(error))
        return None

    def _key(self, prompt: Prompt) -> str:
        content = [self.name, self.identity, prompt.id]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    async def _posted(self, post: Post, wanted: Mapping[str, Prompt]) -> list[Posted]:
        """Return the batches that hold all of what is wanted: those sent before, and those sent now."""
        before = [each if each.batch else await post.find(each) for each in post.notes.posted(wanted)]
        posted = [each for each in before if each is not None]
        held = {key for each in posted for key in each.keys.values()}
        new = ((key, self.request.body(prompt)) for key, prompt in wanted.items() if key not in held)
        for bodies in chunks(new):
            posted.append(await post.send(bodies))  # noqa: PERF401 - one after the other
        return posted

    async def _look(self, post: Post, posted: Posted) -> Batch:
        try:
            return await patiently(lambda: post.endpoint.look(posted.batch), self.poll)
        except CallError as error:
            way_out = f"ask with a key of the same workspace, or delete {FILE} to send all of it anew"
            raise CallError(f"batch {posted.batch}: {error}; {way_out}", again=False) from None

    async def _replies(
        self, post: Post, posted: Posted, batch: Batch, wanted: Mapping[str, Prompt], unanswered: Counter[str]
    ) -> AsyncIterator[tuple[str, Reply]]:
        """Yield what the results hold, count what is to be sent again, and strike out what got no reply."""
        left = {each: wanted[key] for each, key in posted.keys.items() if key in wanted}
        if batch.archived:
            unanswered["results are kept no longer"] += len(left)
            post.notes.drop(left)
            return
        error: CallError | None = None
        spent: list[str] = []
        for _ in range(PATIENCE):
            try:
                async with aclosing(post.endpoint.results(batch.id)) as results:
                    async for identity, result in results:
                        if identity not in left:
                            continue
                        prompt, said = left.pop(identity), self._without_key(read_result(result))
                        if isinstance(said, Again):
                            unanswered[said.why] += 1
                        else:
                            yield prompt.id, said
                        if isinstance(said, Again | Failure):
                            spent.append(identity)
                error = CallError("the results lack requests", again=True)
            except CallError as broken:
                error = broken
            if not left or not error.again:
                break
            await asyncio.sleep(self.poll)
        post.notes.drop(spent)
        if left:
            raise CallError(f"batch {batch.id}: {error}", again=False)

    def _without_key(self, said: Reply | Again) -> Reply | Again:
        if isinstance(said, Again):
            return Again(why=self.sdk.endpoint.explain(said.why))
        return Failure(message=self.sdk.endpoint.explain(said.message)) if isinstance(said, Failure) else said
