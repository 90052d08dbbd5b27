"""A report says in a few plain lines what goes into the team's release note."""

from __future__ import annotations

from refusals.clean import clean
from refusals.reports import Results

FILE = "release-note.txt"


def render(results: Results, *, show_text: bool = False) -> str:
    """Return the ruling, and a line for each gate; texts are never shown."""
    lines = [f"Ruling: {results.standing or 'nothing was asked'}"]
    for ruling in results.rulings:
        what = f"{ruling.system}, {ruling.gate}, {ruling.language}: {ruling.standing} ({ruling.reason})"
        lines.append(clean(what))
    return "\n".join(lines) + "\n"
