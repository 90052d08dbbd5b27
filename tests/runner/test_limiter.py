"""Calls in flight follow what the server bears."""

from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from refusals.runner.limiter import START, Limiter


async def rounds(limiter: Limiter, count: int, *, headroom: float | None = None) -> None:
    """Fill the limiter to the brim so many times, all calls clean."""
    for _ in range(count):
        epochs = [await limiter.enter() for _ in range(limiter.limit)]
        for epoch in epochs:
            limiter.leave()
            limiter.succeeded(epoch, headroom)


def test_it_doubles_while_rounds_are_full_and_clean() -> None:
    """Slow start: a full round without complaint doubles the limit, up to the cap."""
    limiter = Limiter(64, adaptive=True)
    assert limiter.limit == START
    asyncio.run(rounds(limiter, 1))
    assert limiter.limit == 2 * START
    asyncio.run(rounds(limiter, 5))

    assert limiter.limit == 64


def test_it_does_not_grow_while_there_is_room() -> None:
    """One call after another proves nothing about fifty at once."""
    limiter = Limiter(64, adaptive=True)

    async def one_by_one() -> None:
        for _ in range(200):
            epoch = await limiter.enter()
            limiter.leave()
            limiter.succeeded(epoch, None)

    asyncio.run(one_by_one())

    assert limiter.limit == START


def test_a_burst_of_complaints_cuts_once() -> None:
    """Fifty calls that were in flight together are one piece of evidence."""
    limiter = Limiter(100, adaptive=True)
    asyncio.run(rounds(limiter, 3))
    before = limiter.limit
    epoch = limiter._epoch
    for _ in range(50):
        limiter.throttled(epoch)

    assert limiter.limit == int(before * 0.8)


def test_after_a_cut_it_grows_slowly() -> None:
    """Doubling again would run into the same wall."""
    limiter = Limiter(1000, adaptive=True)
    asyncio.run(rounds(limiter, 3))
    limiter.throttled(limiter._epoch)
    before = limiter.limit
    asyncio.run(rounds(limiter, 1))

    assert before < limiter.limit <= before + max(1, before // 20)


def test_little_quota_left_is_a_complaint() -> None:
    """A server that says it is nearly out is not asked until it says no."""
    limiter = Limiter(64, adaptive=True)
    asyncio.run(rounds(limiter, 1, headroom=0.05))

    assert limiter.limit < START


def test_a_fixed_limit_stays() -> None:
    """Local systems are not probed."""
    limiter = Limiter(4, adaptive=False)
    asyncio.run(rounds(limiter, 3))
    limiter.throttled(limiter._epoch)

    assert limiter.limit == 4


def test_never_more_than_the_limit_are_in_flight() -> None:
    """Whatever the order of arrivals, the limit holds and everybody gets through."""

    async def go() -> int:
        limiter, most = Limiter(5, adaptive=False), 0

        async def call() -> None:
            nonlocal most
            await limiter.enter()
            most = max(most, limiter.in_flight)
            await asyncio.sleep(0)
            limiter.leave()

        await asyncio.gather(*(call() for _ in range(100)))
        assert limiter.in_flight == 0
        return most

    assert asyncio.run(go()) == 5


def test_whoever_gives_up_waiting_loses_no_place() -> None:
    """A cancelled waiter hands its turn on."""

    async def go() -> None:
        limiter = Limiter(1, adaptive=False)
        await limiter.enter()
        impatient = asyncio.create_task(limiter.enter())
        patient = asyncio.create_task(limiter.enter())
        await asyncio.sleep(0)
        limiter.leave()
        impatient.cancel()
        await asyncio.wait_for(patient, 5)

    asyncio.run(go())


@given(st.lists(st.sampled_from(["clean", "throttled", "low"]), max_size=200), st.integers(1, 200))
def test_the_limit_stays_between_one_and_the_cap(events: list[str], cap: int) -> None:
    """No history leads outside."""
    limiter = Limiter(cap, adaptive=True)
    for event in events:
        if event == "throttled":
            limiter.throttled(limiter._epoch)
        else:
            asyncio.run(rounds(limiter, 1, headroom=0.01 if event == "low" else None))
        assert 1 <= limiter.limit <= cap
