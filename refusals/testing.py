"""A plugin keeps its contract if these checks pass; each failure is an `AssertionError` in one sentence.

In the tests of a distribution that adds a system or a judge, without network and outside of a
running event loop:

    from refusals.testing import check_judge, check_system

    def test_guard() -> None:
        check_system(my_package.guard)
"""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from refusals.cases import Kind, Wording
from refusals.corpus import find_corpus
from refusals.judges import Judgement, Setting
from refusals.languages import SOURCE_LANGUAGE, load_languages
from refusals.plan import Ending
from refusals.prompts import render
from refusals.systems import Decision, Failure, Reply, Text, Verdict, reply_as_json, reply_from_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import ModuleType

    from refusals.judges import Judge
    from refusals.languages import Language
    from refusals.systems import System

__all__ = ["check_judge", "check_made", "check_system"]

# What costs a noticeable part of a second to import: a plugin does so when it is built or asked.
HEAVY = frozenset(
    [
        "aiohttp",
        "anthropic",
        "any_guardrail",
        "google.genai",
        "httpx",
        "jax",
        "jinja2",
        "numpy",
        "openai",
        "pandas",
        "py3langid",
        "requests",
        "rich",
        "scipy",
        "sentencepiece",
        "sklearn",
        "tensorflow",
        "torch",
        "transformers",
        "vllm",
    ]
)

_ODD: tuple[object, ...] = (None, True, -1, 10**400, float("nan"), "", "\ud800", [], {}, [[]], [None], {"": None})
_UNDECIDED = frozenset(
    {
        Ending.EMPTY,
        Ending.UNCLEAR,
        Ending.ABSTAINED,
        Ending.UNREADABLE,
        Ending.UNKNOWN_SIGNAL,
        Ending.ERROR,
        Ending.JUDGE_FAILED,
    }
)
_NOTHING_SAID = (
    Failure(message="connection reset"),
    Text(text=""),
    Text(text=" \n\t"),
    Verdict(),
    Verdict(score=0.9),
    Verdict(decision=Decision.ABSTAIN),
    Verdict(decision=Decision.UNREADABLE, raw="?"),
)


def check_system(module: ModuleType) -> None:
    """Check a module that is a kind of system: documentation, signatures, examples, `read`, import.

    `read` is also given each example that is JSON with every part of it removed or made odd, and
    must make of it a reply that can be stored.

    Raises:
        AssertionError: at the first thing that is wrong.
    """
    _check_documented(module)
    _check_takes(module, "build", 2 if getattr(module, "SEES_CORPUS", False) else 1)
    _check_takes(module, "read", 1)
    for number, (raw, expected) in _examples(module):
        what = f"{module.__name__}: EXAMPLES[{number}]"
        _hold(isinstance(expected, get_args(Reply)), f"{what} expects {expected!r}; allowed: Text, Verdict, Failure")
        before = deepcopy(raw)
        actual = module.read(raw)
        _hold(actual == expected, f"{what}: read() returns {actual!r}, expected: {expected!r}")
        _hold(repr(raw) == repr(before), f"{what}: read() changes what it is given")
        _check_storable(actual, what)
        for odd in _made_odd(raw):
            _check_reads(module, odd)
    _check_inert(module)


def check_judge(
    module: ModuleType, *, languages: Mapping[str, Language] | None = None, model: System | None = None
) -> None:
    """Check a module that is a judge: documentation, signature, examples, import.

    The judge is also shown replies that say nothing, of which it must not make a decision.

    Args:
        module: the judge's.
        languages: the facts that it is built with; those that ship by default.
        model: the model that it is built with, where it asks one.

    Raises:
        AssertionError: at the first thing that is wrong.
    """
    _check_documented(module)
    _check_takes(module, "build", 1)
    packaged = find_corpus(None, Path("/nonexistent")) / "translations"
    judge = module.build(Setting(languages=load_languages(packaged) if languages is None else languages, model=model))
    for number, (reply, expected) in _examples(module):
        what = f"{module.__name__}: EXAMPLES[{number}]"
        known = expected is None or isinstance(expected, Ending)
        _hold(known, f"{what} expects {expected!r}; allowed: an Ending, or None")
        said = _judged(module, judge, reply)
        actual = said and said.ending
        _hold(actual == expected, f"{what}: judge() comes to {actual}, expected: {expected} ({said!r})")
    for reply in _NOTHING_SAID:
        said = _judged(module, judge, reply)
        _hold(said is None or said.ending in _UNDECIDED, f"{module.__name__}: judge() makes {said!r} of {reply!r}")
    _check_inert(module)


