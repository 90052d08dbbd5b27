"""A function is asked with prompts and held to a list of what it may say."""

import asyncio
import math
import sys
import threading
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from refusals.cases import Kind, Wording
from refusals.errors import InputError
from refusals.prompts import Prompt, render
from refusals.study import SystemSpec
from refusals.systems import CallError, Decision, Failure, Reply, Text, Verdict
from refusals.systems.python import Python, build
from refusals.testing import check_made

SPEC = SystemSpec(name="guard", kind="python", target="guard:flag")
PROMPTS = [render(Wording(prompt=f"How tall is tree {number}?"), Kind.REQUEST, "en") for number in range(3)]
_NAMES = (f"guard_{number}" for number in count())


def answers(function: Callable[[list[Prompt]], Any], spec: SystemSpec = SPEC) -> list[Reply]:
    """Return what a function answers to one call, in the order of the prompts."""

    async def run() -> list[tuple[str, Reply]]:
        return [answer async for answer in Python(spec, function).respond(PROMPTS)]

    got = asyncio.run(run())
    assert [prompt.id for prompt in PROMPTS] == [identity for identity, _ in got]
    return [reply for _, reply in got]


def module(folder: Path, source: str) -> str:
    """Write a module of a name that no other test has, and return the name."""
    name = next(_NAMES)
    (folder / f"{name}.py").write_text(source, encoding="utf-8")
    return name


@pytest.fixture
def paths() -> Any:
    """Keep the places where Python finds modules as they were."""
    before = list(sys.path)
    yield
    sys.path[:] = before


def test_what_is_built_is_a_system() -> None:
    """Calls come one at a time and nothing is taken from the cache, unless the study says more."""
    made = Python(SPEC, lambda prompts: [True for _ in prompts])

    check_made(made)
    assert (made.batch, made.concurrency, made.identity) == (32, 1, None)
    assert Python(SystemSpec(name="a", kind="python", concurrency=4, kinds=("exchange",)), bool).concurrency == 4


def test_a_function_is_given_prompts() -> None:
    """A function gets a list of prompts of its own, which it may change."""
    seen: list[Prompt] = []

    def flag(prompts: list[Prompt]) -> list[bool]:
        seen.extend(prompts)
        prompts.clear()
        return [False, True, False]

    flagged, allowed = Verdict(decision=Decision.FLAG), Verdict(decision=Decision.ALLOW)
    assert [allowed, flagged, allowed] == answers(flag)
    assert seen == PROMPTS


def test_members_may_be_of_different_kinds() -> None:
    """Each member says for itself what it is."""
    members = ["Of course.", Verdict(decision=Decision.ABSTAIN), Failure(message="no quota is left")]

    assert [Text(text="Of course."), members[1], members[2]] == answers(lambda _: members)


def test_an_async_function_is_awaited() -> None:
    """An async function runs on the loop, as does one behind `partial` or `__call__`."""

    async def flag(prompts: list[Prompt], say: str = "Yes.") -> list[str]:
        await asyncio.sleep(0)
        return [say for _ in prompts]

    class Guard:
        async def __call__(self, prompts: list[Prompt]) -> list[str]:
            return await flag(prompts, "No.")

    def later(prompts: list[Prompt]) -> Awaitable[list[str]]:
        return flag(prompts)

    assert [Text(text="Yes.")] * 3 == answers(flag)
    assert [Text(text="No.")] * 3 == answers(partial(flag, say="No.")) == answers(Guard())
    assert [Text(text="Yes.")] * 3 == answers(later)


def test_a_sync_function_does_not_stop_the_loop() -> None:
    """While one function computes, other systems are asked."""
    go_on = threading.Event()

    def flag(prompts: list[Prompt]) -> list[bool]:
        return [go_on.wait(30) for _ in prompts]

    async def run() -> list[Reply]:
        asyncio.get_running_loop().call_later(0.01, go_on.set)
        return [reply async for _, reply in Python(SPEC, flag).respond(PROMPTS)]

    assert [Verdict(decision=Decision.FLAG)] * 3 == asyncio.run(run())


