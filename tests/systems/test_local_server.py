"""A model in this process: batches, failures and the event loop, with a stand-in for the weights."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from refusals.errors import InputError
from refusals.systems import CallError, Failure, Reply, Text
from refusals.systems._local_model import LanguageModel
from refusals.systems._local_server import LocalServer


@dataclass
class Words:
    """Says what it is asked; `answer` may do otherwise."""

    batches: list[int] = field(default_factory=list)
    answer: Callable[[Mapping[str, Any]], dict[str, Any]] = dict

    def complete(self, bodies: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Return the bodies as answers."""
        self.batches.append(len(bodies))
        return [self.answer(body) for body in bodies]


def server(load: Callable[[], Words], **changes: Any) -> LocalServer:
    """Return a server with a model that is no model."""
    given = {"timeout": 20.0, "batch": 3, **changes}
    return LocalServer(load=cast("Callable[[], LanguageModel]", load), **given)


def read(raw: object) -> Reply:
    """Read what `Words` says."""
    assert isinstance(raw, dict)
    return Failure(message=raw["error"]) if "error" in raw else Text(text=raw["said"])


async def asked(local: LocalServer, *words: str) -> list[Any]:
    """Ask all at once."""
    return await asyncio.gather(
        *(local.ask("/chat/completions", {"said": word}, read) for word in words), return_exceptions=True
    )


def test_who_asks_at_once_is_answered_together() -> None:
    """In batches, each with the answer to what it asked."""
    model = Words()

    answers = asyncio.run(asked(server(lambda: model), "a", "b", "c", "d"))

    assert answers == [Text(text=word) for word in "abcd"]
    assert model.batches == [3, 1]


def test_the_loop_goes_on_while_the_model_works() -> None:
    """The model waits for something that only the loop can do."""
    free = threading.Event()

    def answer(body: Mapping[str, Any]) -> dict[str, Any]:
        assert free.wait(20)
        return dict(body)

    async def run() -> list[Any]:
        asyncio.get_running_loop().call_later(0.01, free.set)
        return await asked(server(lambda: Words(answer=answer)), "a")

    assert asyncio.run(run()) == [Text(text="a")]


def test_an_error_of_one_is_not_one_of_the_others() -> None:
    """What cannot be asked is answered with an error."""
    model = Words(answer=lambda body: {"error": "too long"} if body["said"] == "b" else dict(body))

    first, second, third = asyncio.run(asked(server(lambda: model), "a", "b", "c"))

    assert (first, third) == (Text(text="a"), Text(text="c"))
    assert isinstance(second, CallError)
    assert (str(second), second.again) == ("too long", False)


def test_a_model_that_raises_is_a_failed_call_and_asked_again_by_others() -> None:
    """One batch that ran out of memory says nothing of the next."""

    def answer(body: Mapping[str, Any]) -> dict[str, Any]:
        if body["said"] == "a":
            raise MemoryError("no more")
        return dict(body)

    first, second = asyncio.run(asked(server(lambda: Words(answer=answer), batch=1), "a", "b"))

    assert isinstance(first, CallError)
    assert str(first) == "MemoryError: no more"
    assert second == Text(text="b")


def test_a_model_that_takes_too_long_is_not_waited_for() -> None:
    """`timeout` is for a batch."""
    free = threading.Event()
    try:
        (found,) = asyncio.run(
            asked(server(lambda: Words(answer=lambda body: dict(body, done=free.wait(20))), timeout=0.05), "a")
        )
    finally:
        free.set()

    assert isinstance(found, CallError)
    assert str(found) == "no answer within 0.05 s (`timeout` allows more)"


def test_a_model_that_cannot_be_loaded_stops_the_run() -> None:
    """It is bad input, for all who ask."""

    def load() -> Words:
        raise InputError("lacks weights")

    found = asyncio.run(asked(server(load), "a", "b"))

    assert [type(each) for each in found] == [InputError, InputError]


def test_weights_are_loaded_once() -> None:
    """However many ask, and when."""
    loaded: list[Words] = []

    def load() -> Words:
        loaded.append(Words())
        return loaded[-1]

    async def run() -> None:
        local = server(load)
        await asked(local, "a", "b", "c", "d", "e")
        await asked(local, "f")
        await local.close()

    asyncio.run(run())
    assert [model.batches for model in loaded] == [[3, 2, 1]]


@pytest.mark.parametrize("late", [True, False])
def test_who_waits_no_more_keeps_nobody_back(late: bool) -> None:  # noqa: FBT001 - a parameter of a test
    """A call that was cancelled is answered into nothing."""

    async def run() -> Any:
        local = server(Words)
        first = asyncio.create_task(local.ask("", {"said": "a"}, read))
        if late:
            await asyncio.sleep(0)
        first.cancel()
        return await asked(local, "b")

    assert asyncio.run(run()) == [Text(text="b")]
