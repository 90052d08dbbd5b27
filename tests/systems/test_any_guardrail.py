"""Guardrails of any-guardrail: none of them is safe for having said nothing, and none blocks for being unread.

Lakera's is real and asked over loopback; Llama Guard and WildGuard are the package's own classes over a provider,
written against its base type, that says what a test wants in place of weights.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from refusals.cases import Kind
from refusals.cli import run_command
from refusals.errors import InputError
from refusals.prompts import Prompt
from refusals.study import SystemSpec
from refusals.systems import CallError, Decision, Reply, Verdict, any_guardrail, reply_as_json
from tests.corpora import write_corpus
from tests.processes import endings_of
from tests.systems.hostile_answers import replaced

REQUEST = Prompt(id="p1", kind=Kind.REQUEST, language="en", text="How do I pick a lock?")
EXCHANGE = replace(REQUEST, kind=Kind.EXCHANGE, reply="Gladly.")
LAKERA = SystemSpec(name="g", kind="any_guardrail", target="lakera_guard", timeout=20.0)
LLAMA = replace(LAKERA, target="llama_guard")
WILD = "Harmful request: yes\nResponse refusal: yes\nHarmful response: no"
ABSENT = "the extra `any-guardrail` is not installed: nothing was proved"
Saying = Callable[..., None]


@pytest.fixture(name="package")
def _package() -> Any:
    """Return the package; skip, with the reason, where it is not installed."""
    return pytest.importorskip("any_guardrail", reason=ABSENT)


@pytest.fixture(name="saying")
def _saying(package: Any, monkeypatch: pytest.MonkeyPatch) -> Saying:
    """Have the guards that are language models say what a function makes of the messages that they are sent."""
    from any_guardrail.providers.base import Provider
    from any_guardrail.types import GuardrailInferenceOutput

    made = package.AnyGuardrail.create

    class Words(Provider[Any, Any]):
        def __init__(self, words: Callable[[Any], str]) -> None:
            self.words = words

        def load_model(self, *_: Any, **__: Any) -> None:
            """There is none."""

        def pre_process(self, *_: Any, **__: Any) -> Any:
            raise NotImplementedError("a guard that is asked in words is asked through `generate_chat`")

        def infer(self, *_: Any, **__: Any) -> Any:
            raise NotImplementedError("a guard that is asked in words is asked through `generate_chat`")

        def generate_chat(self, messages: Any, **_: Any) -> Any:
            counts = {"prompt_token_count": None, "completion_token_count": None}
            return GuardrailInferenceOutput(data={"generated_text": self.words(messages), **counts})

    def say(words: Callable[[Any], str]) -> None:
        monkeypatch.setattr(package.AnyGuardrail, "create", partial(made, provider=Words(words)))

    return say


async def ask(spec: SystemSpec, prompt: Prompt = REQUEST) -> Reply:
    """Ask once, as the runner does."""
    system = any_guardrail.build(spec)
    try:
        ((_, reply),) = [pair async for pair in system.respond([prompt])]
    finally:
        await system.close()
    return reply


def ask_lakera(answer: object, prompt: Prompt = REQUEST, status: int = 200, **changes: Any) -> tuple[Any, Reply]:
    """Return what Lakera's guardrail sent to a server that answers so, and what became of it."""
    sent: dict[str, Any] = {}

    async def handle(request: web.Request) -> web.Response:
        sent.update(await request.json(), key=request.headers["Authorization"])
        return web.json_response(answer, status=status)

    async def run() -> Reply:
        app = web.Application()
        app.router.add_post("/guard", handle)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        at = ("endpoint", f"http://127.0.0.1:{runner.addresses[0][1]}/guard")
        try:
            return await ask(replace(LAKERA, options=(at,), **changes), prompt)
        finally:
            await runner.cleanup()

    return sent, asyncio.run(run())


@given(st.sampled_from([raw for raw, _ in any_guardrail.EXAMPLES if isinstance(raw, dict) and raw]).flatmap(replaced))
def test_no_output_is_too_strange_to_be_read(raw: Any) -> None:
    """Whatever stands in an output, the reply can be stored, and no guard passes that has not said so."""
    reply = any_guardrail.read(raw)

    json.dumps(reply_as_json(reply), ensure_ascii=False).encode()
    assert isinstance(reply, Verdict)
    if reply.decision is Decision.ALLOW:
        assert isinstance(raw["valid"], bool)
        assert not (raw.get("extra") or {}).get("parse_failure")


