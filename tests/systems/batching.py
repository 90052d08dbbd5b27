"""Asks the stand-in in batches through a line, as a run does.

In a test: `asked = ask(Behaviour(), prompts(3), tmp_path)` gives `asked.replies` and `asked.ledger`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from refusals.cases import Kind
from refusals.prompts import Prompt
from refusals.runner.line import Answer, Line, Purse
from refusals.study import Budget, SystemSpec
from refusals.systems import Reply, anthropic
from refusals.systems._message_batches import AnthropicBatches
from tests.stand_in import Behaviour, Ledger, StandIn


class Asked(NamedTuple):
    """What a line brought, what the server counted, and what was said of the wait."""

    answers: list[Answer]
    ledger: Ledger
    told: list[str]

    @property
    def replies(self) -> dict[str, Reply]:
        """The replies by prompt."""
        return {answer.prompt: answer.reply for answer in self.answers}


def prompts(number: int, before: str = "") -> list[Prompt]:
    """Return so many prompts whose texts differ."""
    return [
        Prompt(id=f"p{before}{n}", kind=Kind.REQUEST, language="en", text=f"{before}Question {n}?")
        for n in range(1, number + 1)
    ]


def build(url: str, folder: Path, told: list[str] | None = None, *, name: str = "claude") -> AnthropicBatches:
    """Return a system that sends batches there, and keeps its notes in the folder."""
    spec = SystemSpec(
        name=name, kind="anthropic", target=f"m-1@{url}", options=(("batch", "true"), ("poll", "0.01")), timeout=20.0
    )
    system = anthropic.build(spec)
    assert isinstance(system, AnthropicBatches)
    system.note_in(folder, [].append if told is None else told.append)
    return system


async def ask_there(server: StandIn, asked: Sequence[Prompt], folder: Path, *, budget: Budget | None = None) -> Asked:
    """Ask a server that runs, as a new process would."""
    told: list[str] = []
    system = build(server.url, folder, told)
    try:
        line = Line(SystemSpec(name="claude", kind="anthropic"), system, Purse(budget or Budget()))
        return Asked([answer async for answer in line.ask(asked)], server.ledger, told)
    finally:
        await system.close()


def during(behaviour: Behaviour, act: Callable[[StandIn], Awaitable[Asked]]) -> Asked:
    """Return what an act brings while a server runs."""

    async def main() -> Asked:
        async with StandIn(behaviour) as server, asyncio.timeout(60):
            return await act(server)

    return asyncio.run(main())


def ask(behaviour: Behaviour, asked: Sequence[Prompt], folder: Path, *, budget: Budget | None = None) -> Asked:
    """Ask a server of this behaviour once."""
    return during(behaviour, lambda server: ask_there(server, asked, folder, budget=budget))
