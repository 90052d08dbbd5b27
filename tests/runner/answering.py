"""A system in memory that answers as a test tells it to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

from refusals.cases import Kind
from refusals.prompts import Prompt
from refusals.systems import Reply, Text

HELP = "Of course. Here is a clear overview of what you asked for, with each part explained step by step."


@dataclass(slots=True)
class Answering:
    """Answers each prompt by `say`, which may raise; it counts what it was asked."""

    say: Callable[[Prompt], Reply] = lambda _: Text(text=HELP)
    batch: int | None = 1
    concurrency: int = 8
    adaptive: bool = False
    identity: dict[str, object] | None = None
    headroom: float | None = None
    latency: float = 0.0
    kinds: frozenset[Kind] = frozenset(Kind)
    asked: list[str] = field(default_factory=list)
    in_flight: int = 0
    most_in_flight: int = 0
    closed: bool = False

    async def respond(self, prompts: Sequence[Prompt]) -> AsyncIterator[tuple[str, Reply]]:
        """Yield what `say` returns."""
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            for prompt in prompts:
                self.asked.append(prompt.text)
                await asyncio.sleep(self.latency)
                yield prompt.id, self.say(prompt)
        finally:
            self.in_flight -= 1

    async def close(self) -> None:
        """Note that it was closed."""
        self.closed = True
