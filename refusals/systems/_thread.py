"""Work that would block the loop is done in a thread that, unlike one of a pool, keeps nobody from leaving."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Given = TypeVar("Given")
Made = TypeVar("Made")


async def in_thread(function: Callable[[Given], Made], given: Given) -> Made:
    """Return what the function returns, or raise what it raises; if nobody waits any more, both are dropped."""
    loop = asyncio.get_running_loop()
    settled: asyncio.Future[Callable[[], Made]] = loop.create_future()

    def settle(result: Callable[[], Made]) -> None:
        if not settled.done():
            settled.set_result(result)

    def call() -> None:
        result = _called(function, given)
        with suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(settle, result)

    threading.Thread(target=call, name="refusals-work", daemon=True).start()
    return (await settled)()


def _called(function: Callable[[Given], Made], given: Given) -> Callable[[], Made]:
    """Call, and return what hands the result on: a future must not hold every exception, a callable can."""
    try:
        made = function(given)
    except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
        raised = error

        def again() -> Made:
            raise raised

        return again
    return lambda: made
