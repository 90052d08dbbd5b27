"""All prompts go in batches; each is answered, sent again where that may help, or fails with its reason."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from refusals.cases import Kind, Turn
from refusals.errors import InputError
from refusals.study import Budget, SystemSpec
from refusals.systems import CallError, Deferred, Failure, Text, anthropic, at_once
from refusals.systems._batch_notes import BatchNotes
from refusals.testing import check_made
from tests.stand_in import Behaviour, StandIn
from tests.systems.batching import Asked, ask, ask_there, build, during, prompts
from tests.systems.hostile_answers import answer, error, sending

CANARY = "sk-CANARY-9f8e7d6c5b4a"


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", CANARY)


def sent_to(ledger_prompts: Counter[str]) -> list[int]:
    """Return how often each prompt was sent."""
    return sorted(ledger_prompts.values())


def test_every_prompt_is_answered_in_one_batch(tmp_path: Path) -> None:
    """Results come in another order than requests, and each finds its prompt."""
    asked = ask(Behaviour(mode="by_script", answer=lambda body: body["messages"][0]["content"]), prompts(9), tmp_path)

    assert {name: reply.text for name, reply in asked.replies.items() if isinstance(reply, Text)} == {
        prompt.id: prompt.text for prompt in prompts(9)
    }
    assert [answer.prompt for answer in asked.answers] != [prompt.id for prompt in prompts(9)]
    assert (asked.ledger.batches, asked.ledger.calls, sent_to(asked.ledger.prompts)) == (1, 0, [1] * 9)
    assert all(reply.model == "m-1" for reply in asked.replies.values() if isinstance(reply, Text))


@pytest.mark.parametrize("fault", ["expired", "api_error", "overloaded_error", "rate_limit_error"])
def test_what_may_help_is_sent_again_until_none_is_left(fault: str, tmp_path: Path) -> None:
    """Only what got no answer goes again, under another id; here two of three, then one of them once more."""
    asked = ask(Behaviour(batch_faults=f",{fault},{fault},{fault}"), prompts(3), tmp_path)

    assert [type(reply) for reply in asked.replies.values()] == [Text] * 3
    assert sorted(answer.attempts for answer in asked.answers) == [1, 2, 3]
    assert (asked.ledger.batches, sent_to(asked.ledger.prompts)) == (3, [1, 2, 3])
    assert set(asked.ledger.custom_ids.values()) == {1}


def test_what_never_ends_well_fails_in_the_end(tmp_path: Path) -> None:
    """A request that always expires is sent as often as calls are made, and then says why."""
    asked = ask(Behaviour(batch_faults="expired", batch_always=True), prompts(2), tmp_path)

    assert set(asked.replies.values()) == {Failure(message="no answer in a batch: 2 expired")}
    assert (asked.ledger.batches, sent_to(asked.ledger.prompts)) == (5, [5, 5])


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("invalid_request_error", "http 400: invalid_request_error: The stand-in was told to answer so."),
        ("canceled", "the batch was cancelled before this request was answered"),
    ],
)
def test_what_cannot_help_fails_and_is_sent_anew_by_a_later_run(fault: str, message: str, tmp_path: Path) -> None:
    """An invalid request is sent once a run; the notes do not hold a run to a failure for ever."""

    async def twice(server: StandIn) -> Asked:
        first = await ask_there(server, prompts(2), tmp_path)
        again = await ask_there(server, prompts(2), tmp_path)
        return again._replace(answers=[*first.answers, *again.answers])

    asked = during(Behaviour(batch_faults=f"{fault}"), twice)

    assert Counter(type(answer.reply) for answer in asked.answers) == {Failure: 1, Text: 3}
    assert [answer.reply for answer in asked.answers if isinstance(answer.reply, Failure)] == [Failure(message=message)]
    assert (asked.ledger.batches, sent_to(asked.ledger.prompts)) == (2, [1, 2])


def test_an_answer_that_is_known_is_read_again_and_not_sent(tmp_path: Path) -> None:
    """A run whose results were lost has them from the batch, with the further ones that it wants."""

    async def twice(server: StandIn) -> Asked:
        await ask_there(server, prompts(2), tmp_path)
        return await ask_there(server, prompts(4), tmp_path)

    asked = during(Behaviour(), twice)

    assert [type(reply) for reply in asked.replies.values()] == [Text] * 4
    assert (asked.ledger.batches, sent_to(asked.ledger.prompts)) == (2, [1] * 4)


def test_two_systems_with_the_same_notes_keep_apart(tmp_path: Path) -> None:
    """The same question to the same model under two names is two questions."""

    async def both(server: StandIn) -> Asked:
        for name in ("one", "other"):
            system = build(server.url, tmp_path, name=name)
            assert len([pair async for pair in system.respond(prompts(2))]) == 2
            await system.close()
        return Asked([], server.ledger, [])

    assert sent_to(during(Behaviour(), both).ledger.prompts) == [2, 2]


def test_results_that_break_off_are_read_again(tmp_path: Path) -> None:
    """No request is taken for unanswered because a connection broke."""
    asked = ask(Behaviour(batch_cut=3), prompts(9), tmp_path)

    assert [type(reply) for reply in asked.replies.values()] == [Text] * 9
    assert len(asked.answers) == 9
    assert (asked.ledger.batches, sent_to(asked.ledger.prompts), asked.ledger.results) == (1, [1] * 9, 12)


def test_a_creation_without_an_answer_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A timeout does not tell whether the batch has arrived; it had."""
    monkeypatch.setattr("refusals.systems._batch_endpoint.UPLOAD", 0.3)

    async def impatient(server: StandIn) -> Asked:
        system = build(server.url, tmp_path)
        system.sdk.timeout = 0.3
        pairs = [pair async for pair in system.respond(prompts(3))]
        await system.close()
        assert [type(reply) for _, reply in pairs] == [Text] * 3
        return Asked([], server.ledger, [])

    arrived = during(Behaviour(batch_silent=1), impatient).ledger
    assert (arrived.creations, arrived.batches, sent_to(arrived.prompts)) == (1, 1, [1] * 3)

    (tmp_path / "batches.sqlite").unlink()
    lost = during(Behaviour(batch_lost=1), impatient).ledger
    assert (lost.creations, lost.batches, sent_to(lost.prompts)) == (2, 1, [1] * 3)


