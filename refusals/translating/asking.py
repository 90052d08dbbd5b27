"""All prompts are asked on one line at once, and each answer is handed over as it comes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from refusals.prompts import Prompt
    from refusals.runner.line import Answer, Line


async def ask_all(line: Line, prompts: Sequence[Prompt], took: Callable[[Answer], None]) -> None:
    """Hand over the answer to every prompt, those kept in the cache first. Cancelling keeps what was handed over.

    Equal prompts are asked once, and their answer is handed over once.

    Raises:
        InputError: if the system answers against its contract.
    """
    unknown = []
    for prompt in {prompt.id: prompt for prompt in prompts}.values():
        kept = line.recall(prompt)
        if kept is None:
            unknown.append(prompt)
        else:
            took(kept)
    batch = line.system.batch or max(1, len(unknown))
    try:
        async with asyncio.TaskGroup() as group:
            for start in range(0, len(unknown), batch):
                group.create_task(_ask(line, unknown[start : start + batch], took))
    except* Exception as errors:  # noqa: BLE001 - unwrapped, never swallowed
        raise _first(errors) from None


async def _ask(line: Line, prompts: Sequence[Prompt], took: Callable[[Answer], None]) -> None:
    async for answer in line.ask(prompts):
        took(answer)


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    inner = errors.exceptions[0]
    return _first(inner) if isinstance(inner, BaseExceptionGroup) else inner
