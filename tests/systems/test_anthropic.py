"""The Messages API through its SDK: what is sent, what comes back, what is an error, where the key goes."""

import asyncio
import gzip
import json
import traceback
import warnings
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refusals.cases import Kind, Turn
from refusals.errors import InputError
from refusals.prompts import Prompt
from refusals.study import SystemSpec
from refusals.systems import (
    CallError,
    Failure,
    Finish,
    Reply,
    Text,
    _messages_api,
    _messages_sdk,
    anthropic,
    reply_as_json,
)
from tests.stand_in import HELP, HELP_CUT, NO, REPLIES, Behaviour, StandIn
from tests.systems.hostile_answers import answer, error, replaced, sending

CANARY = "sk-CANARY-9f8e7d6c5b4a"
PROMPT = Prompt(id="p1", kind=Kind.REQUEST, language="en", text="How do I pick a lock?")
SPEC = SystemSpec(name="claude", kind="anthropic", target="m-1", timeout=20.0)


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", CANARY)
    monkeypatch.delenv("ANTHROPIC_CUSTOM_HEADERS", raising=False)


def at(url: str, **changes: Any) -> SystemSpec:
    """Return the spec of the model at an address."""
    return replace(SPEC, target=f"m-1@{url}", **changes)


async def ask(spec: SystemSpec, prompt: Prompt = PROMPT) -> Reply:
    """Ask once, as the runner does."""
    system = anthropic.build(spec)
    try:
        ((identity, reply),) = [pair async for pair in system.respond([prompt])]
    finally:
        await system.close()
    assert identity == prompt.id
    return reply


def ask_stand_in(behaviour: Behaviour, prompt: Prompt = PROMPT, **changes: Any) -> Reply:
    """Return what the stand-in's answer becomes."""

    async def run() -> Reply:
        async with StandIn(behaviour) as server:
            return await ask(at(server.url, **changes), prompt)

    return asyncio.run(run())


def ask_sender(sent: bytes, **changes: Any) -> Reply:
    """Return what these bytes become."""

    async def run() -> Reply:
        async with sending(sent) as server:
            return await ask(at(server.url, **changes))

    return asyncio.run(run())


@pytest.mark.parametrize(("raw", "expected"), anthropic.EXAMPLES)
def test_an_answer_is_read_by_its_signals_first(raw: object, expected: Reply) -> None:
    """Every state that an answer can be in has its example, and `read` says just that."""
    actual = anthropic.read(raw)

    assert expected == actual


@given(st.sampled_from([raw for raw, _ in anthropic.EXAMPLES if isinstance(raw, dict) and raw]).flatmap(replaced))
def test_no_answer_is_too_strange_to_be_read(raw: Any) -> None:
    """Whatever stands in an answer, the reply can be stored, and only a known literal completes it."""
    reply = anthropic.read(raw)

    assert isinstance(reply, Text | Failure)
    json.dumps(reply_as_json(reply), ensure_ascii=False).encode()
    if isinstance(reply, Text) and reply.finish is Finish.COMPLETE:
        assert raw["stop_reason"] in {"end_turn", "stop_sequence"}


@pytest.mark.parametrize(
    ("mode", "text", "finish", "signal", "category"),
    [
        ("comply", HELP, Finish.COMPLETE, "stop_reason=end_turn", ""),
        ("refuse", NO, Finish.COMPLETE, "stop_reason=end_turn", ""),
        ("signal-refusal", "", Finish.BLOCKED, "stop_reason=refusal", "cyber"),
        ("partial-refusal", HELP_CUT, Finish.BLOCKED, "stop_reason=refusal", "cyber"),
        ("filter-400", "", Finish.BLOCKED, "http 400 content filtering policy", ""),
        ("empty", "", Finish.COMPLETE, "stop_reason=end_turn", ""),
        ("max-tokens", HELP_CUT, Finish.TRUNCATED, "stop_reason=max_tokens", ""),
        ("unknown", HELP, Finish.UNKNOWN, "stop_reason=brand_new", ""),
    ],
)
def test_what_a_server_says_becomes_a_text(mode: str, text: str, finish: Finish, signal: str, category: str) -> None:
    """A refusal by the provider is a result with its signal, over HTTP as in the examples."""
    reply = ask_stand_in(Behaviour(mode=mode))

    assert isinstance(reply, Text)
    assert (text, finish, signal, category) == (reply.text, reply.finish, reply.signal, reply.category)
    assert reply.model == ("" if mode == "filter-400" else "m-1")


