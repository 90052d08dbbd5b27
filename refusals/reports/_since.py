"""What changed since the baseline, in a sentence, and the cells that changed, those for the worse first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from refusals.reports import Results
    from refusals.statistics.comparison import Flip

SHOWN = 40  # cells that a report lists; the comparison has all of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """A sentence, how many decisions changed in words, and the first of them."""

    sentence: str
    changed: str
    flips: tuple[Flip, ...]
    more: int


def since(results: Results) -> Since | None:
    """Return what is said of the baseline; None where a run is held against none."""
    from refusals.reports.comparison._flips import changed_cells
    from refusals.reports.comparison._sentences import in_one_line

    if results.compared is None:
        return None
    changed = changed_cells(results.compared, most=SHOWN)
    return Since(
        sentence=in_one_line(results.compared),
        changed=changed.in_words,
        flips=changed.cells,
        more=changed.total - len(changed.cells),
    )


def anchor_of(flip: Flip) -> str:
    """Return the fragment of a cell's permalink in the page."""
    return f"d/{quote(f'{flip.language}/{flip.system}/{shown(flip)}', safe='')}"


def shown(flip: Flip) -> str:
    """Return the case of a cell, as lists show it."""
    from refusals.reports.comparison._flips import shown as named

    return named(flip)