@pytest.mark.parametrize(
    ("returned", "expected"),
    [
        (np.array([True, False, True]), [Decision.FLAG, Decision.ALLOW, Decision.FLAG]),
        ([np.bool_(1), np.bool_(0), np.bool_(1)], [Decision.FLAG, Decision.ALLOW, Decision.FLAG]),
    ],
)
def test_arrays_of_booleans_are_lists_of_booleans(returned: Any, expected: list[Decision]) -> None:
    """What array libraries return is read as the plain values in it."""
    assert [Verdict(decision=decision) for decision in expected] == answers(lambda _: returned)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False, width=32), min_size=3, max_size=3))
def test_numbers_are_scores(scores: list[float]) -> None:
    """A number is a score with the threshold of the study, from a list as from an array."""
    spec = SystemSpec(name="guard", kind="python", threshold=0.5)
    expected = [Verdict(score=score, threshold=0.5) for score in scores]

    assert expected == answers(lambda _: scores, spec)
    assert expected == answers(lambda _: np.array(scores, dtype=np.float32), spec)


def test_a_score_alone_needs_a_threshold() -> None:
    """No threshold is taken for granted, but a function may bring its own."""
    with pytest.raises(InputError, match=r"give --threshold guard=0\.5"):
        answers(lambda prompts: [0.5 for _ in prompts])
    assert [Verdict(score=0.5, threshold=0.1)] * 3 == answers(lambda _: [Verdict(score=0.5, threshold=0.1)] * 3)


@pytest.mark.parametrize(
    "member",
    [math.nan, math.inf, Verdict(), Verdict(score=math.nan), Verdict(decision="block"), Verdict(score="high")],  # type: ignore[arg-type]
)
def test_what_cannot_be_read_is_unreadable(member: object) -> None:
    """A value of an allowed type that says nothing is no decision."""
    for reply in answers(lambda prompts: [member for _ in prompts]):
        assert isinstance(reply, Verdict)
        assert reply.decision is Decision.UNREADABLE
        assert reply.raw


@pytest.mark.parametrize(
    ("returned", "said"),
    [
        ([True], "returned 1 members for 3 prompts"),
        ([True] * 4, "returned 4 members for 3 prompts"),
        (None, "returned a NoneType; allowed: a list"),
        ("yes", "returned a str; allowed: a list"),
        ({"a": 1}, "returned a dict; allowed: a list"),
        ((flag for flag in (True, True, True)), "returned a generator; allowed: a list"),
        ([True, None, True], "member 1 is a NoneType; allowed: a boolean, a score, a string"),
        (np.zeros((3, 2)), "member 0 is a list; allowed"),
        ([{"flagged": True}] * 3, "member 0 is a dict; allowed"),
    ],
)
def test_a_broken_contract_stops_the_run(returned: Any, said: str) -> None:
    """An answer that belongs to no prompt may be anybody's."""
    with pytest.raises(InputError) as caught:
        answers(lambda _: returned)

    assert said in str(caught.value)


@pytest.mark.parametrize(
    "error",
    [
        ValueError("no such layer"),
        StopIteration("no such layer"),
        KeyError("no such layer"),
        SystemExit("no such layer"),
    ],
)
@pytest.mark.parametrize("is_async", [True, False])
def test_what_a_function_raises_is_a_failed_call(error: BaseException, *, is_async: bool) -> None:
    """An exception is no answer, and asking again would raise it again."""

    def raises(prompts: list[Prompt]) -> list[bool]:
        raise error

    async def raises_later(prompts: list[Prompt]) -> list[bool]:
        raise error

    with pytest.raises(CallError, match=type(error).__name__) as caught:
        answers(raises_later if is_async else raises)
    assert not caught.value.again


