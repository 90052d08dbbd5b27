"""Whether a language moves what a system can tell apart, or only how readily it refuses: signal detection.

What is to be refused is the signal and a refusal says that it is there. With the rates of refusals among what is to be
refused (hits, H) and among what is to be answered (false alarms, F), sensitivity is d' = z(H) - z(F), larger where both
are told apart better, and the criterion c = -(z(H) + z(F)) / 2, below 0 where the system refuses readily (Green & Swets
1966; Macmillan & Creelman 2005, Detection Theory, chapters 1 and 2). Rates are (count + 1/2) / (n + 1), the log-linear
correction (Hautus 1995, Behavior Research Methods 27:46-51), so that no error is no infinity; with few errors d' is
then drawn towards 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import exp, hypot, pi, sqrt
from typing import TYPE_CHECKING

import numpy as np

from refusals.languages import SOURCE_LANGUAGE
from refusals.outcomes import Side
from refusals.statistics.clustered import FEW_FAMILIES, counted, covariance, families_showing, influence
from refusals.statistics.intervals import clopper_pearson, student_t
from refusals.statistics.tally import cells_of, over_refused, tally, under_refused

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from refusals.outcomes import Outcome
    from refusals.plan import Plan
    from refusals.statistics.tally import Cell
    from refusals.study import Sides

ALIKE = 0.5
"""A difference in d' or c whose interval is within this is called none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A value with its 95 % interval."""

    value: float
    low: float
    high: float

    @property
    def differs(self) -> bool:
        """Whether the interval leaves 0 out."""
        return self.low > 0 or self.high < 0

    @property
    def alike(self) -> bool:
        """Whether the interval leaves out all that would be a difference."""
        return not self.differs and self.low >= -ALIKE and self.high <= ALIKE


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """What a system can tell apart in a language, and how readily it refuses there.

    `n` counts decided cells and `undecided` the others, which are left out. `few` says that fewer than 20 families show
    an error of either kind, so that intervals are the widest that families allow. The gaps are to the source language,
    on cases decided in both; None for that language itself and where there are none.
    """

    system: str
    language: str
    sensitivity: Figure
    criterion: Figure
    n: int
    families: int
    undecided: int
    few: bool
    sensitivity_gap: Figure | None = None
    criterion_gap: Figure | None = None

    def sentence(self, name: str, source: str) -> str:
        """Say in what the language differs from the source language; empty where that is not known."""
        if self.sensitivity_gap is None or self.criterion_gap is None:
            return ""
        named = {"criterion": self.criterion_gap, "sensitivity": self.sensitivity_gap}
        differ = [word for word, gap in named.items() if gap.differs]
        alike = [word for word, gap in named.items() if gap.alike]
        if not differ:
            return f"{name} does not differ from {source}" if len(alike) == len(named) else f"{name}: nothing is shown"
        said = f"{name} differs from {source} in {' and '.join(differ)}"
        if alike:
            said += f", not {alike[0]}"
        elif len(differ) < len(named):
            said += f"; in {next(word for word in named if word not in differ)} nothing is shown"
        return said


@dataclass(frozen=True, slots=True)
class Part:
    """The refusals of one kind of cell, [families], how far each family moves their z, and the normal density there."""

    refused: NDArray[np.float64]
    moved: NDArray[np.float64]
    density: float


@dataclass(frozen=True, slots=True)
class Told:
    """d' and c of one table of counts, how far each family moves them, and their standard errors.

    `parts` are what they are made of: hits and false alarms.
    """

    values: tuple[float, float]
    moved: tuple[NDArray[np.float64], NDArray[np.float64]]
    errors: tuple[float, float]
    few: bool
    parts: tuple[Part, Part]


def told_apart(hits: ArrayLike, signals: ArrayLike, alarms: ArrayLike, noise: ArrayLike) -> Told | None:
    """Sensitivity and criterion, with standard errors by the delta method; None without a decided cell of either kind.

    Counts are [families], the same families in all four: `hits` are refusals of `signals`, `alarms` of `noise`. A
    family moves z(p) by its influence on p over the normal density at z. Where fewer than 20 families show the rarer
    outcome of a rate, its variance is at least that of as many independent cells as there are families (Gourevitch &
    Galanter 1967, Psychometrika 32:25-33), and standard errors are added as if the two rates moved as one.

    Raises:
        ValueError: as `clustered_rate`.
    """
    from scipy.special import ndtri

    z, parts, floors = [], [], []
    for count, of in ((hits, signals), (alarms, noise)):
        wrong, cells = counted(np.atleast_2d(count), np.atleast_2d(of))
        n = float(cells.sum())
        if not n:
            return None
        rate = (float(wrong.sum()) + 0.5) / (n + 1)
        z.append(float(ndtri(rate)))
        density = exp(-(z[-1] ** 2) / 2) / sqrt(2 * pi)
        parts.append(Part(wrong[0], influence(wrong, cells) * n / (n + 1) / density, density))
        families = float(cells.any(axis=0).sum())
        few = families_showing(wrong, cells) < FEW_FAMILIES
        floors.append(sqrt(rate * (1 - rate) / families) / density if few else 0.0)
    hit, alarm = parts
    moved = (hit.moved - alarm.moved, -(hit.moved + alarm.moved) / 2)
    errors = (_error(moved[0]), _error(moved[1]))
    few = any(floors)
    if few:
        worst = sum(max(_error(part.moved), floor) for part, floor in zip(parts, floors, strict=True))
        errors = (worst, worst / 2)
    return Told((z[0] - z[1], -(z[0] + z[1]) / 2), moved, errors, few, (hit, alarm))


