"""What was stored and cannot be read any more is said in one line, wherever it is read."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from refusals.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def readable(path: Path, what: str) -> Iterator[None]:
    """Read here, and nothing else, what a file of ours holds; `what` names it.

    Raises:
        InputError: if that is not as it was written.
    """
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError, AssertionError, RecursionError) as error:
        raise damaged(path, f"{what} cannot be read: {type(error).__name__}: {error}") from error


def damaged(path: Path, said: str) -> InputError:
    """Return the error that a file of ours is not as it was written."""
    return InputError(f"{path}: is damaged ({said}); put back a copy of it, or run again with another --out")
