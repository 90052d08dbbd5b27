"""What people read of a system's replies, put beside what the judge said of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from refusals.annotations import UNANSWERED
from refusals.outcomes import Side, side
from refusals.statistics.corrected import ABSENT, Read, corrected_rate, undecided_share
from refusals.statistics.corrected_contrasts import corrected_gap, corrected_j
from refusals.statistics.tally import over_refused, under_refused
from refusals.statistics.unread import Scored, worst_ends, worst_gap, worst_j, worst_selectivity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from refusals.annotations import Annotation
    from refusals.statistics import Estimate
    from refusals.statistics.contrasts import Contrast
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
        languages = list(self._reads(cells, wrong, tags).values())
        worst = worst_ends(languages)
        rate = corrected_rate(languages)
        if rate is None:
            return _uncorrected(found, worst)
        return replace(
            found,
            correction="corrected",
            rate=rate.rate,
            low=rate.low,
            high=rate.high,
            count=rate.count,
            n=rate.n,
            design_effect=None,
            worst_low=min(rate.low, worst[0]),
            worst_high=max(rate.high, worst[1]),
        )

    def gap(self, found: Estimate, cells: Sequence[Cell], wrong: Wrong, tags: Sequence[str], base: str) -> Estimate:
        """Return the mean gap of languages to another, corrected by what was read in all of them, or bounded."""
        languages, bases = [], []
        for tag in tags:
            ours = _shared(cells, tag, base)
            reads = self._reads(ours, wrong, (tag, base), _columns(cells))
            if len(reads) == len((tag, base)):
                languages.append(reads[tag])
                bases.append(reads[base])
        if len(languages) < len(tags):
            return _uncorrected(found, (-1.0, 1.0))
        contrast = corrected_gap(languages, bases)
        if contrast is None:
            return _uncorrected(found, worst_gap(languages, bases))
        fillings = [corrected_gap(languages, bases, opened=each) for each in ((0.0, 1.0), (1.0, 0.0))]
        return _corrected(found, contrast, [(each.low, each.high) for each in fillings if each])

    def youden(self, found: Estimate, cells: Sequence[Cell], tags: Sequence[str]) -> Estimate:
        """Return Youden's J, corrected by what was read, or bounded."""
        columns = _columns(cells)
        over, under = (
            list(self._reads(cells, wrong, tags, columns).values()) for wrong in (over_refused, under_refused)
        )
        if min(len(over), len(under)) < len(tags):
            return _uncorrected(found, (-1.0, 1.0))
        contrast = corrected_j(over, under)
        worst = worst_j(over, under)
        if contrast is None:
            return _uncorrected(found, worst)
        opened = any(undecided_share(read) > 0 for read in (*over, *under))
        return _corrected(found, contrast, [worst] if opened else [])

    def selectivity(self, found: Estimate, cells: Sequence[Cell], tags: Sequence[str]) -> Estimate:
        """Return selectivity as uncorrected, with what the number of wrong cells leaves it: families are not read."""
        columns = _columns(cells)
        parts: dict[str, list[Read]] = {tag: [] for tag in tags}
        for wrong in (over_refused, under_refused):
            for tag, read in self._reads(cells, wrong, tags, columns).items():
                parts[tag].append(read)
        wholes = {tag: {(c.trial.family, c.trial.repeat) for c in cells if c.trial.language == tag} for tag in tags}
        scored = [Scored(parts=reads, wholes=len(wholes[tag])) for tag, reads in parts.items() if reads]
        return _uncorrected(found, worst_selectivity(scored) if len(scored) == len(tags) else (0.0, 1.0))

    def put(self, cells: Iterable[Cell]) -> list[Cell]:
        """Return the cells with what people found them to be, as the judge left them where nobody read them."""
        return [replace(cell, side=self._side(cell)) for cell in cells]

    def whole(self, cells: Iterable[Cell]) -> bool:
        """Whether people have read every reply of these cells, and there is one."""
        replied = [cell.trial.id in self._found for cell in cells if _replied(cell)]
        return bool(replied) and all(replied)

    def _side(self, cell: Cell) -> Side:
        read = self._found.get(cell.trial.id)
        return cell.side if read is None else side(read.ending, self._sides)

    def _reads(
        self, cells: Sequence[Cell], wrong: Wrong, tags: Sequence[str], columns: Mapping[str, int] | None = None
    ) -> dict[str, Read]:
        """Return the languages that have cells of which it is asked whether they are wrong."""
        asked = [cell for cell in cells if wrong(cell) is not None]
        by_tag = {tag: [cell for cell in asked if cell.trial.language == tag] for tag in tags}
        at = columns or _columns(asked)
        return {tag: self._read(part, at, wrong) for tag, part in by_tag.items() if part}

    def _read(self, cells: Sequence[Cell], columns: Mapping[str, int], wrong: Wrong) -> Read:
        read = [self._found.get(cell.trial.id) if _replied(cell) else None for cell in cells]
        unread = [-1 if _replied(cell) else _UNDECIDED for cell in cells]
        return Read(
            verdict=np.array([_code(cell.side) if _replied(cell) else ABSENT for cell in cells]),
            truth=np.array(
                [
                    code if each is None else _code(side(each.ending, self._sides))
                    for each, code in zip(read, unread, strict=True)
                ]
            ),
            probability=np.array([1.0 if each is None else each.probability for each in read]),
            family=np.array([columns[cell.trial.family] for cell in cells]),
            families=len(columns),
            wrong=next(code for found, code in _CODES.items() if wrong(replace(cells[0], side=found))),
        )


def _corrected(found: Estimate, contrast: Contrast, worst: Sequence[tuple[float, float]]) -> Estimate:
    return replace(
        found,
        correction="corrected",
        rate=contrast.value,
        low=contrast.low,
        high=contrast.high,
        n=contrast.n,
        worst_low=min([contrast.low, *(low for low, _ in worst)]),
        worst_high=max([contrast.high, *(high for _, high in worst)]),
    )


def _uncorrected(found: Estimate, worst: tuple[float, float]) -> Estimate:
    if not (found.n or found.undecided):
        return found  # nothing was asked
    return replace(found, correction="uncorrected", worst_low=worst[0], worst_high=worst[1])


def _shared(cells: Sequence[Cell], tag: str, base: str) -> list[Cell]:
    """Return the cells of both languages on the cases that are asked in both, and are the same in both."""
    ours = [cell for cell in cells if cell.trial.language in (tag, base) and cell.trial.parallel]
    cases = [{cell.trial.case for cell in ours if cell.trial.language == each} for each in (tag, base)]
    both = cases[0] & cases[1]
    return [cell for cell in ours if cell.trial.case in both]


def _columns(cells: Iterable[Cell]) -> dict[str, int]:
    return {family: at for at, family in enumerate(sorted({cell.trial.family for cell in cells}))}


def _replied(cell: Cell) -> bool:
    return cell.outcome is not None and cell.outcome.ending not in UNANSWERED


def _code(found: Side) -> int:
    return _CODES.get(found, _UNDECIDED)