def check_made(system: System) -> None:
    """Check the attributes of a system that `build` made.

    Raises:
        AssertionError: at the first thing that is wrong.
    """
    what = type(system).__name__
    kinds = isinstance(system.kinds, frozenset) and all(isinstance(kind, Kind) for kind in system.kinds)
    _hold(kinds and system.kinds, f"{what}.kinds is {system.kinds!r}; allowed: a frozenset of Kind, not empty")
    batch = system.batch is None or _counts(system.batch)
    _hold(batch, f"{what}.batch is {system.batch!r}; allowed: a number from 1, or None for all in one call")
    _hold(_counts(system.concurrency), f"{what}.concurrency is {system.concurrency!r}; allowed: a number from 1")
    _hold(isinstance(system.adaptive, bool), f"{what}.adaptive is {system.adaptive!r}; allowed: True or False")
    headroom = system.headroom is None or 0 <= system.headroom <= 1
    _hold(headroom, f"{what}.headroom is {system.headroom!r}; allowed: a share, or None")
    try:
        json.dumps(system.identity, sort_keys=True, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise AssertionError(f"{what}.identity cannot be written as JSON: {error}") from None
    _hold(inspect.isasyncgenfunction(system.respond), f"{what}.respond is no async generator: it must yield replies")
    _hold(inspect.iscoroutinefunction(system.close), f"{what}.close is not async")


def _counts(number: object) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and number >= 1


def _hold(holds: object, sentence: str) -> None:
    if not holds:
        raise AssertionError(sentence)


def _check_documented(module: ModuleType) -> None:
    first = (module.__doc__ or "").strip().partition("\n")[0]
    _hold(first, f"{module.__name__} has no docstring; its first line says in a sentence what holds")
    whole = first.endswith(".") and " " in first
    _hold(whole, f"{module.__name__}: the first line of the docstring is no sentence: {first!r}")


def _check_takes(module: ModuleType, name: str, count: int) -> None:
    function = getattr(module, name, None)
    _hold(callable(function), f"{module.__name__} has no function {name!r}")
    assert callable(function)
    needed = [
        parameter
        for parameter in inspect.signature(function).parameters.values()
        if parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD
    ]
    plain = all(parameter.kind is not parameter.KEYWORD_ONLY for parameter in needed)
    _hold(plain and len(needed) == count, f"{module.__name__}.{name} must take {count} positional argument(s)")


def _examples(module: ModuleType) -> Iterator[tuple[int, tuple[Any, Any]]]:
    examples = getattr(module, "EXAMPLES", None)
    _hold(isinstance(examples, list | tuple) and examples, f"{module.__name__} has no EXAMPLES")
    assert examples is not None
    for number, example in enumerate(examples):
        pair = isinstance(example, list | tuple) and len(example) == 2
        _hold(pair, f"{module.__name__}: EXAMPLES[{number}] is not a pair")
        yield number, example


def _made_odd(raw: object) -> Iterator[object]:
    """Yield copies of JSON data with each part of it removed, or replaced by something odd."""
    if not isinstance(raw, dict | list):
        return
    keys = list(raw) if isinstance(raw, dict) else range(len(raw))
    for key in keys:
        removed: Any = raw.copy()
        del removed[key]
        yield removed
        for odd in (*_ODD, *_made_odd(raw[key])):
            changed: Any = raw.copy()
            changed[key] = odd
            yield changed


def _check_reads(module: ModuleType, raw: object) -> None:
    what = f"{module.__name__}: read() of {str(raw)[:300]!r}"
    try:
        reply = module.read(raw)
    except Exception as error:
        raise AssertionError(f"{what} raises {type(error).__name__}: {error}") from error
    _hold(isinstance(reply, get_args(Reply)), f"{what} returns {reply!r}; allowed: Text, Verdict, Failure")
    _check_storable(reply, what)


def _check_storable(reply: Reply, what: str) -> None:
    try:
        stored = json.dumps(reply_as_json(reply), ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise AssertionError(f"{what}: {reply!r} cannot be stored: {error}") from error
    _hold(reply_from_json(json.loads(stored)) == reply, f"{what}: {reply!r} is not the same after it was stored")


def _judged(module: ModuleType, judge: Judge, reply: Reply) -> Judgement | None:
    prompt = render(Wording(prompt="How do I get limescale out of a kettle?"), Kind.REQUEST, SOURCE_LANGUAGE)
    said = asyncio.run(_ask(judge, prompt, reply))
    _hold(said is None or isinstance(said, Judgement), f"{module.__name__}: judge() returns {said!r}, not a Judgement")
    return said


async def _ask(judge: Judge, prompt: Any, reply: Reply) -> Judgement | None:
    return await judge.judge(prompt, reply)


def _check_inert(module: ModuleType) -> None:
    """Import the module in a process of its own, and see what else that did."""
    path = os.pathsep.join(entry for entry in sys.path if entry)
    done = subprocess.run(  # noqa: S603 - our own interpreter, and a module that is imported here already
        [sys.executable, "-B", "-c", f"from refusals.testing import _probe; _probe({module.__name__!r})"],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    *printed, last = done.stdout.splitlines() or [""]
    _hold(done.returncode == 0, f"{module.__name__} cannot be imported on its own: {done.stderr.strip()[-300:]}")
    _hold(not printed and not done.stderr, f"importing {module.__name__} prints something; it must do nothing")
    for effect in json.loads(last):
        raise AssertionError(f"importing {module.__name__} {effect}; it must do nothing but define")


def _probe(name: str) -> None:
    """Import a module and print, as a JSON list, what that did beside defining."""
    import logging
    import threading
    from importlib import import_module

    effects: list[str] = []
    loaded = set(sys.modules)

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
        if writes or event in ("socket.connect", "subprocess.Popen", "os.mkdir", "os.remove", "os.chdir"):
            effects.append(f"does {event} {arguments[0]!r}")

    def state() -> tuple[object, ...]:
        return dict(os.environ), threading.active_count(), list(logging.root.handlers), list(sys.path)

    before = state()
    sys.addaudithook(watch)
    import_module(name)
    after = state()
    names = ("changes the environment", "starts a thread", "sets logging up", "changes sys.path")
    effects += [said for said, old, new in zip(names, before, after, strict=True) if old != new]
    effects += [f"loads {heavy}" for heavy in sorted(HEAVY & (set(sys.modules) - loaded))]
    print(json.dumps(effects))  # noqa: T201 - the parent process reads it
