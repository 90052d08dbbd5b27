"""Lines for a terminal: as wide as it shows them, and a colour only where one is asked for."""

from __future__ import annotations

import re

from refusals.gates import Standing

BOLD, DIM = "1", "2"
COLOURS = {Standing.PASS: "32", Standing.INCONCLUSIVE: "33", Standing.FAIL: "31", Standing.INVALID: "35"}
_BLANK = re.compile(r"[ \t\n]+")  # a no-break space is none


def wrapped(text: str, width: int, hanging: str = "") -> str:
    """Return a text broken into lines of at most `width` columns; every line but the first begins with `hanging`.

    A wide character counts two columns and a combining mark none. Blanks at the beginning stay.
    """
    from rich.cells import cell_len

    lines = [text[: len(text) - len(text.lstrip(" "))]]
    used = len(lines[0])
    room = max(2, width - max(used, len(hanging)))
    empty = True
    for word in filter(None, _BLANK.split(text)):
        for piece in _pieces(word, room):
            long = cell_len(piece)
            if not empty and used + 1 + long > width:
                lines.append(hanging)
                used, empty = len(hanging), True
            lines[-1] += piece if empty else f" {piece}"
            used += long + (not empty)
            empty = False
    return "\n".join(lines)


def _pieces(word: str, width: int) -> list[str]:
    from rich.cells import cell_len, chop_cells

    return [word] if cell_len(word) <= width else chop_cells(word, width)


def styled(text: str, code: str, *, colour: bool) -> str:
    """Return a text in a colour or weight (the number of an SGR sequence, ECMA-48), line by line."""
    if not colour or not code:
        return text
    return "\n".join(f"\x1b[{code}m{line}\x1b[0m" if line else line for line in text.split("\n"))
