"""Inspect's providers: what is sent, what ends as what, and that nothing is retried for ever.

Inspect's own `mockllm/model` answers, so that all of Inspect is there but a network.
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
from hypothesis import given
from hypothesis import strategies as st

from refusals.cases import Kind, Turn
from refusals.cli import run_command
from refusals.errors import InputError
from refusals.prompts import Prompt
from refusals.study import SystemSpec
from refusals.systems import CallError, Finish, Reply, Text, Verdict, inspect, reply_as_json
from tests.corpora import write_corpus
from tests.processes import endings_of, outcomes_of, plan_of
from tests.systems.hostile_answers import replaced

PROMPT = Prompt(id="p1", kind=Kind.REQUEST, language="en", text="How do I pick a lock?")
TALK = replace(
    PROMPT,
    kind=Kind.CONVERSATION,
    text="",
    turns=(Turn(role="user", text="Hi."), Turn(role="assistant", text="Hello."), Turn(role="user", text="A lock?")),
)
SPEC = SystemSpec(name="i", kind="inspect", target="mockllm/model", timeout=20.0, max_tokens=64)
Mock = Callable[..., Any]


@pytest.fixture(name="answering")
def _answering(monkeypatch: pytest.MonkeyPatch) -> Callable[[Mock], None]:
    """Have `mockllm/model` answer by a function; skip, with the reason, where Inspect is not installed."""
    model = pytest.importorskip("inspect_ai.model", reason="the extra `inspect` is not installed: nothing was proved")
    made = model.get_model

    def answer(mock: Mock) -> None:
        monkeypatch.setattr(model, "get_model", partial(made, custom_outputs=mock))

    return answer


def output(text: str, **more: Any) -> Any:
    """Return an output of Inspect, with its usage, which `mockllm` would ask the network for."""
    from inspect_ai.model import ModelOutput, ModelUsage

    made = ModelOutput.from_content("mockllm", text, **more)
    made.usage = ModelUsage(input_tokens=3, output_tokens=2, total_tokens=5)
    return made


def ask(spec: SystemSpec = SPEC, prompt: Prompt = PROMPT) -> Reply:
    """Ask once, as the runner does."""

    async def run() -> Reply:
        system = inspect.build(spec)
        try:
            ((_, reply),) = [pair async for pair in system.respond([prompt])]
        finally:
            await system.close()
        return reply

    return asyncio.run(run())


ours = pytest.mark.filterwarnings("ignore:The 'initial' parameter is deprecated:DeprecationWarning")


@given(st.sampled_from([raw for raw, _ in inspect.EXAMPLES if isinstance(raw, dict) and raw]).flatmap(replaced))
def test_no_output_is_too_strange_to_be_read(raw: Any) -> None:
    """Whatever stands in an output, the reply can be stored, and only a known literal completes it."""
    reply = inspect.read(raw)

    json.dumps(reply_as_json(reply), ensure_ascii=False).encode()
    if isinstance(reply, Text) and reply.finish is Finish.COMPLETE:
        assert raw["choices"][0]["stop_reason"] == "stop"
        assert raw.get("fallback") is None


@ours
def test_what_is_sent_is_the_turns_and_nothing_else(answering: Callable[[Mock], None]) -> None:
    """No system prompt, no tools; the settings are those of the study, and one attempt is made."""
    seen: list[Any] = []

    def mock(*given: Any) -> Any:
        seen.append(given)
        return output("Sure.")

    answering(mock)
    reply = ask(replace(SPEC, options=(("config.temperature", "0"),)), TALK)

    assert reply == Text(text="Sure.", signal="stop_reason=stop", model="mockllm", input_tokens=3, output_tokens=2)
    ((turns, tools, _, config),) = seen
    assert [(turn.role, turn.text) for turn in turns] == [(turn.role, turn.text) for turn in TALK.turns]
    assert tools == []
    assert (config.temperature, config.max_tokens, config.max_retries, config.timeout) == (0, 64, 0, 20)


@ours
def test_a_refusal_is_found_in_each_of_its_three_places(answering: Callable[[Mock], None]) -> None:
    """OpenAI's refusals come with `stop` as their reason, and are refusals all the same."""
    from inspect_ai.model import ContentText, StopDetails

    spoken = output("")
    spoken.choices[0].message.content = [ContentText(text="No.", refusal=True)]
    for made, signal in (
        (output("", stop_reason="content_filter"), "stop_reason=content_filter"),
        (output("No.", stop_details=StopDetails(type="refusal", category="bio")), "stop_details.type=refusal"),
        (spoken, "content.refusal"),
    ):
        answering(lambda *_, made=made: made)
        reply = ask()
        assert isinstance(reply, Text)
        assert (reply.finish, reply.signal) == (Finish.BLOCKED, signal)


@ours
def test_an_output_without_a_choice_is_unreadable(answering: Callable[[Mock], None]) -> None:
    """It is no refusal, though Inspect's own `stop_reason` would raise on it."""
    from inspect_ai.model import ModelOutput, ModelUsage

    answering(lambda *_: ModelOutput(model="mockllm", error="overloaded", usage=ModelUsage()))

    reply = ask()

    assert isinstance(reply, Verdict)
    assert reply.decision == "unreadable"
    assert "overloaded" in reply.raw


