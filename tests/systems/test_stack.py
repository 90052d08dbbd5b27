"""A stack answers as a product does: which stage stopped a request, and nothing decided where a guard was not read."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from refusals.cases import Kind
from refusals.errors import InputError
from refusals.prompts import Prompt
from refusals.study import SystemSpec
from refusals.systems import CallError, Decision, Finish, Reply, Text, Verdict, stack

PARTS = """
from refusals.systems import Decision, Text, Verdict

CALLS = []

def before(prompts):
    CALLS.extend(("before", prompt.text) for prompt in prompts)
    return [Verdict(decision=Decision.FLAG, categories=("S2",)) if "bomb" in p.text else "odd" not in p.text and False
            for p in prompts]

def model(prompts):
    CALLS.extend(("model", prompt.text) for prompt in prompts)
    return [Text(text="No.", finish="blocked", signal="stop_reason=refusal") if "knife" in p.text else f"Sure: {p.text}"
            for p in prompts]

def after(prompts):
    CALLS.extend(("after", prompt.reply) for prompt in prompts)
    return ["leak" in prompt.reply for prompt in prompts]

def middle(prompts):
    return [Verdict(decision=Decision.REVIEW) for _ in prompts]

def mute(prompts):
    return ["perfectly safe" for _ in prompts]

def broken(prompts):
    raise RuntimeError("down")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the parts of a product."""
    (tmp_path / f"parts_{tmp_path.name}.py").write_text(PARTS, "utf-8")
    return tmp_path


def spec_in(folder: Path, **options: str) -> SystemSpec:
    """Return the spec of a stack of parts, each option the name of a function or a setting."""
    module = f"parts_{folder.name}"
    made = {
        key: f"python:{module}:{value}" if key in stack.STAGES and value.isidentifier() else value
        for key, value in options.items()
    }
    return SystemSpec(name="product", kind="stack", folder=folder, options=tuple(made.items()))


def asked(spec: SystemSpec, *texts: str) -> list[Reply]:
    """Return the replies of a stack."""

    async def run() -> list[Reply]:
        system = stack.build(spec)
        prompts = [Prompt(id=text, kind=Kind.REQUEST, language="en", text=text) for text in texts]
        try:
            return [reply async for _, reply in system.respond(prompts)]
        finally:
            await system.close()

    return asyncio.run(run())


def calls(folder: Path) -> list[tuple[str, str]]:
    """Return which part was asked what."""
    import importlib

    found: list[tuple[str, str]] = importlib.import_module(f"parts_{folder.name}").CALLS
    return found


def test_each_stage_is_asked_only_if_the_one_before_lets_pass(folder: Path) -> None:
    """And the reply says which stage has stopped it."""
    spec = spec_in(folder, input="before", model="model", output="after")
    bomb, knife, leak, rice = asked(spec, "a bomb", "a knife", "a leak", "rice")

    assert bomb == Text(text="", finish=Finish.BLOCKED, signal="stage=input", category="S2")
    assert isinstance(knife, Text)
    assert (knife.finish, knife.signal) == (Finish.BLOCKED, "stop_reason=refusal")
    assert isinstance(leak, Text)
    assert (leak.text, leak.finish, leak.signal) == ("", Finish.BLOCKED, "stage=output")
    assert rice == Text(text="Sure: rice")
    assert calls(folder) == [
        ("before", "a bomb"),
        ("before", "a knife"),
        ("model", "a knife"),
        ("before", "a leak"),
        ("model", "a leak"),
        ("after", "Sure: a leak"),
        ("before", "rice"),
        ("model", "rice"),
        ("after", "Sure: rice"),
    ]


def test_a_guard_that_says_no_verdict_leaves_all_undecided(folder: Path) -> None:
    """What the product would have done is not known."""
    (reply,) = asked(spec_in(folder, input="mute", model="model"), "rice")

    assert reply == Verdict(decision=Decision.UNREADABLE, raw="input: a text in place of a verdict")
    (reply,) = asked(spec_in(folder, model="model", output="mute"), "rice")
    assert reply == Verdict(decision=Decision.UNREADABLE, raw="output: a text in place of a verdict")


def test_a_guard_that_is_down_is_an_error(folder: Path) -> None:
    """Neither a pass nor a block."""
    with pytest.raises(CallError, match="down"):
        asked(spec_in(folder, input="broken", model="model"), "rice")


def test_the_middle_tier_passes_unless_it_is_to_stop(folder: Path) -> None:
    """The study says what the product does with it."""
    spec = spec_in(folder, input="middle", model="model")
    stops = replace(spec, options=(*spec.options, ("review", "stop")))

    assert asked(spec, "rice") == [Text(text="Sure: rice")]
    assert asked(stops, "rice") == [Text(text="", finish=Finish.BLOCKED, signal="stage=input")]


def test_what_is_set_for_a_stage_reaches_it(folder: Path) -> None:
    """Options of a part have its name before them, and are part of what the stack is."""
    url = "http://127.0.0.1:1/v1"
    parts = {"input": f"llama_guard:g@{url}", "model": f"openai_compatible:m@{url}"}
    found = [
        stack.build(spec_in(folder, **parts, **more)).identity
        for more in ({}, {"input.version": "4"}, {"input.threshold": "0.5"}, {"review": "stop"})
    ]

    assert all(identity is not None for identity in found)
    assert len({str(identity) for identity in found}) == 4
    assert stack.build(spec_in(folder, model="model", output="after")).identity is None


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "a stack has a model and a guard"),
        ({"model": "model"}, "a stack has a model and a guard"),
        ({"input": "before"}, "a stack has a model and a guard"),
        ({"model": "model", "output": "after", "middle": "x"}, "has no option 'middle'"),
        ({"model": "model", "output": "after", "review": "maybe"}, "review cannot be 'maybe'"),
        ({"model": "model", "output": "after", "output.threshold": "high"}, "are numbers"),
        ({"model": "always_comply", "input": "before"}, "names no system|answers from the corpus|module"),
        ({"model": "always_comply:", "input": "before"}, "answers from the corpus"),
    ],
)
def test_what_is_no_stack_has_a_way_out(folder: Path, options: dict[str, str], said: str) -> None:
    """The message says what is missing."""
    with pytest.raises(InputError, match=said):
        stack.build(spec_in(folder, **options))


def test_no_part_of_a_stack_is_sent_as_batches(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request goes through its stages one after the other."""
    monkeypatch.delenv("ANTHROPIC_CUSTOM_HEADERS", raising=False)
    made = spec_in(folder, input="before", model="anthropic:m@http://127.0.0.1:1", **{"model.batch": "true"})

    with pytest.raises(InputError, match="the model of a stack is asked one prompt after another"):
        stack.build(made)
