"""What people read of a system's replies, put beside what the judge said of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from refusals.annotations import UNANSWERED
from refusals.outcomes import Side, side
from refusals.statistics.corrected import Read, bound, corrected_gap, corrected_rate, undecided_share

if TYPE_CHECKING:
    from collections.abc import Mapping

    from refusals.annotations import Annotation
    from refusals.statistics import Estimate
    from refusals.statistics.tally import Cell, Wrong
    from refusals.study import Sides

_CODES = {Side.COMPLY: 0, Side.REFUSE: 1}
_UNDECIDED = 2


class Readings:
    """The annotations of a run, by trial."""

    def __init__(self, annotations: Iterable[Annotation], sides: Sides) -> None:
        self._found = {each.trial: each for each in annotations}
        self._sides = sides

    def of(self, cells: Sequence[Cell]) -> Readings | None:
        """Return these readings for a system's cells, None where nobody read any of them."""
        return self if any(cell.trial.id in self._found for cell in cells) else None

    def rate(self, found: Estimate, cells: Sequence[Cell], wrong: Wrong, tags: Sequence[str]) -> Estimate:
        """Return a rate corrected by what was read, or bounded and said to be uncorrected."""
        asked = [cell for cell in cells if wrong(cell) is not None and cell.trial.language in tags]
        answered = [cell for cell in asked if cell.outcome is not None and cell.outcome.ending not in UNANSWERED]
        languages = self._languages(answered, wrong, tags)
        absent = 1 - len(answered) / len(asked) if asked else 0.0
        rate = corrected_rate(languages)
        if rate is None:
            ends = [bound(read) for read in languages] or [(0.0, 1.0)]
            low, high = (float(np.mean(side)) * (1 - absent) for side in zip(*ends, strict=True))
            return replace(found, correction="uncorrected", worst_low=low, worst_high=min(1.0, high + absent))
        share = 1 - (1 - float(np.mean([undecided_share(read) for read in languages]))) * (1 - absent)
        return replace(
            found,
            correction="corrected",
            rate=rate.rate,
            low=rate.low,
            high=rate.high,
            count=rate.count,
            n=rate.n,
            design_effect=None,
            worst_low=rate.low * (1 - share),
            worst_high=min(1.0, rate.high * (1 - share) + share),
        )

    def gap(self, found: Estimate, cells: Sequence[Cell], wrong: Wrong, base: str) -> Estimate:
        """Return a gap between languages corrected by what was read in both, or said to be uncorrected."""
        shared = {cell.trial.case for cell in cells if cell.trial.language == base and cell.trial.parallel}
        shared &= {cell.trial.case for cell in cells if cell.trial.language == found.language and cell.trial.parallel}
        paired = [cell for cell in cells if cell.trial.case in shared]
        languages = self._languages(paired, wrong, (found.language, base))
        contrast = corrected_gap(*languages) if len(languages) == len((found.language, base)) else None
        if contrast is None:
            return replace(found, correction="uncorrected")
        return replace(found, correction="corrected", rate=contrast.value, low=contrast.low, high=contrast.high)

    def _languages(self, cells: Sequence[Cell], wrong: Wrong, tags: Sequence[str]) -> list[Read]:
        """Return the languages that have cells of which it is asked whether they are wrong."""
        asked = [cell for cell in cells if wrong(cell) is not None]
        columns = {family: at for at, family in enumerate(sorted({cell.trial.family for cell in asked}))}
        by_tag = {tag: [cell for cell in asked if cell.trial.language == tag] for tag in tags}
        return [self._read(part, columns, wrong) for part in by_tag.values() if part]

    def _read(self, cells: Sequence[Cell], columns: Mapping[str, int], wrong: Wrong) -> Read:
        read = [self._found.get(cell.trial.id) for cell in cells]
        return Read(
            verdict=np.array([_code(cell.side) for cell in cells]),
            truth=np.array([-1 if each is None else _code(side(each.ending, self._sides)) for each in read]),
            probability=np.array([1.0 if each is None else each.probability for each in read]),
            family=np.array([columns[cell.trial.family] for cell in cells]),
            families=len(columns),
            wrong=next(code for found, code in _CODES.items() if wrong(replace(cells[0], side=found))),
        )


def _code(found: Side) -> int:
    return _CODES.get(found, _UNDECIDED)