@ours
@pytest.mark.parametrize(
    ("decided", "expected"),
    [("no", (False, False, None)), ("transient", (True, False, None)), ("rate_limit", (True, True, 7.0))],
)
def test_a_failed_call_is_one_attempt_and_the_provider_says_whether_another_may_help(
    answering: Callable[[Mock], None],
    monkeypatch: pytest.MonkeyPatch,
    decided: str,
    expected: tuple[bool, bool, float | None],
) -> None:
    """Inspect by itself would wait and retry for ever."""
    from inspect_ai.model._model import RetryDecision
    from inspect_ai.model._providers.mockllm import MockLLM

    decision = {
        "no": RetryDecision.no(),
        "transient": RetryDecision.transient(),
        "rate_limit": RetryDecision.rate_limit(7.0),
    }[decided]
    monkeypatch.setattr(MockLLM, "should_retry", lambda *_: decision)
    calls: list[None] = []

    def mock(*_: Any) -> Any:
        calls.append(None)
        raise RuntimeError("server on fire")

    answering(mock)
    with pytest.raises(CallError, match="RuntimeError: server on fire") as raised:
        ask()

    assert len(calls) == 1
    assert (raised.value.again, raised.value.throttled, raised.value.after) == expected


@ours
def test_a_model_that_never_answers_is_not_waited_for(answering: Callable[[Mock], None]) -> None:
    """`timeout` holds for Inspect's calls too."""

    async def mock(*_: Any) -> Any:
        await asyncio.Event().wait()

    answering(mock)

    with pytest.raises(CallError, match=r"no answer within 0\.05 s"):
        ask(replace(SPEC, timeout=0.05))


@ours
def test_the_key_of_the_study_shows_nowhere(answering: Callable[[Mock], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """A provider's error may quote it."""
    monkeypatch.setenv("INSPECT_TEST_KEY", "sk-CANARY")

    def mock(*_: Any) -> Any:
        raise RuntimeError("the key sk-CANARY is wrong")

    answering(mock)
    with pytest.raises(CallError) as raised:
        ask(replace(SPEC, key="INSPECT_TEST_KEY"))

    assert str(raised.value) == "RuntimeError: the key *** is wrong"
    assert "CANARY" not in repr(inspect.build(replace(SPEC, key="INSPECT_TEST_KEY")))


@ours
def test_the_engine_counts_each_ending_as_what_it_is(
    answering: Callable[[Mock], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the command line to the outcomes: blocked, complied, truncated, unknown, unreadable and an error."""
    from inspect_ai.model import ModelOutput, ModelUsage

    said = Counter[str]()

    def mock(turns: Any, *_: Any) -> Any:
        kind = ("content_filter", "stop", "tool_calls", "none", "raise")[said.total() % 5]
        said[kind] += 1
        if kind == "raise":
            raise RuntimeError("server on fire")
        if kind == "none":
            return ModelOutput(model="mockllm", usage=ModelUsage())
        return output("Of course. First, take the tool and turn it.", stop_reason=kind)

    answering(mock)
    monkeypatch.chdir(tmp_path)
    write_corpus(tmp_path, families=3)
    run_command(
        ["run", "--system", "inspect:mockllm/model", "--corpus", str(tmp_path), "--language", "en", "--out", "run"]
    )

    found = Counter(endings_of(tmp_path / "run").values())
    assert found == {
        "blocked": said["content_filter"],
        "complied": said["stop"],
        "unknown_signal": said["tool_calls"],
        "unreadable": said["none"],
        "error": said["raise"],
    }
    assert len(outcomes_of(tmp_path / "run")) == len(plan_of(tmp_path / "run").trials) == said.total()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"target": "gpt-5"}, "not of the form inspect:PROVIDER/MODEL"),
        ({"target": "openai/"}, "not of the form inspect:PROVIDER/MODEL"),
        ({"options": (("config.max_retries", "5"),)}, "no option 'config.max_retries'"),
        ({"options": (("config.fallback_models", "[]"),)}, "no option 'config.fallback_models'"),
        ({"options": (("api_key", "sk"),)}, "'api_key' is no argument of a provider"),
        ({"kinds": ("exchange",)}, "reads no 'exchange'"),
        ({"key": "NO_SUCH_KEY"}, "put it into the environment variable NO_SUCH_KEY"),
    ],
)
def test_what_is_wrong_has_a_way_out(changes: dict[str, Any], said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that a study says of the system is ignored in silence."""
    monkeypatch.setattr(inspect, "version", lambda _: "0.3")

    with pytest.raises(InputError, match=said):
        inspect.build(replace(SPEC, **changes))


@ours
@pytest.mark.usefixtures("answering")
def test_a_provider_that_cannot_be_made_stops_the_run() -> None:
    """With what Inspect says of it."""
    with pytest.raises(InputError, match="Model API nobody of model 'nobody/m' not recognized"):
        ask(replace(SPEC, target="nobody/m"))
    with pytest.raises(InputError, match="inspect:mockllm/model cannot be made: ValidationError"):
        ask(replace(SPEC, options=(("config.temperature", "warm"),)))


def test_without_inspect_the_message_says_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """An extra that is not there is bad input, not a crash."""
    import sys

    def missing(_: str) -> str:
        raise inspect.PackageNotFoundError

    monkeypatch.setattr(inspect, "version", missing)
    monkeypatch.setitem(sys.modules, "inspect_ai", None)

    with pytest.raises(InputError, match=r"pip install 'refusals\[inspect\]'"):
        inspect.build(SPEC)


def test_options_and_length_are_part_of_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """And so is Inspect's version, whose providers set what is asked."""
    monkeypatch.setattr(inspect, "version", lambda _: "0.3")
    specs = (SPEC, replace(SPEC, max_tokens=9), replace(SPEC, options=(("config.temperature", "0"),)))
    found = [inspect.build(spec).identity for spec in specs]
    monkeypatch.setattr(inspect, "version", lambda _: "0.4")
    found.append(inspect.build(SPEC).identity)

    assert len({json.dumps(identity, sort_keys=True) for identity in found}) == 4