def gaps(here: Told, there: Told, df: int) -> tuple[Figure, Figure]:
    """The differences in d' and in c of two languages, on the same cells of the same families, df of them less one.

    A family moves both, so that what it moves in one is taken from what it moves in the other. Where few families err
    in either, a standard error is at least that of two languages which share no family. Where enough err, but few
    answer unlike in both, their spread says nothing of how many do: the difference of a rate has at least the variance
    of the upper bound of their share then (Clopper & Pearson 1934). So two languages that answered alike are never sure
    to be alike.
    """
    errors = [_error(own - other) for own, other in zip(here.moved, there.moved, strict=True)]
    floors = [_unlike(own, other, df + 1) for own, other in zip(here.parts, there.parts, strict=True)]
    least = [0.0, 0.0]
    if here.few or there.few:
        least = [hypot(*apart) for apart in zip(here.errors, there.errors, strict=True)]
    elif any(floors):
        pairs = zip(here.parts, there.parts, floors, strict=True)
        unlike = hypot(*(max(_error(own.moved - other.moved), floor) for own, other, floor in pairs))
        least = [unlike, unlike / 2]
    errors = [max(pair) for pair in zip(errors, least, strict=True)]
    sensitivity, criterion = (
        _figure(own - other, error, df) for own, other, error in zip(here.values, there.values, errors, strict=True)
    )
    return sensitivity, criterion


def _unlike(own: Part, other: Part, families: int) -> float:
    """The least standard error of a difference in z where few families answer unlike; 0 where enough do."""
    unlike = int(np.count_nonzero(own.refused != other.refused))
    if unlike >= FEW_FAMILIES:
        return 0.0
    return sqrt(clopper_pearson(unlike, families)[1] / families) / min(own.density, other.density)


def detections(plan: Plan, outcomes: Mapping[str, Outcome], sides: Sides) -> tuple[Detection, ...]:
    """Return d' and c of every system in each language with decided cells of both kinds, native families left out."""
    found: list[Detection] = []
    for system in sorted({trial.system for trial in plan.trials}):
        cells = cells_of((t for t in plan.trials if t.system == system and not t.native), outcomes, sides)
        by_language: dict[str, list[Cell]] = {tag: [] for tag in plan.languages}
        for cell in cells:
            by_language[cell.trial.language].append(cell)
        for language, own in by_language.items():
            found += _detected(system, language, own, by_language.get(SOURCE_LANGUAGE, []))
    return tuple(found)


def _detected(system: str, language: str, own: list[Cell], source: list[Cell]) -> Iterator[Detection]:
    families = sorted({cell.trial.family for cell in (*own, *source)})
    told = _told(own, families)
    if told is None:
        return
    asked = [cell for cell in own if over_refused(cell) is not None or under_refused(cell) is not None]
    decided = [cell for cell in asked if cell.side is not Side.UNDECIDED]
    df = len({cell.trial.family for cell in decided}) - 1
    gaps = None if language == SOURCE_LANGUAGE else _gaps(own, source, families)
    yield Detection(
        system=system,
        language=language,
        sensitivity=_figure(told.values[0], told.errors[0], df),
        criterion=_figure(told.values[1], told.errors[1], df),
        n=len(decided),
        families=df + 1,
        undecided=len(asked) - len(decided),
        few=told.few,
        sensitivity_gap=gaps[0] if gaps else None,
        criterion_gap=gaps[1] if gaps else None,
    )


def _gaps(own: list[Cell], source: list[Cell], families: list[str]) -> tuple[Figure, Figure] | None:
    """Return the differences of d' and c on cases decided in both languages, clustered by family."""
    twins = {_key(cell): cell for cell in source if _comparable(cell)}
    both = [cell for cell in own if _comparable(cell) and _key(cell) in twins]
    here, there = _told(both, families), _told([twins[_key(cell)] for cell in both], families)
    if here is None or there is None:
        return None
    return gaps(here, there, len({cell.trial.family for cell in both}) - 1)


def _key(cell: Cell) -> tuple[str, int]:
    return cell.trial.case, cell.trial.repeat


def _comparable(cell: Cell) -> bool:
    return cell.trial.parallel and cell.side is not Side.UNDECIDED


def _told(cells: list[Cell], families: list[str]) -> Told | None:
    if not cells:
        return None
    columns = {family: column for column, family in enumerate(families)}
    languages = [cells[0].trial.language]
    under, over = tally(cells, under_refused, languages, columns), tally(cells, over_refused, languages, columns)
    return told_apart(under.right[0], under.decided[0], over.wrong[0], over.decided[0])


def _error(moved: NDArray[np.float64]) -> float:
    present = np.count_nonzero(moved)
    return sqrt(max(0.0, covariance(moved, moved))) if moved.size > 1 and present else 0.0


def _figure(value: float, error: float, df: int) -> Figure:
    reach = student_t(df) * error if df > 0 else float("inf")
    return Figure(value=value, low=value - reach, high=value + reach)
