"""The libraries of two formats are an extra, and are loaded when a file of theirs is written or read."""

from __future__ import annotations

from typing import Any

from refusals import extras


def library(name: str, form: str) -> Any:
    """Import a library of the extra `exchange`.

    Raises:
        InputError: if it is not installed.
    """
    return extras.library(name, "exchange", f"the format {form}", ", xliff and jsonl need none")
