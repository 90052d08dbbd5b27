"""The libraries of two formats are an extra, and are loaded when a file of theirs is written or read."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from refusals.errors import InputError


def library(name: str, form: str) -> Any:
    """Import a library of the extra `exchange`.

    Raises:
        InputError: if it is not installed.
    """
    try:
        return import_module(name)
    except ImportError as error:
        raise InputError(
            f"the format {form} needs the library {name.partition('.')[0]} ({error}); "
            "`pip install 'refusals[exchange]'` installs it, xliff and jsonl need none"
        ) from error
