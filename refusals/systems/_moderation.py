"""Moderation services take a text and say how much of which harm is in it, each in words of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from refusals.systems import Reply, Verdict

if TYPE_CHECKING:
    from refusals.cases import Kind
    from refusals.prompts import Prompt
    from refusals.systems._server import Server

Read = Callable[[object], Reply]


@dataclass(slots=True, kw_only=True)
class Moderation:
    """A service that judges one text a call."""

    server: Server
    path: str
    ask: Callable[[Prompt], Mapping[str, object]]
    read: Read
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
        """Yield the verdict on each prompt."""
        for prompt in prompts:
            yield prompt.id, await self.server.ask(self.path, self.ask(prompt), self.read)

    async def close(self) -> None:
        """Close the connections."""
        await self.server.close()


def judged_text(prompt: Prompt) -> str:
    """Return the one text that is judged: the reply of an exchange, else the prompt."""
    return prompt.text if prompt.reply is None else prompt.reply


def score_decides(read: Read, threshold: float | None) -> Read:
    """Return a reader that leaves the decision to the score, where the study gives a threshold."""

    def decided(raw: object) -> Reply:
        reply = read(raw)
        if threshold is None or not isinstance(reply, Verdict) or reply.score is None:
            return reply
        return replace(reply, decision=None, threshold=threshold)

    return decided