def test_a_batch_of_the_same_size_is_not_taken_for_ours(tmp_path: Path) -> None:
    """What others send meanwhile is waited for, looked into and left alone."""

    async def among_others(server: StandIn) -> Asked:
        notes = BatchNotes(tmp_path)
        ours = build(server.url, tmp_path)
        notes.write([ours._key(prompt) for prompt in prompts(2)], newest="")
        notes.close()
        await ours.close()
        (tmp_path / "elsewhere").mkdir()
        other = build(server.url, tmp_path / "elsewhere")
        assert len([pair async for pair in other.respond(prompts(2, "Other "))]) == 2
        await other.close()
        return await ask_there(server, prompts(2), tmp_path)

    asked = during(Behaviour(batch_polls=3), among_others)

    assert [type(reply) for reply in asked.replies.values()] == [Text] * 2
    assert (asked.ledger.batches, sent_to(asked.ledger.prompts)) == (2, [1] * 4)


def test_a_batch_that_the_server_does_not_know_stops_and_says_so(tmp_path: Path) -> None:
    """A key of another workspace does not send everything a second time."""

    async def moved(server: StandIn) -> Asked:
        await ask_there(server, prompts(2), tmp_path)
        async with StandIn() as elsewhere:
            system = build(server.url, tmp_path)
            system.sdk.endpoint = replace(system.sdk.endpoint, url=elsewhere.url)
            with pytest.raises(CallError, match=r"a key of the same workspace, or delete batches\.sqlite") as caught:
                [_ async for _ in system.respond(prompts(2))]
            await system.close()
            assert not caught.value.again
            return Asked([], elsewhere.ledger, [])

    assert during(Behaviour(), moved).ledger.batches == 0


def test_a_cap_on_calls_holds_for_what_is_sent_again(tmp_path: Path) -> None:
    """Three are sent, and of the two that expire one is left in the budget."""
    asked = ask(Behaviour(batch_faults="expired,expired"), prompts(5), tmp_path, budget=Budget(max_calls=4))
    spent = sum(asked.ledger.prompts.values())

    assert spent == 4
    assert Counter((type(answer.reply), answer.sent) for answer in asked.answers) == {
        (Text, True): 2,
        (Failure, True): 2,
        (Failure, False): 1,
    }