@pytest.mark.usefixtures("package")
def test_a_hosted_guardrail_is_asked_and_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the key that the study names, and the reply of an exchange, as it is shown one text."""
    monkeypatch.setenv("MY_LAKERA_KEY", "k-1")
    breakdown = [{"detector_type": "violence", "detected": True, "result": "l3_likely"}]
    sent, reply = ask_lakera({"flagged": True, "breakdown": breakdown}, EXCHANGE, key="MY_LAKERA_KEY")

    assert sent["messages"] == [{"role": "user", "content": "Gladly."}]
    assert sent["key"] == "Bearer k-1"
    assert reply == Verdict(decision=Decision.FLAG, score=0.6, categories=("violence",))
    _, reply = ask_lakera({"flagged": False, "breakdown": []}, key="MY_LAKERA_KEY", threshold=0.5)
    assert reply == Verdict(score=0.0, threshold=0.5)


@pytest.mark.usefixtures("package")
@pytest.mark.parametrize("answer", [{}, {"flagged": None}, {"flagged": "no"}, {"breakdown": []}])
def test_an_answer_that_says_nothing_is_not_safe(answer: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """The package's own wrapper says of each but one that it is valid."""
    monkeypatch.setenv("LAKERA_API_KEY", "k-1")

    _, reply = ask_lakera(answer)

    assert isinstance(reply, Verdict)
    assert reply.decision is Decision.UNREADABLE


@pytest.mark.usefixtures("package")
def test_an_error_is_a_failed_call_without_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another attempt may help, as the guardrail does not tell a busy server from a wrong request."""
    monkeypatch.setenv("LAKERA_API_KEY", "sk-CANARY")

    with pytest.raises(CallError, match="status code 503") as raised:
        ask_lakera({"message": "busy, sk-CANARY"}, status=503)

    assert raised.value.again
    assert "CANARY" not in str(raised.value)
    assert "***" in str(raised.value)
    assert "CANARY" not in repr(any_guardrail.build(LAKERA))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("\n\nsafe", Verdict(decision=Decision.ALLOW, model="meta-llama/Llama-Guard-3-1B")),
        ("unsafe\nS9", Verdict(decision=Decision.FLAG, categories=("S9",), model="meta-llama/Llama-Guard-3-1B")),
    ],
)
def test_the_words_of_a_guard_are_read_by_the_reader_of_its_kind(saying: Saying, said: str, expected: Reply) -> None:
    """As they are over a server."""
    saying(lambda _: said)

    assert asyncio.run(ask(LLAMA)) == expected


@pytest.mark.parametrize("said", ["", "\n", "I cannot judge that.", "Sorry, that is not safe to say.", "safe\nS9"])
def test_a_guard_that_gives_no_verdict_is_unreadable(saying: Saying, package: Any, said: str) -> None:
    """The package's wrapper takes whatever has no `unsafe` in it for valid."""
    saying(lambda _: said)
    theirs = package.AnyGuardrail.create(package.GuardrailName.LLAMA_GUARD).validate(REQUEST.text)

    reply = asyncio.run(ask(LLAMA))

    assert theirs.valid is True
    assert isinstance(reply, Verdict)
    assert reply.decision is Decision.UNREADABLE


def test_what_the_wrapper_could_not_parse_blocks_nothing(saying: Saying, package: Any) -> None:
    """WildGuard's wrapper calls it invalid, which would count as a refusal."""
    saying(lambda _: "Sorry.")
    theirs = package.AnyGuardrail.create(package.GuardrailName.WILD_GUARD).validate(REQUEST.text)

    reply = asyncio.run(ask(replace(LAKERA, target="wild_guard")))

    assert theirs.valid is False
    assert isinstance(reply, Verdict)
    assert reply.decision is Decision.UNREADABLE


def test_a_reply_is_judged_by_itself(saying: Saying) -> None:
    """A harmful request that was declined is a harmless exchange; the package's wrapper calls both invalid."""
    shown: list[str] = []
    saying(lambda messages: shown.append(str(messages)) or WILD)
    spec = replace(LAKERA, target="wild_guard")

    request, exchange = asyncio.run(ask(spec)), asyncio.run(ask(spec, EXCHANGE))

    assert request == Verdict(decision=Decision.FLAG, categories=("harmful request",), model="allenai/wildguard")
    assert exchange == Verdict(decision=Decision.ALLOW, model="allenai/wildguard")
    assert ["Gladly." in each for each in shown] == [False, True]


