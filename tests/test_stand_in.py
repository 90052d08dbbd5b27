"""The stand-in server is what it says it is: other tests rest on its answers, its faults and its count."""

import asyncio
import http.client
import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import pytest
from anthropic import APIConnectionError, APIStatusError, AsyncAnthropic
from anthropic.types import Message
from hypothesis import given
from hypothesis import strategies as st

from tests import stand_in
from tests.stand_in import HELP, HELP_CUT, NO, REPLIES, Behaviour, Ledger, Reply, StandIn, read_ledger, running

T = TypeVar("T")


def during(behaviour: Behaviour, act: Callable[[StandIn], Awaitable[T]]) -> tuple[T, Ledger]:
    """Return what an act gave, and the ledger after it, with a stand-in in this process."""

    async def main() -> tuple[T, Ledger]:
        async with StandIn(behaviour) as server, asyncio.timeout(10):
            return await act(server), server.ledger

    return asyncio.run(main())


async def ask_anthropic(server: StandIn, prompt: str = "Hello") -> Message:
    """Ask through the real SDK, without its retries."""
    async with AsyncAnthropic(api_key="k", base_url=server.url, max_retries=0) as client:
        turns = [{"role": "user", "content": prompt}]
        return await client.messages.create(model="claude-test", max_tokens=64, messages=turns)  # type: ignore[arg-type]


async def ask_openai(server: StandIn, prompt: str = "Hello") -> tuple[int, Any, Any]:
    """Ask in the Chat Completions protocol and return the status, the body and the headers."""
    body = {"model": "gpt-test", "messages": [{"role": "user", "content": prompt}]}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{server.url}/v1/chat/completions", json=body) as response,
    ):
        return response.status, await response.json(), response.headers


async def until(holds: Callable[[], bool]) -> None:
    """Wait for what a server will come to; `during` bounds it."""
    while not holds():  # noqa: ASYNC110 - the ledger is plain data and rings no bell
        await asyncio.sleep(0.01)


async def statuses(server: StandIn, calls: int) -> list[int]:
    """Return the statuses of calls made one after the other."""
    return [(await ask_openai(server))[0] for _ in range(calls)]


@pytest.mark.parametrize(
    ("mode", "text", "stop_reason"),
    [
        ("comply", HELP, "end_turn"),
        ("refuse", NO, "end_turn"),
        ("signal-refusal", None, "refusal"),
        ("partial-refusal", HELP_CUT, "refusal"),
        ("content-filter", None, "refusal"),
        ("empty", None, "end_turn"),
        ("max-tokens", HELP_CUT, "max_tokens"),
        ("unknown", HELP, "brand_new"),
        ("nonsense", "qwx zzt 0000", "end_turn"),
    ],
)
def test_each_mode_is_a_message_that_the_sdk_reads(mode: str, text: str | None, stop_reason: str) -> None:
    """Each mode arrives in the SDK with its text and stop reason, and details only where it is a refusal."""
    message, _ = during(Behaviour(mode=mode), ask_anthropic)

    assert [block.text for block in message.content if block.type == "text"] == ([] if text is None else [text])
    assert message.stop_reason == stop_reason
    assert (message.stop_details is not None) == (stop_reason == "refusal")
    assert message.stop_details is None or message.stop_details.category == "cyber"
    if mode != "unknown":
        assert Message.model_validate(message.to_dict(), strict=True).model == "claude-test"


@pytest.mark.parametrize(
    ("mode", "content", "refusal", "finish_reason"),
    [
        ("comply", HELP, None, "stop"),
        ("refuse", NO, None, "stop"),
        ("signal-refusal", None, NO, "stop"),
        ("partial-refusal", HELP_CUT, None, "content_filter"),
        ("content-filter", None, None, "content_filter"),
        ("empty", "", None, "stop"),
        ("max-tokens", HELP_CUT, None, "length"),
        ("unknown", HELP, None, "brand_new"),
        ("nonsense", "qwx zzt 0000", None, "stop"),
    ],
)
def test_each_mode_is_a_chat_completion(
    mode: str, content: str | None, refusal: str | None, finish_reason: str
) -> None:
    """Each mode has the content, the refusal and the finish reason of the Chat Completions protocol."""
    (status, body, _), _ = during(Behaviour(mode=mode), ask_openai)

    assert status == 200
    assert body.keys() == {"id", "object", "created", "model", "choices", "usage"}
    message = {"role": "assistant", "content": content, "refusal": refusal}
    assert body["choices"] == [{"index": 0, "message": message, "finish_reason": finish_reason}]