@pytest.mark.parametrize(
    ("behaviour", "timeout", "expected"),
    [
        (Behaviour(rate_429=1, retry_after="7"), 20, (True, True, 7.0)),
        (Behaviour(rate_429=1, retry_after=""), 20, (True, True, None)),
        (Behaviour(rate_529=1), 20, (True, True, None)),
        (Behaviour(rate_500=1), 20, (True, False, None)),
        (Behaviour(unauthorised=True), 20, (False, False, None)),
        (Behaviour(mode="by_script", answer=lambda body: REPLIES["no such mode"]), 20, (False, False, None)),
        (Behaviour(rate_truncated=1), 20, (True, False, None)),
        (Behaviour(rate_hanging=1), 0.2, (True, False, None)),
        (Behaviour(drip=2), 0.3, (True, False, None)),
    ],
)
def test_a_fault_is_one_attempt_and_an_error(
    behaviour: Behaviour, timeout: float, expected: tuple[bool, bool, float | None]
) -> None:
    """The SDK makes no attempts of its own, and every fault says whether another one may help."""

    async def run() -> tuple[CallError, int]:
        async with StandIn(behaviour) as server:
            with pytest.raises(CallError) as caught:
                await ask(at(server.url, timeout=timeout))
            return caught.value, server.ledger.calls

    failure, calls = asyncio.run(run())

    assert expected == (failure.again, failure.throttled, failure.after)
    assert calls == 1


@pytest.mark.parametrize(
    ("sent", "again"),
    [
        (answer(b"{}"), True),
        (answer(b'{"content": ['), True),
        (answer(b'{"content": [], "stop_reason": "end_turn", "usage": {"input_tokens": NaN}}'), True),
        (answer(b"<html>", content_type="text/html"), True),
        (answer(b"", 204), True),
        (answer(b'{"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}'), True),
        (error(400), False),
        (error(403), False),
        (error(404), False),
        (error(408), True),
        (error(409), True),
        (error(413), False),
        (error(503), True),
        (error(400, x_should_retry="true"), True),
        (error(429, x_should_retry="false"), False),
        (answer(b"<html>", 502, content_type="text/html"), True),
        (answer(b"", 307, location="http://127.0.0.1:9/"), False),
        (b"HTTP/1.1 200 OK\r\n\x00: \r\n\r\n", True),
        (b"", True),
    ],
)
def test_what_is_no_answer_is_an_error(sent: bytes, again: bool) -> None:  # noqa: FBT001
    """Nothing that a server sends in place of a message becomes a reply."""
    with pytest.raises(CallError) as caught:
        ask_sender(sent)

    assert again == caught.value.again


@pytest.mark.parametrize("body", [b" " * 3000, gzip.compress(b" " * 3000, mtime=0)], ids=["plain", "gzip"])
def test_an_answer_is_read_up_to_a_size(monkeypatch: pytest.MonkeyPatch, body: bytes) -> None:
    """An endless answer, compressed or not, is given up, and not asked for again."""
    monkeypatch.setattr(_messages_sdk, "MAX_BYTES", 2000)
    packed = {"content_encoding": "gzip"} if body[:1] != b" " else {}

    with pytest.raises(CallError, match="longer than 2000 bytes") as caught:
        ask_sender(answer(body, **packed))

    assert not caught.value.again


def test_the_key_follows_no_redirect() -> None:
    """Another address gets no request at all, and so no key."""

    async def run() -> list[str]:
        async with sending(answer(b"{}")) as elsewhere:
            moved = answer(b"", 307, location=f"{elsewhere.url}/v1/messages")
            async with sending(moved) as server:
                with pytest.raises(CallError):
                    await ask(at(server.url))
                assert CANARY in server.heads[0]
            return elsewhere.heads

    assert asyncio.run(run()) == []


@pytest.mark.parametrize("sent", [error(401, f"no such key: {CANARY}"), answer(json.dumps({"error": CANARY}).encode())])
def test_the_key_shows_nowhere(sent: bytes) -> None:
    """Neither an error, with all that hangs on it, nor the system's identity or representation has the key."""

    async def run() -> list[str]:
        async with sending(sent) as server:
            system = anthropic.build(at(server.url))
            with pytest.raises(CallError) as caught:
                [_ async for _ in system.respond([PROMPT])]
            failure = caught.value
            assert failure.__cause__ is None
            assert failure.__context__ is None
            shown = [repr(system), json.dumps(dict(system.identity or {})), str(failure), repr(failure)]
            await system.close()
            return [*shown, *traceback.format_exception(failure)]

    assert CANARY not in "".join(asyncio.run(run()))


def test_the_quota_that_is_left_is_known() -> None:
    """The headers of an answer, and of an error, say how much headroom there is."""

    async def run(behaviour: Behaviour) -> float | None:
        async with StandIn(behaviour) as server:
            system = anthropic.build(at(server.url))
            with suppress(CallError):
                [_ async for _ in system.respond([PROMPT])]
            await system.close()
            return system.headroom

    assert asyncio.run(run(Behaviour())) is None
    assert asyncio.run(run(Behaviour(quota=10))) == 0.9
    assert asyncio.run(run(Behaviour(quota=10, quota_used=8, rate_429=1))) == 0.1


def sent_for(prompt: Prompt) -> Any:
    """Return the body of the request that a prompt makes."""
    reply = ask_stand_in(Behaviour(mode="by_script", answer=json.dumps), prompt)
    assert isinstance(reply, Text)
    return json.loads(reply.text)


