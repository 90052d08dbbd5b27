"""Chat Completions: what is sent, what comes back in its dialects, what is an error, where the key goes."""

import asyncio
import gzip
import json
import subprocess
import sys
import traceback
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
from refusals.systems import CallError, Failure, Finish, Reply, Text, _server, openai_compatible, reply_as_json
from tests.stand_in import HELP, HELP_CUT, NO, REPLIES, Behaviour, StandIn
from tests.systems.hostile_answers import answer, error, replaced, sending

CANARY = "sk-CANARY-1a2b3c4d5e6f"
PROMPT = Prompt(id="p1", kind=Kind.REQUEST, language="en", text="How do I pick a lock?")
ENDED = ("stop", "completed")
SPEC = SystemSpec(name="local", kind="openai_compatible", target="org/m-1@https://models.example/v1", timeout=20.0)


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)


def at(url: str, **changes: Any) -> SystemSpec:
    """Return the spec of the model at an address."""
    return replace(SPEC, target=f"org/m-1@{url}/v1", **changes)


async def ask(spec: SystemSpec, prompt: Prompt = PROMPT) -> Reply:
    """Ask once, as the runner does."""
    system = openai_compatible.build(spec)
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


@pytest.mark.parametrize(("raw", "expected"), openai_compatible.EXAMPLES)
def test_an_answer_is_read_by_its_signals_first(raw: object, expected: Reply) -> None:
    """Every state that an answer can be in has its example, and `read` says just that."""
    actual = openai_compatible.read(raw)

    assert expected == actual


@given(
    st.sampled_from([raw for raw, _ in openai_compatible.EXAMPLES if isinstance(raw, dict) and raw]).flatmap(replaced)
)
def test_no_answer_is_too_strange_to_be_read(raw: Any) -> None:
    """Whatever stands in an answer, the reply can be stored, and only a known literal completes it."""
    reply = openai_compatible.read(raw)

    assert isinstance(reply, Text | Failure)
    json.dumps(reply_as_json(reply), ensure_ascii=False).encode()
    if isinstance(reply, Text) and reply.finish is Finish.COMPLETE:
        assert (raw["status"] if raw.get("object") == "response" else raw["choices"][0]["finish_reason"]) in ENDED


@pytest.mark.parametrize(
    ("mode", "text", "finish", "signal", "category"),
    [
        ("comply", HELP, Finish.COMPLETE, "finish_reason=stop", ""),
        ("refuse", NO, Finish.COMPLETE, "finish_reason=stop", ""),
        ("signal-refusal", NO, Finish.BLOCKED, "message.refusal", ""),
        ("partial-refusal", HELP_CUT, Finish.BLOCKED, "finish_reason=content_filter", ""),
        ("content-filter", "", Finish.BLOCKED, "finish_reason=content_filter", ""),
        ("filter-400", "", Finish.BLOCKED, "http 400 content_filter", "violence"),
        ("empty", "", Finish.COMPLETE, "finish_reason=stop", ""),
        ("max-tokens", HELP_CUT, Finish.TRUNCATED, "finish_reason=length", ""),
        ("unknown", HELP, Finish.UNKNOWN, "finish_reason=brand_new", ""),
    ],
)
def test_what_a_server_says_becomes_a_text(mode: str, text: str, finish: Finish, signal: str, category: str) -> None:
    """A block by the provider is a result with its signal, over HTTP as in the examples."""
    reply = ask_stand_in(Behaviour(mode=mode))

    assert isinstance(reply, Text)
    assert (text, finish, signal, category) == (reply.text, reply.finish, reply.signal, reply.category)
    assert reply.model == ("" if mode == "filter-400" else "org/m-1")


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
    """The client makes no attempts of its own, and every fault says whether another one may help."""

    async def run() -> tuple[CallError, int]:
        async with StandIn(behaviour) as server:
            with pytest.raises(CallError) as caught:
                await ask(at(server.url, timeout=timeout))
            return caught.value, server.ledger.calls

    failure, calls = asyncio.run(run())

    assert expected == (failure.again, failure.throttled, failure.after)
    assert calls == 1


def completion(text: str) -> bytes:
    """Return the body of an answer whose text is given as JSON."""
    return b'{"choices": [{"finish_reason": "stop", "message": {"content": %s}}]}' % text.encode()