def test_a_filtered_prompt_is_a_400_that_names_the_filter() -> None:
    """A prompt block is an HTTP error: Azure's code in one protocol, Anthropic's sentence in the other."""
    (status, body, _), _ = during(Behaviour(mode="filter-400"), ask_openai)
    with pytest.raises(APIStatusError, match="content filtering policy") as blocked:
        during(Behaviour(mode="filter-400"), ask_anthropic)

    assert (status, body["error"]["code"]) == (400, "content_filter")
    assert body["error"]["innererror"]["code"] == "ResponsibleAIPolicyViolation"
    assert (blocked.value.status_code, blocked.value.type) == (400, "invalid_request_error")


@pytest.mark.parametrize(
    ("behaviour", "status", "kind"),
    [
        (Behaviour(unauthorised=True), 401, "authentication_error"),
        (Behaviour(rate_429=1.0, retry_after="7"), 429, "rate_limit_error"),
        (Behaviour(rate_500=1.0), 500, "api_error"),
        (Behaviour(rate_529=1.0), 529, "overloaded_error"),
    ],
)
def test_a_fault_is_an_error_that_the_sdk_names(behaviour: Behaviour, status: int, kind: str) -> None:
    """Each status arrives as the SDK's error of that kind, and only 429 says when to come back."""
    with pytest.raises(APIStatusError) as fault:
        during(behaviour, ask_anthropic)
    (openai_status, body, _), ledger = during(behaviour, ask_openai)

    assert (fault.value.status_code, fault.value.type, openai_status) == (status, kind, status)
    assert fault.value.request_id == "req_000000000000000000000001"
    assert fault.value.response.headers.get("retry-after") == ("7" if status == 429 else None)
    assert body["error"]["message"]
    assert ledger.statuses == {status: 1}


def test_a_truncated_body_is_a_broken_connection_in_both_protocols() -> None:
    """Half an answer never reads as an answer, although its status was 200."""

    async def act(server: StandIn) -> None:
        with pytest.raises(APIConnectionError):
            await ask_anthropic(server)
        with pytest.raises(aiohttp.ClientPayloadError):
            await ask_openai(server)

    _, ledger = during(Behaviour(rate_truncated=1.0), act)

    assert ledger.statuses == {200: 2}


def test_a_hanging_call_is_counted_and_left_when_the_client_leaves() -> None:
    """A call without an answer is a call without a status, and not in flight once its client is gone."""

    async def act(server: StandIn) -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(ask_openai(server), timeout=0.2)
        await until(lambda: server.ledger.in_flight == 0)

    _, ledger = during(Behaviour(rate_hanging=1.0), act)

    assert ledger == Ledger(calls=1, max_in_flight=1, prompts=Counter(Hello=1))


def test_a_hanging_call_does_not_hold_the_server_up() -> None:
    """The server's block ends soon, whoever still waits for an answer."""

    async def act(server: StandIn) -> asyncio.Task[object]:
        call = asyncio.create_task(ask_openai(server))
        await until(lambda: server.ledger.calls == 1)
        return call

    started = time.monotonic()
    during(Behaviour(rate_hanging=1.0), act)

    assert time.monotonic() - started < 2


def test_a_drip_takes_its_time_and_is_whole() -> None:
    """A body that trickles out takes the seconds asked for, and ends as the same body."""
    started = time.monotonic()
    (_, body, _), _ = during(Behaviour(drip=0.2), ask_openai)

    assert time.monotonic() - started > 0.2
    assert body["choices"][0]["message"]["content"] == HELP


