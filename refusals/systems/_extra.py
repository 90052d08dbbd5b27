"""A system of others needs their library, which the extra of its name brings."""

from __future__ import annotations

from typing import Any

from refusals import extras


def library(name: str, kind: str) -> Any:
    """Import a module of the extra that is called as the kind of system is.

    Raises:
        InputError: if it cannot be imported.
    """
    return extras.library(name, kind.replace("_", "-"), f"a system of the kind {kind}")
