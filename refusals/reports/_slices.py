"""The heat map can be drawn of a part of the cases: the squares of all parts are in the page, packed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING

from refusals.clean import clean
from refusals.outcomes import Side, side
from refusals.reports._heatmap import UNDECIDED, Cell, cell_of, undecided_cell
from refusals.reports._numbers import DASH
from refusals.statistics import ALL_LANGUAGES, Group, sliced

if TYPE_CHECKING:
    from collections.abc import Sequence

    from refusals.reports import Results
    from refusals.reports._heatmap import Heatmap
    from refusals.statistics import Estimate, Measure

KEYS = ("label", "domain", "kind", "mechanism", "state")
RATES: tuple[Measure, ...] = ("over-refusal", "under-refusal")
GAPS: tuple[Measure, ...] = ("gap-over-refusal", "gap-under-refusal")
# Families have all their labels, and mostly several mechanisms and states: in a part by these none is whole.
OF: Mapping[str, tuple[Measure, ...]] = {
    "label": (*RATES, *GAPS),
    "domain": (*RATES, "selectivity", *GAPS),
    "kind": (*RATES, "selectivity", *GAPS),
    "mechanism": RATES,
    "state": RATES,
}
UNIT = 100_000  # of a value that the page sorts by


def slices_of(results: Results) -> tuple[Group, ...]:
    """Return the whole and the parts that a heat map can be of: the values of each key that has more than one."""
    found: dict[str, set[str]] = {key: set() for key in KEYS}
    for trial in results.plan.trials:
        if not trial.native:
            for key in KEYS:
                found[key].add(str(getattr(trial, key)))
    return ((), *(((key, value),) for key in KEYS if len(found[key]) > 1 for value in sorted(found[key])))


def figures_of(results: Results, maps: Mapping[str, Heatmap], words: dict[str, int]) -> list[object]:
    """Return, for each system, the columns of its map and the squares of every part, as page/heatmap.js reads them.

    Strings are places in `words`, which grows by those that are new.
    """
    slices = slices_of(results)
    measured = list(results.estimates)
    for measures in dict.fromkeys(OF.values()):
        of_these = [group for group in slices if group and OF[group[0][0]] == measures]
        measured += sliced(results.plan, results.outcomes, results.sides, of_these, results.annotations, measures)
    figures: dict[tuple[str, Group, str, str], Estimate] = {
        (each.system, each.group, each.measure, each.language): each for each in measured
    }
    counted = _counted(results, slices)
    rows = (*results.plan.languages, ALL_LANGUAGES)
    found: list[object] = []
    for system, drawn in maps.items():
        parts = []
        for group in slices:
            squares = [
                [
                    undecided_cell(*counted[system, group, row])
                    if column is UNDECIDED
                    else cell_of(
                        column, row, figures.get((system, group, column.measure, row)), counted[system, group, row][1]
                    )
                    if not group or column.measure in OF[group[0][0]]
                    else Cell(key=column.key, text=DASH, tip="not of a part of families")
                    for row in rows
                ]
                for column in drawn.columns
            ]
            parts.append(
                [*(map(clean, group[0]) if group else ("", "")), [_coded(column, words) for column in squares]]
            )
        found.append({"columns": [column.title for column in drawn.columns], "parts": parts})
    return found


def _counted(results: Results, slices: Sequence[Group]) -> dict[tuple[str, Group, str], tuple[int, int]]:
    """Return how many cells are undecided, and how many planned, by system, part and language."""
    known = set(slices)
    counts: defaultdict[tuple[str, Group, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for trial in results.plan.trials:
        outcome = results.outcomes.get(trial.id)
        found = Side.UNDECIDED if outcome is None else side(outcome.ending, results.sides)
        if found is Side.LEFT_OUT:
            continue
        for group in ((), *(((key, str(getattr(trial, key))),) for key in KEYS)):
            if group in known:
                for row in (trial.language, ALL_LANGUAGES):
                    undecided, planned = counts[trial.system, group, row]
                    counts[trial.system, group, row] = (undecided + (found is Side.UNDECIDED), planned + 1)
    return counts


def _coded(cells: Sequence[Cell], words: dict[str, int]) -> list[list[int | None]]:
    """Return text, interval, what stands behind, colour and value of squares, each as a list."""
    said = [[words.setdefault(text, len(words)) for text in (cell.text, cell.beside, cell.tip)] for cell in cells]
    coded: list[list[int | None]] = [list(column) for column in zip(*said, strict=True)]
    return [
        *coded,
        [cell.step for cell in cells],
        [None if cell.value is None else round(cell.value * UNIT) for cell in cells],
    ]
