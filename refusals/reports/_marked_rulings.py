"""Rulings as a table of Markdown, worst first; where there are very many, the best of them are only counted."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from refusals.gates import Standing
from refusals.reports._marks import code, escaped, grid
from refusals.reports._numbers import found_by
from refusals.reports._verdict import SYMBOLS, subject

if TYPE_CHECKING:
    from collections.abc import Sequence

    from refusals.gates import Ruling

MOST = 200


def rulings_of(title: str, rulings: Sequence[Ruling]) -> str:
    """Return a section of rulings as Markdown."""
    head = ["ruling", "system", "language", "asked", "found", "why"]
    listed = sorted(rulings, key=lambda ruling: -list(Standing).index(ruling.standing))
    rest = Counter(f"{ruling.standing}" for ruling in listed[MOST:])
    rows = [
        [
            f"{SYMBOLS[ruling.standing]} {ruling.standing}",
            code(ruling.system),
            code(ruling.where),
            escaped(subject(ruling)),
            _found(ruling),
            code(ruling.reason),
        ]
        for ruling in listed[:MOST]
    ]
    counted = ", ".join(f"{count} {standing}" for standing, count in rest.items())
    said = f"Not listed here, but in `report.json`: {counted}.\n\n" if rest else ""
    return f"{title}\n\n{grid(head, rows)}\n{said}"


def _found(ruling: Ruling) -> str:
    value, ends = found_by(ruling)
    return f"{value} ({ends})" if ends else value
