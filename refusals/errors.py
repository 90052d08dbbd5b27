"""Every failure that a user can cause has a place, a sentence and a way out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file something stands; line and column count from 1."""

    path: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


class RefusalsError(Exception):
    """The ancestor of every error that `refusals` raises on purpose.

    `exit_code` is what a command ends with: 2 is bad input or usage.
    """

    exit_code = 2


class InputError(RefusalsError):
    """Something that was given is wrong: a file, an option, an answer of a program.

    Args:
        message: what is wrong and what is allowed, in one line.
        place: where, if it stands in a file.
    """

    def __init__(self, message: str, place: Place | None = None) -> None:
        self.message = " ".join(message.split())
        self.place = place
        super().__init__(f"{place} {self.message}" if place else self.message)


class NothingSelectedError(RefusalsError):
    """The selection leaves nothing to run."""

    exit_code = 5


def nearest(wrong: str, allowed: list[str]) -> str:
    """Return the sentence part that names the nearest allowed word and all of them."""
    import difflib

    close = difflib.get_close_matches(wrong, allowed, n=1)
    listed = ", ".join(allowed) or "nothing"
    return f"did you mean {close[0]!r}? allowed: {listed}" if close else f"allowed: {listed}"


class InterruptedRunError(RefusalsError):
    """Somebody stopped a run; the same folder goes on."""

    exit_code = 130