def test_a_function_may_say_how_its_call_failed() -> None:
    """A function that knows when another attempt may help says so with the package's own error."""

    def raises(prompts: list[Prompt]) -> list[bool]:
        raise CallError("busy", again=True, throttled=True, after=2.0)

    with pytest.raises(CallError, match="busy") as caught:
        answers(raises)
    assert (caught.value.again, caught.value.throttled, caught.value.after) == (True, True, 2.0)


def test_a_function_that_hangs_does_not_hold_the_run() -> None:
    """After `timeout` the call has failed; the thread is left behind and keeps nobody from leaving."""
    release = threading.Event()
    spec = SystemSpec(name="guard", kind="python", timeout=0.05)

    with pytest.raises(CallError, match=r"took longer than 0\.05 s"):
        answers(lambda _: [release.wait(30)], spec)
    release.set()


@pytest.mark.usefixtures("paths")
def test_a_module_is_found_beside_the_study(tmp_path: Path) -> None:
    """A guard in the study's folder is importable, and so is what it imports later."""
    other = module(tmp_path, "ANSWER = True\n")
    source = f"class Guard:\n    @staticmethod\n    def flag(prompts):\n        import {other}\n"
    name = module(tmp_path, source + f"        return [{other}.ANSWER for _ in prompts]\n")
    system = build(SystemSpec(name="guard", kind="python", target=f"{name}:Guard.flag", folder=tmp_path))

    async def run() -> list[Reply]:
        return [reply async for _, reply in system.respond(PROMPTS)]

    assert [Verdict(decision=Decision.FLAG)] * 3 == asyncio.run(run())
    assert sys.path[0] != str(tmp_path)


@pytest.mark.usefixtures("paths")
@pytest.mark.parametrize(("batch", "expected"), [("7", 7), ("None", None)])
def test_a_function_says_how_much_it_takes_at_once(tmp_path: Path, batch: str, expected: int | None) -> None:
    """The attribute `batch` is the number of prompts in a call, None all of them."""
    name = module(tmp_path, f"def flag(prompts): ...\nflag.batch = {batch}\n")

    assert expected == build(SystemSpec(name="a", kind="python", target=f"{name}:flag", folder=tmp_path)).batch


@pytest.mark.usefixtures("paths")
@pytest.mark.parametrize(
    ("source", "target", "said"),
    [
        ("", "", "lacks what it drives; write python:module:callable"),
        ("", "MODULE", "is not of the form python:module:callable"),
        ("", "MODULE.py:flag()", "is not of the form python:module:callable"),
        ("", "no_such_module_anywhere:flag", "cannot be imported"),
        ("import no_such_module_anywhere", "MODULE:flag", "ModuleNotFoundError"),
        ("1 / 0", "MODULE:flag", "ZeroDivisionError"),
        ("raise SystemExit(3)", "MODULE:flag", "SystemExit"),
        ("def flags(): ...", "MODULE:flag", "has no 'flag'; did you mean 'flags'?"),
        ("flag = 3", "MODULE:flag", "is a int, not a function"),
        ("def flag(): ...\nflag.batch = 0", "MODULE:flag", "`batch` is 0; allowed: a number from 1, or None"),
        ("def flag(): ...\nflag.batch = True", "MODULE:flag", "`batch` is True; allowed"),
    ],
)
def test_a_target_that_names_no_function_is_told_before_the_run(
    tmp_path: Path, source: str, target: str, said: str
) -> None:
    """A wrong target is an error of the study, not of every cell."""
    written = target.replace("MODULE", module(tmp_path, source))

    with pytest.raises(InputError) as caught:
        build(SystemSpec(name="guard", kind="python", target=written, folder=tmp_path))

    assert said in str(caught.value)


def test_a_call_without_prompts_is_a_call(tmp_path: Path) -> None:
    """Nothing asked is nothing answered."""

    async def run(asked: Sequence[Prompt]) -> list[tuple[str, Reply]]:
        return [answer async for answer in Python(SPEC, lambda prompts: [True for _ in prompts]).respond(asked)]

    assert asyncio.run(run([])) == []
