"""A model is asked one thing a bounded number of times, and what went wrong is a value."""

from __future__ import annotations

import asyncio
from math import isfinite

from refusals.prompts import Prompt
from refusals.systems import CallError, Failure, Reply, System

ATTEMPTS = 3
LONGEST_WAIT = 30.0  # seconds between two attempts, whatever the server asks for
DEADLINE = 300.0  # seconds for one attempt


async def ask(model: System, prompt: Prompt) -> Reply:
    """Return the model's reply to the prompt, a `Failure` if there is none after all attempts.

    Raises:
        InputError: if the model answers against the contract, which stops the run.
    """
    failure = Failure(message="it was not asked")
    for attempt in range(ATTEMPTS):
        try:
            async with asyncio.timeout(DEADLINE):
                return _only(prompt, [answer async for answer in model.respond([prompt])])
        except TimeoutError:
            failure = Failure(message=f"no answer within {DEADLINE:g} seconds")
        except CallError as error:
            failure = Failure(message=str(error))
            if not error.again:
                break
            if attempt + 1 < ATTEMPTS:
                await asyncio.sleep(_wait(error.after, attempt))
    return failure


def _only(prompt: Prompt, answers: list[tuple[str, Reply]]) -> Reply:
    if [name for name, _ in answers] != [prompt.id]:
        return Failure(message=f"{len(answers)} answers to one question, or to another one")
    return answers[0][1]


def _wait(asked: float | None, attempt: int) -> float:
    if asked is not None and isfinite(asked):
        return min(max(asked, 0.0), LONGEST_WAIT)
    return float(2**attempt)
