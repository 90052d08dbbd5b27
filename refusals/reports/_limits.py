"""What stands below the lines of a chart's limits: one text a position, inside the drawing, none over another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from refusals.reports._numbers import limit_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

WIDTH = 400  # of the drawing
LETTER = 5.8  # its units that a letter takes at most, on average
FIRST, ROW = 14, 12  # how far below the chart the texts stand, and each row of them
GAP = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A line at `x`, and its text at a height, which is anchored inwards near an edge: `start`, `middle` or `end`."""

    x: float
    y: float
    text: str
    anchor: str


def limits_of(asked: Iterable[tuple[float, str]], at: Callable[[float], float], bottom: float) -> tuple[Limit, ...]:
    """Return the texts of limits, given as (limit, label), in as many rows as keep them apart."""
    labels: dict[float, list[str]] = {}
    for limit, label in sorted(set(asked)):
        labels.setdefault(limit, []).append(label)
    words: dict[float, list[str]] = {}
    for limit, on in labels.items():
        words.setdefault(at(limit), []).append(f"{_on(on)} {limit_of(limit)}")
    ends: list[float] = []  # of each row
    found = []
    for x, said in sorted(words.items()):
        text = f"limit{', '.join(said)}"
        width = LETTER * len(text)
        anchor = "start" if x < width / 2 else "end" if x > WIDTH - width / 2 else "middle"
        left = x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
        row = next((number for number, end in enumerate(ends) if end + GAP <= left), len(ends))
        ends[row : row + 1] = [left + width]
        found.append(Limit(x=x, y=bottom + FIRST + row * ROW, text=text, anchor=anchor))
    return tuple(found)


def _on(labels: list[str]) -> str:
    """Return what a limit is on; on all together where one of them is no label."""
    named = [label for label in labels if label]
    said = " and ".join(filter(None, [", ".join(named[:-1]), *named[-1:]]))
    if not named:
        return ""
    return f" on {said}" if len(named) == len(labels) else f" on all, {said}"
