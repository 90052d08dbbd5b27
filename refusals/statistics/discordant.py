"""Counts by language and family of pairs that differ, and of those that undecided cells might make differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from refusals.outcomes import Side
from refusals.statistics.contrasts import paired_gap

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from refusals.statistics.contrasts import Contrast
    from refusals.statistics.pairing import Pair
    from refusals.statistics.tally import Cell, Wrong

_KINDS = ("plus", "minus", "wrong", "both", "may_plus", "may_minus", "unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class Discordant:
    """Whole numbers shaped [languages, families].

    Of `both` decided pairs, `plus` count in the candidate alone, `minus` in the baseline alone, `wrong` in both runs.
    Of `unknown` pairs, undecided in either run, `may_plus` could be plus and `may_minus` minus.
    """

    plus: NDArray[np.int64]
    minus: NDArray[np.int64]
    wrong: NDArray[np.int64]
    both: NDArray[np.int64]
    may_plus: NDArray[np.int64]
    may_minus: NDArray[np.int64]
    unknown: NDArray[np.int64]

    def only(self, row: int) -> Discordant:
        """Return the row of one language."""
        return Discordant(**{kind: getattr(self, kind)[row : row + 1] for kind in _KINDS})

    def rates(self) -> tuple[float, float] | None:
        """The equal-weight means of the languages, before and after; None where one has no decided pair."""
        cells = self.both.sum(axis=1)
        if not cells.all():
            return None
        before, after = ((self.wrong + part).sum(axis=1) / cells for part in (self.minus, self.plus))
        return float(before.mean()), float(after.mean())

    def gap(self, level: float) -> Contrast | None:
        """The difference of the decided pairs; None where a language has none."""
        return paired_gap(self.plus, self.minus, self.both, level=level)

    def at_worst(self) -> Discordant:
        """Return the counts with every undecided pair decided, against the candidate where that can be."""
        return replace(
            self,
            plus=self.plus + self.may_plus,
            both=self.both + self.unknown,
            **{kind: np.zeros_like(self.both) for kind in ("may_plus", "may_minus", "unknown")},
        )

    def worst(self, level: float) -> tuple[float, float] | None:
        """The ends that hold the interval, whatever the undecided cells would be; None where a language has no pair."""
        found = [self.gap(level)]
        if self.unknown.any():
            cells = self.both + self.unknown
            few = found[0] is None or found[0].few
            found.append(paired_gap(self.plus + self.may_plus, self.minus, cells, level=level, few=few))
            found.append(paired_gap(self.plus, self.minus + self.may_minus, cells, level=level, few=few))
        known = [each for each in found if each is not None]
        return (min(each.low for each in known), max(each.high for each in known)) if known else None


def discordant(
    pairs: Iterable[Pair], wrong: Wrong, languages: Mapping[str, int], families: Mapping[str, int]
) -> Discordant:
    """Count the pairs that `wrong` is asked of; each language has a row and each family a column."""
    counts = {kind: np.zeros((len(languages), len(families)), dtype=np.int64) for kind in _KINDS}
    for pair in pairs:
        at = languages[pair.after.trial.language], families[pair.after.trial.family]
        before, after = _decided(pair.before, wrong), _decided(pair.after, wrong)
        if pair.undecided:
            counts["unknown"][at] += 1
            counts["may_plus"][at] += after is not False and before is not True
            counts["may_minus"][at] += after is not True and before is not False
        else:
            counts["both"][at] += 1
            counts["plus"][at] += bool(after and not before)
            counts["minus"][at] += bool(before and not after)
            counts["wrong"][at] += bool(before and after)
    return Discordant(**counts)


def _decided(cell: Cell, wrong: Wrong) -> bool | None:
    return None if cell.side is Side.UNDECIDED else wrong(cell)