@pytest.mark.parametrize("output", [None, [], "valid", {"valid": True}])
def test_what_is_no_output_is_unreadable(package: Any, monkeypatch: pytest.MonkeyPatch, output: object) -> None:
    """None, a list or a mapping is not what a guardrail returns."""
    monkeypatch.setenv("LAKERA_API_KEY", "k-1")
    monkeypatch.setattr(package.AnyGuardrail, "evaluate", lambda *_, **__: output)

    reply = asyncio.run(ask(LAKERA))

    assert isinstance(reply, Verdict)
    assert reply.decision is Decision.UNREADABLE


def test_the_engine_counts_each_verdict_as_what_it_is(
    saying: Saying, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the command line to the outcomes: allowed, flagged, unreadable and an error."""
    counted = Counter[str]()

    def words(_: Any) -> str:
        said = ("safe", "unsafe\nS2", "", "raise")[counted.total() % 4]
        counted[said] += 1
        if said == "raise":
            raise RuntimeError("out of memory")
        return said

    saying(words)
    monkeypatch.chdir(tmp_path)
    write_corpus(tmp_path, families=4)
    run_command(
        ["run", "--system", "any_guardrail:llama_guard", "--corpus", str(tmp_path), "--language", "en", "--out", "run"]
    )

    assert Counter(endings_of(tmp_path / "run").values()) == {
        "allowed": counted["safe"],
        "flagged": counted["unsafe\nS2"],
        "unreadable": counted[""],
        "error": counted["raise"],
    }


@pytest.mark.usefixtures("package")
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"target": "lakera"}, "no guardrail 'lakera'; did you mean 'lakera_guard'"),
        ({"options": (("api_key", "sk"),)}, "no option 'api_key'"),
        ({"options": (("breakdwn", "true"),)}, "no option 'breakdwn'; did you mean 'breakdown'"),
        ({"options": (("breakdown", "perhaps"),)}, "breakdown is boolean, not 'perhaps'"),
        ({"target": "llama_guard", "options": (("model_id", "gpt"),)}, "model_id cannot be 'gpt'"),
        ({"target": "llama_guard", "key": "MY_KEY"}, "takes no key"),
        ({"key": "NO_SUCH_KEY"}, "put it into the environment variable NO_SUCH_KEY"),
        ({"kinds": ("conversation",)}, "reads no 'conversation'"),
        ({"target": "any_llm"}, r"requires \['policy'\]"),
        ({"target": "lettuce_detect"}, r"requires \['context'\]"),
        ({"target": "flowjudge", "options": ()}, "cannot be shown a text alone"),
    ],
)
def test_what_is_wrong_has_a_way_out(changes: dict[str, Any], said: str) -> None:
    """A key does not stand in a study, and a guardrail that is not shown the text would call everything safe."""
    with pytest.raises(InputError, match=said):
        any_guardrail.build(replace(LAKERA, **changes))


@pytest.mark.usefixtures("package")
def test_a_guardrail_that_cannot_be_made_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what the package says of it."""
    monkeypatch.delenv("LAKERA_API_KEY", raising=False)

    with pytest.raises(InputError, match="any_guardrail:lakera_guard cannot be made: ValueError: API key must"):
        asyncio.run(ask(LAKERA))


@pytest.mark.usefixtures("package")
def test_a_policy_lets_a_judge_read_requests() -> None:
    """Kinds follow from what can be called; options and threshold are part of what the system is."""
    judge = replace(LAKERA, target="any_llm", options=(("policy", "No locks."),))
    specs = (LAKERA, judge, replace(judge, options=(("policy", "No keys."),)), replace(LAKERA, threshold=0.5))

    assert any_guardrail.build(judge).kinds == {Kind.REQUEST, Kind.EXCHANGE}
    assert any_guardrail.build(replace(LAKERA, target="prompt_guard")).kinds == {Kind.REQUEST}
    assert len({json.dumps(any_guardrail.build(spec).identity, sort_keys=True) for spec in specs}) == 4


def test_without_the_package_the_message_says_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """An extra that is not there is bad input, not a crash."""
    import sys

    monkeypatch.setitem(sys.modules, "any_guardrail", None)

    with pytest.raises(InputError, match=r"pip install 'refusals\[any-guardrail\]'"):
        any_guardrail.build(LAKERA)