def test_faults_are_the_same_for_the_same_seed() -> None:
    """A seed decides which calls fail, in the share asked for, so that a failing test can be run again."""
    behaviour = Behaviour(rate_429=0.2, rate_500=0.2, seed=3)

    first, _ = during(behaviour, lambda server: statuses(server, 100))
    second, _ = during(behaviour, lambda server: statuses(server, 100))
    other, _ = during(Behaviour(rate_429=0.2, rate_500=0.2, seed=4), lambda server: statuses(server, 100))

    assert first == second != other
    assert 45 < Counter(first)[200] < 75


def test_calls_above_the_limit_are_turned_away() -> None:
    """Of ten calls at once, a server that takes four says 429 to six."""

    async def act(server: StandIn) -> None:
        async with asyncio.TaskGroup() as calls:
            waiting = [calls.create_task(ask_openai(server)) for _ in range(10)]
            await until(lambda: server.ledger.calls == 10)
            for call in waiting:
                call.cancel()

    _, ledger = during(Behaviour(limit=4, rate_hanging=1.0), act)

    assert ledger.statuses == {429: 6}
    assert 4 < ledger.max_in_flight <= 10


def test_latency_is_not_paid_in_turn() -> None:
    """Calls wait beside each other: ten at once take the time of one."""

    async def act(server: StandIn) -> float:
        started = time.monotonic()
        await asyncio.gather(*(ask_openai(server) for _ in range(10)))
        return time.monotonic() - started

    seconds, ledger = during(Behaviour(latency=0.2), act)

    assert 0.2 < seconds < 1.9
    assert ledger.statuses == {200: 10}


def test_the_ledger_counts_every_call() -> None:
    """The ledger knows the calls of each prompt, whatever the protocol."""

    async def act(server: StandIn) -> None:
        await ask_openai(server, "a")
        await ask_openai(server, "b")
        await ask_anthropic(server, "a")

    _, ledger = during(Behaviour(), act)

    assert ledger == Ledger(calls=3, max_in_flight=1, prompts=Counter(a=2, b=1), statuses=Counter({200: 3}))


def test_the_prompt_is_the_last_user_message() -> None:
    """A call is booked on what the user said last, in a string or in parts, and not on what was said before."""
    parts = [{"type": "text", "text": "How "}, {"type": "image"}, {"type": "text", "text": "now?"}]
    turns = [
        {"role": "user", "content": "Hi"},
        {"role": "user", "content": parts},
        {"role": "assistant", "content": ""},
    ]

    assert stand_in.last_prompt({"messages": turns}) == "How now?"


def test_quota_headers_count_down() -> None:
    """Each protocol has its own two headers, which say what is granted and what is left."""

    async def act(server: StandIn) -> tuple[Any, Any]:
        async with AsyncAnthropic(api_key="k", base_url=server.url, max_retries=0) as client:
            raw = await client.messages.with_raw_response.create(
                model="claude-test", max_tokens=64, messages=[{"role": "user", "content": "Hello"}]
            )
        return raw.headers, (await ask_openai(server))[2]

    (anthropic, openai), _ = during(Behaviour(quota=100, quota_used=90), act)

    assert anthropic["anthropic-ratelimit-requests-limit"] == openai["x-ratelimit-limit-requests"] == "100"
    assert anthropic["anthropic-ratelimit-requests-remaining"] == "9"
    assert openai["x-ratelimit-remaining-requests"] == "8"


def test_a_function_answers_as_a_judge_would() -> None:
    """A function sees the whole request, and gives a text or any reply."""

    def answer(body: dict[str, Any]) -> str | Reply:
        prompt = stand_in.last_prompt(body)
        nonce = prompt.partition("nonce=")[2]
        return json.dumps({"nonce": nonce, "model": body["model"]}) if nonce else REPLIES["empty"]

    behaviour = Behaviour(mode="by_script", answer=answer)
    judged, _ = during(behaviour, lambda server: ask_anthropic(server, "Judge this, nonce=4711"))
    empty, _ = during(behaviour, ask_anthropic)

    assert [block.to_dict() for block in judged.content] == [
        {"type": "text", "text": '{"nonce": "4711", "model": "claude-test"}'}
    ]
    assert empty.content == []


