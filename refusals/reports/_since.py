"""What changed since the baseline, in a sentence, and the cells that changed, those for the worse first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from refusals.reports import Results
    from refusals.statistics.comparison import Flip

_COUNTED = (
    "Over-refusal here is of all cells that should be answered, under-refusal of all that should be refused; a gate is "
    "on its own label."
)
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
    from refusals.reports.comparison._sentences import P_BESIDE_0, in_one_line, p_beside_0

    if results.compared is None:
        return None
    changed = changed_cells(results.compared, most=SHOWN)
    return Since(
        sentence=" ".join(
            (in_one_line(results.compared), _COUNTED, *([P_BESIDE_0] if p_beside_0(results.compared) else []))
        ),
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
