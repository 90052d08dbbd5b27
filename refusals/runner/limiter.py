"""Concurrency follows what the server bears: more while calls are clean, fewer when it asks for that.

Additive increase and multiplicative decrease (Chiu & Jain 1989) after a slow start, as TCP does;
a round counts only if it nearly filled the limit, so that no untested room is earned.
"""

from __future__ import annotations

import asyncio
from collections import deque

START = 10
SATURATED = 0.8
CUT = 0.8
LOW_HEADROOM = 0.1


class Limiter:
    """Lets at most `limit` calls through at once; `limit` moves between 1 and `cap`.

    Calls that began before the last cut neither grow nor cut again: they say nothing about it.
    """

    def __init__(self, cap: int, *, adaptive: bool) -> None:
        self.cap = max(1, cap)
        self.adaptive = adaptive
        self.limit = min(START, self.cap) if adaptive else self.cap
        self.in_flight = 0
        self._slow_start = True
        self._epoch = 0
        self._clean = 0
        self._peak = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def enter(self) -> int:
        """Wait for a place and take it; the number returned goes to `succeeded` or `throttled`."""
        while self.in_flight >= self.limit:
            place = asyncio.get_running_loop().create_future()
            self._waiting.append(place)
            try:
                await place
            except asyncio.CancelledError:
                self._wake()
                raise
        self.in_flight += 1
        self._peak = max(self._peak, self.in_flight)
        return self._epoch

    def leave(self) -> None:
        """Give the place back."""
        self.in_flight -= 1
        self._wake()

    def succeeded(self, epoch: int, headroom: float | None) -> None:
        """Take note of a call that went well at the first attempt, and of the quota left (0 to 1)."""
        if not self.adaptive or epoch != self._epoch:
            return
        if headroom is not None and headroom < LOW_HEADROOM:
            self.throttled(epoch)
            return
        self._clean += 1
        if self._clean >= max(self.limit, 4):
            if self._peak >= SATURATED * self.limit:
                self._grow()
            self._clean, self._peak = 0, self.in_flight

    def throttled(self, epoch: int) -> None:
        """Take note that the server asked for fewer calls."""
        if not self.adaptive or epoch != self._epoch:
            return
        self.limit = max(1, int(self.limit * CUT))
        self._slow_start = False
        self._epoch += 1
        self._clean, self._peak = 0, self.in_flight

    def _grow(self) -> None:
        step = self.limit if self._slow_start else max(1, self.limit // 20)
        self.limit = min(self.cap, self.limit + step)
        self._wake()

    def _wake(self) -> None:
        free = self.limit - self.in_flight
        while self._waiting and free > 0:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(None)
                free -= 1
