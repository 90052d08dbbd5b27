"""A function is a system: `python:module:callable`, where `callable` may be a dotted name.

The module is imported from the folder of the study, or from where Python finds it. The function,
sync or async, is given a list of `refusals.prompts.Prompt` (`text`, and `reply` or `turns` where
the kind has them, `kind`, `language`, `id`) and returns a list of the same length, whose members
are

- booleans: True is flagged, False is allowed;
- numbers: a score, higher meaning more harmful, which needs a `threshold` in the study;
- strings: a chat model's answer;
- `refusals.systems.Verdict`, `Text` or `Failure`.

An attribute `batch` on the function says how many prompts it takes at once (32 without one).
Calls come one at a time, so that the function need not be safe to call twice at once, unless the study
sets `concurrency`. A sync function runs in a thread of its own.
"""

from __future__ import annotations

import asyncio
import inspect
import math
import sys
from dataclasses import replace
from importlib import import_module
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from refusals.cases import Kind
from refusals.clean import storable
from refusals.errors import InputError, RefusalsError, nearest
from refusals.systems import CallError, Decision, Failure, Text, Verdict, _answer
from refusals.systems._settings import kinds_of, wanted_target
from refusals.systems._thread import in_thread

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence
    from pathlib import Path

    from refusals.prompts import Prompt
    from refusals.study import SystemSpec
    from refusals.systems import Reply

EXAMPLES: tuple[tuple[object, Reply], ...] = (
    (True, Verdict(decision=Decision.FLAG)),
    (False, Verdict(decision=Decision.ALLOW)),
    (0.93, Verdict(score=0.93)),
    (1, Verdict(score=1.0)),
    ("Of course.", Text(text="Of course.")),
    ("half \ud83d of a pair", Text(text="half \ufffd of a pair")),
    (Verdict(decision=Decision.REVIEW, score=0.5), Verdict(decision=Decision.REVIEW, score=0.5)),
    (Text(text="No."), Text(text="No.")),
    (Failure(message="no quota is left"), Failure(message="no quota is left")),
    (math.nan, Verdict(decision=Decision.UNREADABLE, raw="nan")),
    (Verdict(score=math.inf), Verdict(decision=Decision.UNREADABLE, raw="inf")),
    (None, Verdict(decision=Decision.UNREADABLE, raw="None")),
)

_ALLOWED = "a boolean, a score, a string, Verdict, Text or Failure"
_MEMBERS = (bool, int, float, str, Verdict, Text, Failure)
_BATCH = 32


def build(spec: SystemSpec) -> Python:
    """Return the system that a function is.

    Raises:
        InputError: if the module cannot be imported, or has no such callable.
    """
    example = "python:module:callable"
    module, _, name = wanted_target(spec, example).partition(":")
    if not all(part.isidentifier() for part in f"{module}.{name}".split(".")):
        raise InputError(f"the system {spec.name!r}: {spec.target!r} is not of the form {example}")
    found = _imported(module, spec.folder)
    try:
        function = attrgetter(name)(found)
    except AttributeError:
        names = [each for each, value in vars(found).items() if callable(value) and not each.startswith("_")]
        raise InputError(f"the module {module!r} has no {name!r}; {nearest(name, names)}") from None
    if not callable(function):
        raise InputError(f"{spec.target}: is a {type(function).__name__}, not a function")
    return Python(spec, function)


def _imported(module: str, folder: Path) -> Any:
    """Import a module, first from `folder`, which stays the last place where others of it are found."""
    path = str(folder.absolute())
    sys.path.insert(0, path)
    try:
        return import_module(module)
    except (Exception, SystemExit) as error:
        raise InputError(
            f"the module {module!r} cannot be imported, from {folder} or elsewhere: {type(error).__name__}: {error}"
        ) from error
    finally:
        sys.path.remove(path)
        if path not in sys.path:
            sys.path.append(path)