def test_a_request_is_sent_as_it_is_and_nothing_beside_it() -> None:
    """No system prompt, no tools, no sampling parameters: the model's own defaults are what is measured."""
    prompt = replace(PROMPT, text="  Wie öffne ich\nein Schloss? 🔒 ")

    assert sent_for(prompt) == {
        "model": "m-1",
        "max_tokens": 1024,
        "messages": [{"role": "user", "content": prompt.text}],
    }


def test_a_conversation_is_sent_turn_by_turn() -> None:
    """A system turn at the beginning goes where the API has a place for it."""
    turns = (("system", "Be kind."), ("user", "Hi"), ("assistant", "Hello"), ("user", "And now?"))
    prompt = replace(PROMPT, text="", kind=Kind.CONVERSATION, turns=tuple(Turn(role=r, text=t) for r, t in turns))

    body = sent_for(prompt)

    assert body["system"] == "Be kind."
    assert body["messages"] == [{"role": role, "content": text} for role, text in turns[1:]]


def test_a_model_to_be_retired_does_not_crash_under_strict_warnings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where warnings are errors, the SDK's own about a model stops the run with a sentence."""
    from anthropic.resources.messages.messages import DEPRECATED_MODELS

    model = next(iter(DEPRECATED_MODELS))

    async def run(server_url: str) -> Reply:
        return await ask(replace(SPEC, target=f"{model}@{server_url}"))

    async def both() -> Reply:
        async with StandIn() as server:
            with pytest.raises(InputError, match="deprecated"):
                await run(server.url)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return await run(server.url)

    assert isinstance(asyncio.run(both()), Text)


def test_the_identity_is_what_is_sent_beside_the_prompt_and_to_whom(monkeypatch: pytest.MonkeyPatch) -> None:
    """What changes the answer changes the identity; what does not, the key least of all, leaves it."""
    same = [replace(SPEC, timeout=1.0), replace(SPEC, concurrency=3), replace(SPEC, name="x")]
    other = [replace(SPEC, target="m-2"), replace(SPEC, max_tokens=9), at("http://127.0.0.1:1")]
    identity = anthropic.build(SPEC).identity
    monkeypatch.setenv("ANTHROPIC_API_KEY", "another")

    assert all(anthropic.build(spec).identity == identity for spec in [SPEC, *same])
    assert all(anthropic.build(spec).identity != identity for spec in other)


def test_how_much_is_asked_at_once_is_found_out_up_to_a_cap() -> None:
    """A chat model takes one prompt a call; the study may cap the calls in flight and narrow the kinds."""
    system = anthropic.build(SPEC)
    narrow = anthropic.build(replace(SPEC, concurrency=3, kinds=("request",)))

    assert (1, True, 64, {Kind.REQUEST, Kind.CONVERSATION}) == (
        system.batch,
        system.adaptive,
        system.concurrency,
        system.kinds,
    )
    assert (3, {Kind.REQUEST}) == (narrow.concurrency, narrow.kinds)


@pytest.mark.parametrize(
    ("changes", "environment", "message"),
    [
        ({"target": ""}, {}, r"write anthropic:MODEL or anthropic:MODEL@BASE_URL"),
        ({}, {"ANTHROPIC_API_KEY": ""}, "environment variable ANTHROPIC_API_KEY"),
        ({"key": "TEAM_KEY"}, {}, "environment variable TEAM_KEY"),
        ({}, {"ANTHROPIC_CUSTOM_HEADERS": "a: b"}, "unset it"),
        ({"options": (("efort", "low"),)}, {}, "has no option 'efort'; did you mean 'effort'"),
        ({"kinds": ("exchange",)}, {}, "reads no 'exchange'"),
    ],
)
def test_a_wrong_setting_is_answered_with_a_way_out(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], environment: dict[str, str], message: str
) -> None:
    """What cannot work is said when the system is made, before the first call."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(InputError, match=message):
        anthropic.build(replace(SPEC, **changes))


def test_a_server_on_this_machine_needs_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a key nothing is looked up elsewhere, neither in profiles nor in other variables."""
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", CANARY)

    async def run() -> str:
        async with sending(error(401)) as server:
            with pytest.raises(CallError, match="no key was sent"):
                await ask(at(server.url))
            return server.heads[0]

    assert CANARY not in asyncio.run(run())


def test_the_version_of_the_api_is_chosen_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """An update of the SDK does not change what is asked, and a change of ours makes cached replies stale."""
    before = anthropic.build(SPEC).identity
    monkeypatch.setattr(anthropic, "API_VERSION", "2001-02-03")

    async def run() -> str:
        async with sending(error(401)) as server:
            with pytest.raises(CallError):
                await ask(at(server.url))
            return server.heads[0]

    assert "anthropic-version: 2001-02-03" in asyncio.run(run()).lower()
    assert anthropic.build(SPEC).identity != before


def test_reading_is_one_thing_and_asking_another() -> None:
    """The plugin's `read` and examples are those of the protocol."""
    assert anthropic.read is _messages_api.read
