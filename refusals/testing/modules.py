"""What every plugin has in common: it says what it is, it can be called, and it brings examples."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType


def hold(holds: object, sentence: str) -> None:
    """Raise the sentence as an `AssertionError` unless it holds."""
    if not holds:
        raise AssertionError(sentence)


def check_documented(module: ModuleType) -> None:
    """Check that a module says in a sentence what it is."""
    first = (module.__doc__ or "").strip().partition("\n")[0]
    hold(first, f"{module.__name__} has no docstring; its first line says in a sentence what holds")
    whole = first.endswith(".") and " " in first
    hold(whole, f"{module.__name__}: the first line of the docstring is no sentence: {first!r}")


def check_takes(module: ModuleType, name: str, count: int) -> None:
    """Check that a module has a function of that name, which can be called with so many arguments."""
    function = getattr(module, name, None)
    hold(callable(function), f"{module.__name__} has no function {name!r}")
    assert callable(function)
    needed = [
        parameter
        for parameter in inspect.signature(function).parameters.values()
        if parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD
    ]
    plain = all(parameter.kind is not parameter.KEYWORD_ONLY for parameter in needed)
    hold(plain and len(needed) == count, f"{module.__name__}.{name} must take {count} positional argument(s)")


def examples(module: ModuleType) -> Iterator[tuple[int, tuple[Any, Any]]]:
    """Yield (number, example) of a module that must have some."""
    examples = getattr(module, "EXAMPLES", None)
    hold(isinstance(examples, list | tuple) and examples, f"{module.__name__} has no EXAMPLES")
    assert examples is not None
    for number, example in enumerate(examples):
        pair = isinstance(example, list | tuple) and len(example) == 2
        hold(pair, f"{module.__name__}: EXAMPLES[{number}] is not a pair")
        yield number, example