def read(raw: object) -> Reply:
    """Return what one member of the function's list says."""
    if isinstance(raw, bool):
        return Verdict(decision=Decision.FLAG if raw else Decision.ALLOW)
    if isinstance(raw, int | float):
        score = _answer.finite(raw)
        return Verdict(score=score) if score is not None else _unreadable(raw)
    if isinstance(raw, str):
        return Text(text=storable(raw))
    if isinstance(raw, Text):
        return replace(raw, text=storable(raw.text)) if isinstance(raw.text, str) else _unreadable(raw.text)
    if isinstance(raw, Verdict):
        return _verdict(raw)
    return raw if isinstance(raw, Failure) else _unreadable(raw)


def _verdict(raw: Verdict) -> Verdict:
    for number in (raw.score, raw.threshold):
        if number is not None and _answer.finite(number) is None:
            return _unreadable(number)
    if raw.decision is None and raw.score is None:
        return _unreadable(raw)
    if raw.decision is not None and raw.decision not in list(Decision):
        return _unreadable(raw.decision)
    return replace(raw, decision=None if raw.decision is None else Decision(raw.decision))


def _unreadable(raw: object) -> Verdict:
    return Verdict(decision=Decision.UNREADABLE, raw=storable(repr(raw))[:1000])


class Python:
    """A function under test; nothing of it is cached, for what it is made of is not known."""

    adaptive = False
    identity: Mapping[str, object] | None = None
    headroom: float | None = None

    def __init__(self, spec: SystemSpec, function: Callable[[list[Prompt]], Any]) -> None:
        self.kinds = kinds_of(spec, frozenset({Kind.REQUEST}))
        self.batch: int | None = _batch(function)
        self.concurrency = spec.concurrency or 1
        self._function = function
        self._spec = spec

    async def respond(self, prompts: Sequence[Prompt]) -> AsyncIterator[tuple[str, Reply]]:
        """Call the function once, and yield what it says of each prompt.

        Raises:
            CallError: if the function raised, or took longer than `timeout`.
            InputError: if it did not return a list of what is allowed.
        """
        try:
            async with asyncio.timeout(self._spec.timeout):
                returned = await self._called(list(prompts))
        except TimeoutError:
            raise CallError(
                f"the function took longer than {self._spec.timeout:g} s (`timeout` allows more)", again=False
            ) from None
        replies = self._replies(returned, len(prompts))
        for prompt, reply in zip(prompts, replies, strict=True):
            yield prompt.id, reply

    async def _called(self, prompts: list[Prompt]) -> Any:
        try:
            if _is_async(self._function):
                return await self._function(prompts)
            returned = await in_thread(self._function, prompts)
            return await returned if inspect.isawaitable(returned) else returned
        except (CallError, RefusalsError):
            raise
        except (Exception, SystemExit) as error:
            raise CallError(f"{type(error).__name__}: {error}", again=False) from error

    def _replies(self, returned: Any, wanted: int) -> list[Reply]:
        what = f"the function {self._spec.target}"
        members = returned.tolist() if hasattr(returned, "tolist") else returned
        if not isinstance(members, list | tuple):
            raise InputError(f"{what} returned a {type(returned).__name__}; allowed: a list with one member a prompt")
        if len(members) != wanted:
            raise InputError(f"{what} returned {len(members)} members for {wanted} prompts; allowed: one a prompt")
        replies = []
        for position, each in enumerate(members):
            member = each.item() if hasattr(each, "item") else each
            if not isinstance(member, _MEMBERS):
                raise InputError(f"{what}: member {position} is a {type(member).__name__}; allowed: {_ALLOWED}")
            replies.append(_answer.complete(read(member), self._spec))
        return replies

    async def close(self) -> None:
        """There is nothing to release: a thread that still runs ends with its function or with the process."""


def _batch(function: object) -> int | None:
    batch = getattr(function, "batch", _BATCH)
    if batch is not None and (isinstance(batch, bool) or not isinstance(batch, int) or batch < 1):
        raise InputError(f"the attribute `batch` is {batch!r}; allowed: a number from 1, or None for all at once")
    return batch


def _is_async(function: object) -> bool:
    call = getattr(function, "__call__", None)  # noqa: B004 - asked for its kind, not whether there is one
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(call)