@pytest.mark.parametrize(
    ("sent", "again"),
    [
        (answer(b"{}"), True),
        (answer(b'{"choices": ['), True),
        (answer(b'{"choices": []}'), True),
        (answer(completion('"a", "content": "b"')), True),
        (answer(completion("NaN")), True),
        (answer(completion('"\xff"').replace(b"\xc3\xbf", b"\xff")), True),
        (answer(completion("[" * 100_000)), True),
        (answer(completion("1" * 5_000)), True),
        (answer(b"<html>", content_type="text/html"), True),
        (answer(b"", 204), True),
        (answer(b'{"error": {"message": "oops", "code": 502}}'), True),
        (error(400), False),
        (error(403), False),
        (error(404), False),
        (error(408), True),
        (error(409), True),
        (error(413), False),
        (error(503), True),
        (error(400, x_should_retry="true"), True),
        (error(429, x_should_retry="false"), False),
        (answer(b'{"error": {"code": "insufficient_quota"}}', 429), False),
        (answer(b"<html>", 502, content_type="text/html"), True),
        (answer(gzip.compress(b"<html>", mtime=0), 502, content_encoding="gzip"), True),
        (answer(gzip.compress(completion('"Sure."'), mtime=0), content_encoding="gzip"), False),
        (answer(b"", 307, location="http://127.0.0.1:9/"), False),
        (answer(completion('"Sure."'), x_long="x" * 70_000), True),
        (answer(completion('"Sure."'), content_length="7"), True),
        (answer(completion('"Sure."'), transfer_encoding="chunked"), True),
        (b"HTTP/1.1 200 OK\r\n\x00: \r\n\r\n", True),
        (b"SSH-2.0-OpenSSH\r\n", True),
        (b"", True),
    ],
)
def test_what_is_no_answer_is_an_error(sent: bytes, again: bool) -> None:  # noqa: FBT001 - a table of examples
    """Nothing that a server sends in place of a message becomes a reply."""
    with pytest.raises(CallError) as caught:
        ask_sender(sent)

    assert again == caught.value.again


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "http://localhost:9"])
def test_a_server_that_cannot_be_reached_is_an_error(url: str) -> None:
    """No connection is no answer, and may be one later."""
    with pytest.raises(CallError) as caught:
        asyncio.run(ask(at(url)))

    assert caught.value.again


def test_half_a_character_is_shown_as_missing() -> None:
    """A lone surrogate, which JSON can carry and nothing can store, becomes U+FFFD; nothing else changes."""
    reply = ask_sender(answer(completion('" a\\ud83d\\n\\ud83d\\ude00 "')))

    assert isinstance(reply, Text)
    assert reply.text == " a\ufffd\n\U0001f600 "


def test_an_answer_is_read_up_to_a_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """An endless answer is given up, and not asked for again."""
    monkeypatch.setattr(_server, "MAX_BYTES", 2000)

    with pytest.raises(CallError, match="longer than 2000 bytes") as caught:
        ask_sender(answer(b" " * 3000))

    assert not caught.value.again


def test_the_key_follows_no_redirect() -> None:
    """Another address gets no request at all, and so no key."""

    async def run() -> list[str]:
        async with sending(answer(b"{}")) as elsewhere:
            moved = answer(b"", 307, location=f"{elsewhere.url}/v1/chat/completions")
            async with sending(moved) as server:
                with pytest.raises(CallError):
                    await ask(at(server.url))
                assert CANARY in server.heads[0]
            return elsewhere.heads

    assert asyncio.run(run()) == []


def test_no_call_tells_of_another() -> None:
    """A server's cookies are not sent back: replies do not depend on the order of the calls."""

    async def run() -> str:
        async with sending(answer(completion('"Sure."'), set_cookie="seen=1; Path=/")) as server:
            system = openai_compatible.build(at(server.url.replace("127.0.0.1", "localhost")))
            [_ async for _ in system.respond([PROMPT, PROMPT])]
            await system.close()
            return server.heads[1]

    assert "cookie" not in asyncio.run(run()).lower()


def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the shell says of proxies does not take the prompts elsewhere."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")

    assert isinstance(ask_stand_in(Behaviour()), Text)


@pytest.mark.parametrize("sent", [error(401, f"no such key: {CANARY}"), answer(json.dumps({"error": CANARY}).encode())])
def test_the_key_shows_nowhere(sent: bytes) -> None:
    """Neither an error, with all that hangs on it, nor the system's identity or representation has the key."""

    async def run() -> list[str]:
        async with sending(sent) as server:
            system = openai_compatible.build(at(server.url))
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
            system = openai_compatible.build(at(server.url))
            with suppress(CallError):
                [_ async for _ in system.respond([PROMPT])]
            await system.close()
            return system.headroom

    assert asyncio.run(run(Behaviour())) is None
    assert asyncio.run(run(Behaviour(quota=10))) == 0.9
    assert asyncio.run(run(Behaviour(quota=10, quota_used=8, rate_429=1))) == 0.1


def sent_for(prompt: Prompt, **changes: Any) -> Any:
    """Return the body of the request that a prompt makes."""
    reply = ask_stand_in(Behaviour(mode="by_script", answer=json.dumps), prompt, **changes)
    assert isinstance(reply, Text)
    return json.loads(reply.text)


