"""A system is checked by what its module says, and after it was made by what the engine reads of it."""

from __future__ import annotations

import inspect
import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any, get_args

from refusals.cases import Kind
from refusals.systems import Reply, reply_as_json, reply_from_json
from refusals.testing.imports import check_inert
from refusals.testing.modules import check_documented, check_takes, examples, hold

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from refusals.systems import System


_ODD: tuple[object, ...] = (None, True, -1, 10**400, float("nan"), "", "\ud800", [], {}, [[]], [None], {"": None})


def check_system(module: ModuleType) -> None:
    """Check a module that is a kind of system: documentation, signatures, examples, `read`, import.

    `read` is also given each example that is JSON with every part of it removed or made odd, and
    must make of it a reply that can be stored.

    Raises:
        AssertionError: at the first thing that is wrong.
    """
    check_documented(module)
    check_takes(module, "build", 2 if getattr(module, "SEES_CORPUS", False) else 1)
    check_takes(module, "read", 1)
    for number, (raw, expected) in examples(module):
        what = f"{module.__name__}: EXAMPLES[{number}]"
        hold(isinstance(expected, get_args(Reply)), f"{what} expects {expected!r}; allowed: Text, Verdict, Failure")
        before = deepcopy(raw)
        actual = module.read(raw)
        hold(actual == expected, f"{what}: read() returns {actual!r}, expected: {expected!r}")
        hold(repr(raw) == repr(before), f"{what}: read() changes what it is given")
        _check_storable(actual, what)
        for odd in _made_odd(raw):
            _check_reads(module, odd)
    check_inert(module)


def check_made(system: System) -> None:
    """Check the attributes of a system that `build` made.

    Raises:
        AssertionError: at the first thing that is wrong.
    """
    what = type(system).__name__
    kinds = isinstance(system.kinds, frozenset) and all(isinstance(kind, Kind) for kind in system.kinds)
    hold(kinds and system.kinds, f"{what}.kinds is {system.kinds!r}; allowed: a frozenset of Kind, not empty")
    batch = system.batch is None or _counts(system.batch)
    hold(batch, f"{what}.batch is {system.batch!r}; allowed: a number from 1, or None for all in one call")
    hold(_counts(system.concurrency), f"{what}.concurrency is {system.concurrency!r}; allowed: a number from 1")
    hold(isinstance(system.adaptive, bool), f"{what}.adaptive is {system.adaptive!r}; allowed: True or False")
    headroom = system.headroom is None or 0 <= system.headroom <= 1
    hold(headroom, f"{what}.headroom is {system.headroom!r}; allowed: a share, or None")
    try:
        json.dumps(system.identity, sort_keys=True, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise AssertionError(f"{what}.identity cannot be written as JSON: {error}") from None
    hold(inspect.isasyncgenfunction(system.respond), f"{what}.respond is no async generator: it must yield replies")
    hold(inspect.iscoroutinefunction(system.close), f"{what}.close is not async")


def _counts(number: object) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and number >= 1


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
    hold(isinstance(reply, get_args(Reply)), f"{what} returns {reply!r}; allowed: Text, Verdict, Failure")
    _check_storable(reply, what)


def _check_storable(reply: Reply, what: str) -> None:
    try:
        stored = json.dumps(reply_as_json(reply), ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise AssertionError(f"{what}: {reply!r} cannot be stored: {error}") from error
    hold(reply_from_json(json.loads(stored)) == reply, f"{what}: {reply!r} is not the same after it was stored")
