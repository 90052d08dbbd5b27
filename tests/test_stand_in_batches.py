"""The stand-in's batches are what the real SDK reads as such: other tests rest on their ends and their count."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest
from anthropic import APIStatusError, AsyncAnthropic
from anthropic.types.messages import MessageBatch

from tests.stand_in import FILTERED, HELP, Behaviour, Ledger, StandIn

T = TypeVar("T")


def during(behaviour: Behaviour, act: Callable[[AsyncAnthropic], Awaitable[T]]) -> tuple[T, Ledger]:
    """Return what an act gave, and the ledger after it."""

    async def main() -> tuple[T, Ledger]:
        async with (
            StandIn(behaviour) as server,
            asyncio.timeout(10),
            AsyncAnthropic(api_key="k", base_url=server.url, max_retries=0) as client,
        ):
            return await act(client), server.ledger

    return asyncio.run(main())


async def create(client: AsyncAnthropic, *ids: str) -> MessageBatch:
    """Send a request for each id."""
    return await client.messages.batches.create(
        requests=[
            {
                "custom_id": each,
                "params": {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": each}]},
            }
            for each in ids
        ]
    )


async def results(client: AsyncAnthropic, batch: str) -> dict[str, str]:
    """Return what became of each request: its text, or the type of its error or result."""
    found = {}
    async for line in await client.messages.batches.results(batch):
        result = line.result
        if result.type == "succeeded":
            found[line.custom_id] = "".join(block.text for block in result.message.content if block.type == "text")
        else:
            found[line.custom_id] = result.error.error.type if result.type == "errored" else result.type
    return found


def test_a_batch_goes_on_and_ends() -> None:
    """It is in progress as often as it was told to be, then its counts and results are there."""

    async def act(client: AsyncAnthropic) -> tuple[list[MessageBatch], dict[str, str]]:
        batch = await create(client, "a", "b")
        seen = [batch, *[await client.messages.batches.retrieve(batch.id) for _ in range(3)]]
        return seen, await results(client, batch.id)

    (seen, found), ledger = during(Behaviour(batch_polls=2), act)

    assert [each.processing_status for each in seen] == ["in_progress"] * 3 + ["ended"]
    assert [each.request_counts.processing for each in seen] == [2, 2, 2, 0]
    assert seen[-1].request_counts.succeeded == 2
    assert all(MessageBatch.model_validate(each.to_dict()) == each for each in seen)
    assert found == {"a": HELP, "b": HELP}
    assert (ledger.batches, ledger.creations, ledger.calls) == (1, 1, 0)
    assert dict(ledger.custom_ids) == dict(ledger.prompts) == {"a": 1, "b": 1}


def test_requests_meet_the_faults_of_the_script() -> None:
    """In the order in which they come, whatever batch they are in; the results are in another order."""

    async def act(client: AsyncAnthropic) -> list[dict[str, str]]:
        sent = [await create(client, "a", "b", "c"), await create(client, "d", "e", "f", "g", "h")]
        for each in sent:
            await client.messages.batches.retrieve(each.id)
        return [await results(client, each.id) for each in sent]

    (first, second), _ = during(Behaviour(batch_faults="expired,,overloaded_error,canceled"), act)

    assert first == {"a": "expired", "b": HELP, "c": "overloaded_error"}
    assert second == {"d": "canceled", **dict.fromkeys("efgh", HELP)}
    assert [*first, *second] != list("abcdefgh")


def test_the_content_filter_is_an_error_of_its_request() -> None:
    """An invalid request, with its sentence."""

    async def act(client: AsyncAnthropic) -> object:
        batch = await create(client, "a")
        await client.messages.batches.retrieve(batch.id)
        async for line in await client.messages.batches.results(batch.id):
            return line.result.to_dict()
        return None

    error = {"type": "invalid_request_error", "message": FILTERED}
    assert during(Behaviour(mode="filter-400"), act)[0] == {
        "type": "errored",
        "error": {"type": "error", "error": error},
    }


def test_the_newest_is_listed_first_page_by_page() -> None:
    """The SDK's own paging reads them all."""

    async def act(client: AsyncAnthropic) -> list[str]:
        for _ in range(5):
            await create(client, "a")
        return [each.id async for each in client.messages.batches.list(limit=2)]

    assert during(Behaviour(), act)[0] == [f"msgbatch_000{number}" for number in (5, 4, 3, 2, 1)]


def test_a_cancelled_batch_answers_nothing_more() -> None:
    """It says that it is being cancelled, and then that each request was."""

    async def act(client: AsyncAnthropic) -> tuple[str, str, dict[str, str]]:
        batch = await create(client, "a", "b")
        cancelling = await client.messages.batches.cancel(batch.id)
        ended = await client.messages.batches.retrieve(batch.id)
        return cancelling.processing_status, ended.processing_status, await results(client, batch.id)

    said, _ = during(Behaviour(batch_polls=99), act)

    assert said == ("canceling", "ended", {"a": "canceled", "b": "canceled"})


@pytest.mark.parametrize("ids", [("a", "a"), ("", "b"), ("a b",), ("x" * 65,)])
def test_ids_are_checked_as_the_api_does(ids: tuple[str, ...]) -> None:
    """They are unique in their batch, and of few letters."""

    async def act(client: AsyncAnthropic) -> int:
        with pytest.raises(APIStatusError) as caught:
            await create(client, *ids)
        return caught.value.status_code

    status, ledger = during(Behaviour(), act)

    assert (status, ledger.batches) == (400, 0)
