"""A library that only some need is an extra, and is loaded where it is used."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from refusals.errors import InputError


def library(name: str, extra: str, what: str, beside: str = "") -> Any:
    """Import a module of an extra.

    Args:
        name: the module.
        extra: the extra of this package that brings it.
        what: what needs it, as a sentence begins.
        beside: what else there is to say, with its comma.

    Raises:
        InputError: if it cannot be imported; the message says what installs it.
    """
    try:
        return import_module(name)
    except ImportError as error:
        raise InputError(
            f"{what} needs the library {name.partition('.')[0]} ({error}); "
            f"`pip install 'refusals[{extra}]'` installs it{beside}"
        ) from error
