"""A library of others is asked for where it is used, by the extra that brings it."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from refusals.errors import InputError


def library(name: str, extra: str) -> Any:
    """Import a module of an extra.

    Raises:
        InputError: if it cannot be imported; the message says what installs it.
    """
    try:
        return import_module(name)
    except ImportError as error:
        raise InputError(
            f"a system of the kind {extra} needs the library {name.partition('.')[0]} ({error}); "
            f"`pip install 'refusals[{extra.replace('_', '-')}]'` installs it"
        ) from error
