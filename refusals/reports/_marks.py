"""Strings from outside become parts of Markdown that nothing in them can leave."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from refusals.clean import clean
from refusals.reports._numbers import DASH

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST = 300  # characters of a string from outside


def grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table of cells that are Markdown already."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def code(text: str) -> str:
    """Return a string from outside as a code span that nothing in it can leave, fit for a table."""
    plain = clean(text)[:LONGEST].replace("|", "\\|")
    if not plain.strip():
        return DASH
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", plain)), default=0))
    edge = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{fence}{edge}{plain}{edge}{fence}"


def escaped(text: str) -> str:
    """Return a string as plain text, with every character that Markdown or HTML would read made harmless."""
    return re.sub(r"([\\`*_{}\[\]()<>#+!|~&@:/])", r"\\\1", clean(text))
