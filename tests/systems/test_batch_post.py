"""Requests go in as many batches as they must, and what may have arrived is found among all that others have sent."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refusals.systems import CallError, _batch_endpoint, _batch_post
from refusals.systems._batch_notes import FILE
from refusals.systems._batch_post import PATIENCE, Body, Post, chunks, patiently
from tests.stand_in import Behaviour, StandIn
from tests.systems.batching import ask, build, prompts

BODIES: dict[str, Body] = {
    f"k{n}": {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": f"Question {n}?"}]}
    for n in range(3)
}


def in_post(act: Callable[[Post, StandIn], Awaitable[None]], folder: Path, behaviour: Behaviour | None = None) -> None:
    """Let an act use the post to a server."""

    async def main() -> None:
        async with StandIn(behaviour) as server, asyncio.timeout(60):
            system = build(server.url, folder)
            assert system._post
            await act(system._post, server)
            await system.close()

    asyncio.run(main())


@given(st.lists(st.text(max_size=30), max_size=30), st.integers(1, 9), st.integers(1, 2000))
def test_a_batch_holds_what_it_may(texts: list[str], most: int, size: int) -> None:
    """No request is lost or doubled, and no batch of several is over either limit, as it is sent."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_batch_post, "MOST_REQUESTS", most)
        patch.setattr(_batch_post, "MOST_BYTES", size)
        made = list(chunks((str(place), {"text": text}) for place, text in enumerate(texts)))

    assert [body["text"] for chunk in made for body in chunk.values()] == texts
    for chunk in made:
        requests = [{"custom_id": "f" * 40, "params": body} for body in chunk.values()]
        assert len(chunk) == 1 or len(chunk) <= most
        assert len(chunk) == 1 or len(json.dumps({"requests": requests})) <= size


def test_the_limits_are_those_of_the_api() -> None:
    """100,000 requests or 256 MB, whichever comes first."""
    assert (_batch_post.MOST_REQUESTS, _batch_post.MOST_BYTES) == (100_000, 256_000_000)


def test_more_than_one_batch_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is noted under its own id, and all is answered."""
    monkeypatch.setattr(_batch_post, "MOST_REQUESTS", 2)
    asked = ask(Behaviour(batch_polls=6), prompts(5), tmp_path)

    assert asked.ledger.batches == 3
    assert len(asked.replies) == 5
    assert "waits for 5 requests (batches: 3)" in asked.told
    assert set(asked.ledger.prompts.values()) == {1}


def test_a_batch_is_found_among_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list is read page by page, up to the batch that was the newest before."""
    monkeypatch.setattr(_batch_endpoint, "PAGE", 2)

    def bodies(number: int) -> dict[str, Body]:
        return {f"{number} {key}": body for key, body in BODIES.items()}

    async def act(post: Post, server: StandIn) -> None:
        sent = [await post.send(bodies(number)) for number in range(8)]
        with closing(sqlite3.connect(tmp_path / FILE)) as db, db:
            db.execute("UPDATE batches SET batch = NULL WHERE batch = 'msgbatch_0004'")
        (unknown,) = post.notes.posted(bodies(3))
        assert (unknown.batch, unknown.newest) == ("", "msgbatch_0003")
        assert await post.find(unknown) == sent[3]
        assert server.ledger.batches == 8

    in_post(act, tmp_path)


def test_a_batch_that_never_arrived_is_struck_out(tmp_path: Path) -> None:
    """Its requests are free to be sent, and nothing else is forgotten."""

    async def act(post: Post, server: StandIn) -> None:
        kept = await post.send(BODIES)
        lost = post.notes.write(["other"], kept.batch)
        assert await post.find(lost) is None
        assert post.notes.posted(["other"]) == []
        assert post.notes.posted(BODIES) == [kept]
        assert server.ledger.batches == 1

    in_post(act, tmp_path)


def test_patience_has_an_end() -> None:
    """A call that may help is made so often; one that cannot, once."""
    calls = {True: 0, False: 0}

    async def failing(again: bool) -> int | CallError:  # noqa: FBT001
        calls[again] += 1
        return CallError("down", again=again)

    for again in (True, False):
        with pytest.raises(CallError, match="down") as caught:
            asyncio.run(patiently(lambda again=again: failing(again), 0.0))  # type: ignore[misc]
        assert not caught.value.again

    assert calls == {True: PATIENCE, False: 1}


def test_a_server_says_when_to_ask_again() -> None:
    """What it asks to wait goes before the seconds between two looks."""
    said: list[int | CallError] = [CallError("busy", again=True, after=0.0), 7]

    async def pop() -> int | CallError:
        return said.pop(0)

    assert asyncio.run(asyncio.wait_for(patiently(pop, 3600.0), 30)) == 7