def test_a_conversation_with_nothing_to_answer_is_not_sent(tmp_path: Path) -> None:
    """One prompt that cannot be sent does not keep the others back."""
    mute = replace(prompts(1)[0], id="mute", kind=Kind.CONVERSATION, text="", turns=(Turn(role="assistant", text="x"),))
    asked = ask(Behaviour(), [mute, *prompts(2)], tmp_path)

    assert asked.replies["mute"] == Failure(
        message="the conversation does not end with a user's turn: there is nothing to answer"
    )
    assert asked.replies["p1"] == asked.replies["p2"]
    assert asked.ledger.custom_ids.total() == 2


def test_a_wait_is_told(tmp_path: Path) -> None:
    """Who looks on knows what is waited for."""
    asked = ask(Behaviour(batch_polls=2), prompts(3), tmp_path)

    assert set(asked.told) == {"waits for 3 requests (batches: 1)"}


@pytest.mark.parametrize(
    "statuses", [(400,), (401,), (413,), (429, 400)], ids=["invalid", "key", "size", "busy, then invalid"]
)
def test_a_batch_that_is_refused_fails_and_leaves_no_notes(statuses: tuple[int, ...], tmp_path: Path) -> None:
    """It is not looked for, and neither the error, with all that hangs on it, nor the notes have the key."""
    left = list(statuses)

    def said(head: str) -> bytes:
        listing = head.startswith("GET")
        return answer(b'{"data": []}') if listing else error(left.pop(0), f"no {CANARY}", retry_after="0")

    async def run() -> tuple[CallError, list[str], set[str]]:
        async with sending(said) as server:
            system = build(server.url, tmp_path)
            with pytest.raises(CallError) as caught:
                [_ async for _ in system.respond(prompts(2))]
            assert CANARY not in repr(system) + json.dumps(dict(system.identity or {}))
            await system.close()
            return caught.value, [head.split()[0] for head in server.heads], {system._key(each) for each in prompts(2)}

    failure, methods, keys = asyncio.run(run())
    notes = BatchNotes(tmp_path)
    noted = notes.posted(keys)
    notes.close()

    assert methods == ["GET", *["POST"] * len(statuses)]
    assert noted == []
    assert not failure.again
    assert f"http {statuses[-1]}" in str(failure)
    assert failure.__context__ is None
    assert CANARY not in str(failure)
    assert CANARY.encode() not in (tmp_path / "batches.sqlite").read_bytes()


def test_results_that_are_kept_no_longer_are_asked_for_anew(tmp_path: Path) -> None:
    """After a month a run that was stopped has nothing left to read, and says so by sending it again."""

    async def months_later(server: StandIn) -> Asked:
        first = await ask_there(server, prompts(2), tmp_path)
        server.batches.kept["msgbatch_0001"].archived = True
        again = await ask_there(server, prompts(2), tmp_path)
        assert again.replies == first.replies
        return again

    asked = during(Behaviour(), months_later)

    assert [answer.attempts for answer in asked.answers] == [2, 2]
    assert (asked.ledger.batches, sent_to(asked.ledger.prompts)) == (2, [2, 2])


def test_only_a_run_waits_for_batches(tmp_path: Path) -> None:
    """Without a place for notes nothing is sent, and who asks one reply after another is told so before the first."""
    spec = SystemSpec(name="claude", kind="anthropic", target="m-1", options=(("batch", "true"),))
    system = anthropic.build(spec)

    async def respond() -> None:
        [_ async for _ in system.respond(prompts(1))]

    with pytest.raises(InputError, match="leave out `batch`"):
        asyncio.run(respond())
    with pytest.raises(InputError, match="a judge's model is asked one prompt after another"):
        at_once(system, "a judge's model")
    live = anthropic.build(replace(spec, options=()))
    assert at_once(live, "it") is live
    assert isinstance(system, Deferred)
    check_made(system)


def test_what_is_asked_is_the_same_in_batches(tmp_path: Path) -> None:
    """A reply that was given live is taken from the cache for a batch, and the other way round."""
    spec = SystemSpec(name="claude", kind="anthropic", target="m-1")

    assert anthropic.build(replace(spec, options=(("batch", "true"),))).identity == anthropic.build(spec).identity
