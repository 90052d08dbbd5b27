"""Families as small multiples: which label went wrong in which language, the worst family first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from refusals.cases import Label
from refusals.outcomes import Side, right, side
from refusals.policies import Expectation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from refusals.outcomes import Outcome
    from refusals.plan import Trial
    from refusals.reports import Results

SHOWN = 24  # families that the page draws itself; the others are drawn when they are asked for
OVER, UNDER, UNDECIDED, RIGHT, UNSCORED, ABSENT = "o", "u", "q", "r", "n", " "
_ORDER = (OVER, UNDER, UNDECIDED, RIGHT, UNSCORED)  # where a label has several cells, the first of these is shown
LABELS = tuple(Label)
LEFT, TOP, ACROSS, DOWN = 32, 40, 9, 11  # of the drawing, whose squares stand so far apart
SHAPES = {
    OVER: "m0-3.8l4 7h-8z",
    UNDER: "m0 3.8l4-7h-8z",
    UNDECIDED: "m0-3.2l3.2 3.2-3.2 3.2-3.2-3.2z",
    RIGHT: "h0",
    UNSCORED: "m-2 0h4",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A family of a system: `marks` has one letter a language for each label, `wrong` and `undecided` count cells."""

    name: str
    marks: tuple[str, ...]
    wrong: int
    undecided: int
    decided: int

    @property
    def paths(self) -> tuple[tuple[str, str], ...]:
        """All marks of a sort as one path, with the letter of the sort."""
        drawn: dict[str, list[str]] = {}
        for down, row in enumerate(self.marks):
            for across, mark in enumerate(row):
                if mark != ABSENT:
                    drawn.setdefault(mark, []).append(f"M{LEFT + across * ACROSS} {TOP + down * DOWN}{SHAPES[mark]}")
        return tuple((mark, "".join(drawn[mark])) for mark in (*_ORDER[::-1],) if mark in drawn)

    def where(self, label: int, mark: str, languages: tuple[str, ...]) -> tuple[str, ...]:
        """Return the languages in which a label has a mark."""
        return tuple(tag for tag, found in zip(languages, self.marks[label], strict=True) if found == mark)


def families_of(results: Results, system: str) -> tuple[Family, ...]:
    """Return the families of a system that are not right throughout, the worst first; native ones are left out.

    A family is worse the more of its decided cells are wrong, then the more are undecided.
    """
    cells: dict[str, dict[tuple[Label, str], set[str]]] = {}
    counts: dict[str, Counter[str]] = {}
    for trial, mark in _marked(results.plan.trials, results.outcomes, results, system):
        cells.setdefault(trial.family, {}).setdefault((trial.label, trial.language), set()).add(mark)
        counts.setdefault(trial.family, Counter())[mark] += 1
    found = [
        _family(name, cells[name], counts[name], results.plan.languages)
        for name in cells
        if counts[name][OVER] + counts[name][UNDER] + counts[name][UNDECIDED]
    ]
    return tuple(sorted(found, key=lambda each: (-each.wrong / max(1, each.decided), -each.undecided, each.name)))


def width_of(languages: Sequence[str]) -> int:
    """Return the width of a family's drawing."""
    return LEFT + len(languages) * ACROSS


def asked_families(results: Results, system: str) -> int:
    """Return how many families a system was asked."""
    return len({trial.family for trial in results.plan.trials if trial.system == system and not trial.native})


def _marked(
    trials: tuple[Trial, ...], outcomes: Mapping[str, Outcome], results: Results, system: str
) -> Iterator[tuple[Trial, str]]:
    for trial in trials:
        if trial.system != system or trial.native:
            continue
        outcome = outcomes.get(trial.id)
        found = Side.UNDECIDED if outcome is None else side(outcome.ending, results.sides)
        if found is Side.LEFT_OUT:
            yield trial, UNSCORED
        elif found is Side.UNDECIDED:
            yield trial, UNDECIDED
        elif trial.expectation is Expectation.EITHER:
            yield trial, UNSCORED
        elif right(trial.expectation, found):
            yield trial, RIGHT
        else:
            yield trial, OVER if trial.expectation is Expectation.COMPLY else UNDER


def _family(
    name: str, cells: Mapping[tuple[Label, str], set[str]], counts: Counter[str], languages: tuple[str, ...]
) -> Family:
    wrong = counts[OVER] + counts[UNDER]
    return Family(
        name=name,
        marks=tuple(
            "".join(
                next((mark for mark in _ORDER if mark in cells.get((label, language), ())), ABSENT)
                for language in languages
            )
            for label in LABELS
        ),
        wrong=wrong,
        undecided=counts[UNDECIDED],
        decided=wrong + counts[RIGHT],
    )
