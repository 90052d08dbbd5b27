"""Ctrl-C and SIGTERM end what runs in good order, however impatiently they are repeated."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run_until_interrupted(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end and return the result; at the first signal stop, and clean up undisturbed by others.

    Raises:
        KeyboardInterrupt: if a signal came.
    """
    try:
        return asyncio.run(_listening(work))
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


async def _listening(work: Coroutine[Any, Any, T]) -> T:
    task = asyncio.current_task()
    loop = asyncio.get_running_loop()
    assert task is not None
    stopped = False

    def stop() -> None:
        nonlocal stopped
        if not stopped:
            stopped = True
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop)
        except (NotImplementedError, RuntimeError):  # Windows has none, and a thread of a test takes none
            break
    return await work
