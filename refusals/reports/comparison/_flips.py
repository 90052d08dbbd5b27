"""The cells whose decision changed, worse first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from refusals.reports.comparison import Compared
    from refusals.statistics.comparison import Flip

CHANGES = ("worse", "different", "better")
SYMBOLS = {"worse": "\N{BALLOT X}", "better": "\N{CHECK MARK}", "different": "\N{ALMOST EQUAL TO}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """At most so many cells as were asked for, worse first; `counts` is of all of them, by change."""

    cells: tuple[Flip, ...]
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """How many cells changed."""
        return sum(self.counts.values())

    @property
    def in_words(self) -> str:
        """How many changed, and which way."""
        if not self.total:
            return "no decision changed"
        said = ", ".join(f"{self.counts[change]} {_WORDS[change]}" for change in CHANGES if self.counts[change])
        return f"{self.total} decision{'' if self.total == 1 else 's'} changed: {said}"


_WORDS = {"worse": "for the worse", "better": "for the better", "different": "neither, or wrong in another way"}


def changed_cells(compared: Compared, most: int | None = None) -> Changed:
    """Return the cells whose decision is not that of the baseline, in the order worse, different, better."""
    flips = sorted(
        compared.comparison.flips,
        key=lambda each: (CHANGES.index(each.change), each.system, each.language, each.case, each.repeat),
    )
    counts: Counter[str] = Counter(each.change for each in flips)
    return Changed(cells=tuple(flips[:most]), counts={change: counts[change] for change in CHANGES})


def shown(each: Flip) -> str:
    """Return the case as lists show it, with the number of the repeat where that is not the first."""
    return each.case if each.repeat == 1 else f"{each.case}.repeat-{each.repeat}"