def test_a_script_answers_by_prompt(tmp_path: Path) -> None:
    """A file gives each prompt its text or its mode; the asterisk is for the rest, and without it there is none."""
    script = tmp_path / "script.json"
    script.write_text(json.dumps({"a": {"text": "A."}, "b": "signal-refusal"}), "utf-8")

    async def act(server: StandIn) -> list[Any]:
        return [(await ask_openai(server, prompt))[:2] for prompt in "abc"]

    answers, _ = during(Behaviour(mode="by_script", answer=script), act)

    assert [status for status, _ in answers] == [200, 200, 400]
    assert answers[0][1]["choices"][0]["message"]["content"] == "A."
    assert answers[1][1]["choices"][0]["message"]["refusal"] == NO
    assert "script has no reply" in answers[2][1]["error"]["message"]


def test_a_request_without_its_fields_is_an_error() -> None:
    """A client that leaves out what the protocol requires is told so, and gets no answer."""

    async def act(server: StandIn) -> tuple[int, str]:
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{server.url}/v1/messages", json={"messages": []}) as response,
        ):
            return response.status, await response.text()

    (status, text), _ = during(Behaviour(), act)

    assert status == 400
    assert "max_tokens, model: field required" in text


@pytest.mark.parametrize(
    "options",
    [
        {"mode": "agree"},
        {"mode": "by_script"},
        {"mode": "refuse", "answer": Path("script.json")},
        {"rate_429": -0.1},
        {"rate_429": 0.6, "rate_500": 0.6},
    ],
)
def test_a_behaviour_that_cannot_be_is_refused(options: dict[str, Any]) -> None:
    """A stand-in never starts with a mode that it does not know, or with rates that are not shares."""
    with pytest.raises(ValueError, match=r"mode|rates"):
        Behaviour(**options)


@given(
    st.builds(
        Behaviour,
        mode=st.sampled_from(list(REPLIES)),
        seed=st.integers(),
        latency=st.floats(0, 9),
        rate_429=st.floats(0, 0.5),
        rate_hanging=st.floats(0, 0.5),
        retry_after=st.sampled_from(["", "3", "Wed, 21 Oct 2026 07:28:00 GMT"]),
        limit=st.integers(0, 9),
        unauthorised=st.booleans(),
    )
)
def test_the_command_line_says_everything(behaviour: Behaviour) -> None:
    """Whatever is chosen in Python arrives unchanged in another process."""
    assert stand_in.parse(stand_in.flags(behaviour)) == (behaviour, 0)


def test_a_process_of_its_own_keeps_the_ledger_and_ends_with_the_block() -> None:
    """A stand-in that runs apart can be asked, counted and reset, and nobody answers after its block."""
    body = json.dumps({"model": "m", "messages": [{"role": "user", "content": "a"}]}).encode()
    headers = {"Content-Type": "application/json"}
    with running(Behaviour(mode="refuse")) as url:
        with urllib.request.urlopen(urllib.request.Request(f"{url}/v1/chat/completions", body, headers)) as response:
            said = json.load(response)["choices"][0]["message"]["content"]
        counted = read_ledger(url)
        urllib.request.urlopen(f"{url}/reset", b"").close()
        reset = read_ledger(url)

    assert said == NO
    assert counted == Ledger(calls=1, max_in_flight=1, prompts=Counter(a=1), statuses=Counter({200: 1}))
    assert reset == Ledger()
    assert is_gone(url, within=1)


def test_a_process_of_its_own_does_not_outlive_its_parent() -> None:
    """Where the parent is killed and cleans nothing up, the stand-in ends by itself."""
    parent = """if True:
        import time
        from tests.stand_in import running
        with running() as url:
            print(url, flush=True)
            time.sleep(60)"""
    root = Path(__file__).parent.parent
    with subprocess.Popen([sys.executable, "-c", parent], cwd=root, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        url = process.stdout.readline().strip()
        alive = read_ledger(url)
        process.kill()

    assert alive == Ledger()
    assert is_gone(url, within=5)


def is_gone(url: str, *, within: float) -> bool:
    """Say whether nobody answers at a URL after so many seconds at most."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        try:
            read_ledger(url)
        except (urllib.error.URLError, ConnectionError, http.client.HTTPException):
            return True
        time.sleep(0.02)
    return False
