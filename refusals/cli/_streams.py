"""Whoever reads what a command prints may leave, as `head` does; the command goes on to its own exit code."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from typing import TextIO


class Listened:
    """A stream that goes to nowhere from when its reader has left; in all else it is the stream it was made of."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write, whether or not somebody reads it."""
        try:
            return self._stream.write(text)
        except BrokenPipeError:
            return self._leave(len(text))

    def write_bytes(self, content: bytes) -> None:
        """Write what is no text, whether or not somebody reads it."""
        try:
            self._stream.flush()
            self._stream.buffer.write(content)
            self._stream.buffer.flush()
        except BrokenPipeError:
            self._leave(0)

    def flush(self) -> None:
        """Flush, whether or not somebody reads it."""
        try:
            self._stream.flush()
        except BrokenPipeError:
            self._leave(0)

    def _leave(self, written: int) -> int:
        # The descriptor itself is turned away, so that what is still in a buffer goes nowhere too.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)
        return written

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def let_readers_leave() -> None:
    """Make both output streams of this process such streams."""
    if sys.stdout is not None:
        sys.stdout = cast("TextIO", Listened(sys.stdout))
    if sys.stderr is not None:
        sys.stderr = cast("TextIO", Listened(sys.stderr))


def put(content: str | bytes) -> bool:
    """Write to standard output what a file would hold, to the byte, and return whether that could be done.

    Text goes out as UTF-8 with the line ends that it has; bytes go anywhere but to a terminal.
    """
    if isinstance(content, bytes):
        if sys.stdout.isatty():
            return False
        Listened(sys.stdout).write_bytes(content)
        return True
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", newline="\n")
    sys.stdout.write(content)
    sys.stdout.flush()
    return True