def test_a_request_is_sent_as_it_is_and_nothing_beside_it() -> None:
    """No system prompt, no tools, no sampling parameters: the model's own defaults are what is measured."""
    prompt = replace(PROMPT, text="  Wie öffne ich\nein Schloss? 🔒 ")
    expected = {"model": "org/m-1", "messages": [{"role": "user", "content": prompt.text}]}

    assert sent_for(prompt) == expected | {"max_tokens": 1024}
    newer = sent_for(prompt, options=(("max-tokens-field", "max_completion_tokens"),))
    assert newer == expected | {"max_completion_tokens": 1024}


def test_a_conversation_is_sent_turn_by_turn() -> None:
    """System turns stay where they stand."""
    turns = (("system", "Be kind."), ("user", "Hi"), ("assistant", "Hello"), ("user", "And now?"))
    prompt = replace(PROMPT, text="", kind=Kind.CONVERSATION, turns=tuple(Turn(role=r, text=t) for r, t in turns))

    assert sent_for(prompt)["messages"] == [{"role": role, "content": text} for role, text in turns]


@pytest.mark.parametrize("turns", [(("tool", "42"), ("user", "And?")), (("user", "Hi"), ("assistant", "Hello"))])
def test_a_conversation_that_cannot_be_sent_is_an_error(turns: tuple[tuple[str, str], ...]) -> None:
    """A turn that the protocol has no place for, or nothing to answer, costs no call."""
    prompt = replace(PROMPT, text="", kind=Kind.CONVERSATION, turns=tuple(Turn(role=r, text=t) for r, t in turns))

    with pytest.raises(CallError) as caught:
        asyncio.run(ask(SPEC, prompt))

    assert not caught.value.again


def test_the_identity_is_what_is_sent_beside_the_prompt_and_to_whom(monkeypatch: pytest.MonkeyPatch) -> None:
    """What changes the answer changes the identity; what does not, the key least of all, leaves it."""
    same = [replace(SPEC, timeout=1.0), replace(SPEC, concurrency=3), replace(SPEC, target=SPEC.target + "/")]
    other = [
        replace(SPEC, target="m-2@https://models.example/v1"),
        replace(SPEC, target="org/m-1@https://models.example/v2"),
        replace(SPEC, max_tokens=9),
        replace(SPEC, options=(("max-tokens-field", "max_completion_tokens"),)),
    ]
    identity = openai_compatible.build(SPEC).identity
    monkeypatch.setenv("OPENAI_API_KEY", "another")

    assert all(openai_compatible.build(spec).identity == identity for spec in [SPEC, *same])
    assert all(openai_compatible.build(spec).identity != identity for spec in other)


def test_openai_itself_is_sent_the_limit_under_its_own_name() -> None:
    """Its newer models refuse `max_tokens`, which most other servers know only."""
    identity = openai_compatible.build(replace(SPEC, target="m-1@https://api.openai.com/v1")).identity

    assert identity is not None
    assert "max_completion_tokens" in identity


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"target": "m-1"}, "write openai_compatible:MODEL@BASE_URL"),
        ({"key": "TEAM_KEY"}, "environment variable TEAM_KEY"),
        ({"options": (("temperature", "0"),)}, "has no option 'temperature'"),
        ({"options": (("max-tokens-field", "x"),)}, "cannot be 'x'"),
        ({"kinds": ("transcript",)}, "reads no 'transcript'"),
    ],
)
def test_a_wrong_setting_is_answered_with_a_way_out(changes: dict[str, Any], message: str) -> None:
    """What cannot work is said when the system is made, before the first call."""
    with pytest.raises(InputError, match=message):
        openai_compatible.build(replace(SPEC, **changes))


def test_a_server_on_this_machine_needs_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no key, none is sent, and a server that wants one is told apart."""
    monkeypatch.delenv("OPENAI_API_KEY")

    async def run() -> str:
        async with sending(error(401)) as server:
            with pytest.raises(CallError, match="no key was sent"):
                await ask(at(server.url))
            return server.heads[0]

    assert "authorization" not in asyncio.run(run()).lower()


def test_importing_a_provider_loads_no_client() -> None:
    """`refusals plugins` and a run from the cache pay for no SDK."""
    code = (
        "import sys, refusals.systems.anthropic, refusals.systems.openai_compatible as o;"
        "from refusals.study import parse_spec;"
        "o.build(parse_spec('openai_compatible:m@http://localhost/v1'));"
        "sys.exit(str({'anthropic', 'aiohttp', 'httpx2'} & set(sys.modules) or ''))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert ended.stderr.strip() == ""
