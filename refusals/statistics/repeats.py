"""Whether a cell is worth asking more than once: how alike its answers are, and how many that makes worth while."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from refusals.outcomes import Outcome, right, side

if TYPE_CHECKING:
    from refusals.plan import Plan, Trial
    from refusals.policies import Expectation
    from refusals.study import Sides

MOST = 10
TWICE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    """How often a system was asked each cell, and what its answers say of that.

    `correlation` is that of two answers to a cell being wrong, from the `cells` with two decided answers or more; None
    where none differs from others of its language and expectation. `best` is the number of repeats that it makes worth
    while. With `pilot` both are of a run before this one, by which `repeats` was chosen.
    """

    system: str
    repeats: int
    cells: int
    correlation: float | None
    best: int
    pilot: bool = False


def repeats_of(plan: Plan, outcomes: Mapping[str, Outcome], sides: Sides) -> tuple[Repeats, ...]:
    """Return what is known of every system that was asked cells more than once.

    Cells are compared with those of their language and expectation, since a rate is of these.
    """
    found = []
    for system in sorted({trial.system for trial in plan.trials if trial.repeat >= TWICE}):
        trials = [trial for trial in plan.trials if trial.system == system]
        strata = [
            [cell for cell in stratum.values() if len(cell) >= TWICE]
            for stratum in _answers(trials, outcomes, sides).values()
        ]
        rho = within_cell_correlation(strata)
        found.append(
            Repeats(
                system=system,
                repeats=max(trial.repeat for trial in trials),
                cells=sum(map(len, strata)),
                correlation=rho,
                best=allotment(rho),
            )
        )
    return tuple(found)


def _answers(
    trials: Iterable[Trial], outcomes: Mapping[str, Outcome], sides: Sides
) -> dict[tuple[str, Expectation], dict[str, list[float]]]:
    """Return whether each decided answer was wrong, by language and expectation, then by case."""
    found: dict[tuple[str, Expectation], dict[str, list[float]]] = {}
    for trial in trials:
        outcome = outcomes.get(trial.id)
        was_right = None if outcome is None else right(trial.expectation, side(outcome.ending, sides))
        if was_right is not None:
            stratum = found.setdefault((trial.language, trial.expectation), {})
            stratum.setdefault(trial.case, []).append(float(not was_right))
    return found


def within_cell_correlation(strata: Iterable[Iterable[Sequence[float]]]) -> float | None:
    """Return the intraclass correlation of answers within cells, by one-way analysis of variance within strata.

    It is (B - W) / (B + (m - 1) W), with B and W the mean squares between the cells of a stratum and within cells, and
    m the size of a cell; where sizes differ (N - Σ nᵢ² / N) / (a - 1), with N answers in a cells, all summed over
    strata (Donner & Koval 1980, Biometrics 36:19-25; for binary answers Ridout, Demétrio & Firth 1999, ibid.
    55:137-148), from -1 to 1. None with fewer than two cells in every stratum, with no cell that has two answers, or
    where answers do not differ within any stratum.
    """
    between = within = size = 0.0
    cells_beyond = answers_beyond = 0
    for stratum in strata:
        cells = [list(cell) for cell in stratum if cell]
        if len(cells) < TWICE:
            continue
        total = sum(map(len, cells))
        mean = sum(map(sum, cells)) / total
        own = [sum(cell) / len(cell) for cell in cells]
        between += sum(len(cell) * (each - mean) ** 2 for cell, each in zip(cells, own, strict=True))
        within += sum((x - each) ** 2 for cell, each in zip(cells, own, strict=True) for x in cell)
        size += total - sum(len(cell) ** 2 for cell in cells) / total
        cells_beyond += len(cells) - 1
        answers_beyond += total - len(cells)
    if not cells_beyond or not answers_beyond:
        return None
    between, within, size = between / cells_beyond, within / answers_beyond, size / cells_beyond
    spread = between + (size - 1) * within
    return max(-1.0, min(1.0, (between - within) / spread)) if spread > 0 else None


def allotment(correlation: float | None, cost_ratio: float = 1.0) -> int:
    """Return how many answers a cell is worth: m = √((1 - r) / r · c₁ / c₂), rounded, from 1 to 10.

    It is the size of subsample that makes the variance of a mean least at a given cost, where a cell costs c₁ beside c₂
    for each answer (Cochran 1977, Sampling Techniques, section 10.6). By default a cell costs as much as an answer.
    `correlation` is r. Answers that do not correlate at all (0 or less) are as good as other cells: 10. Where none
    differs from any other (None) a second answer has told nothing: 1.

    Raises:
        ValueError: if the correlation is above 1 or the ratio of costs not above 0.
    """
    if correlation is None:
        return 1
    if correlation > 1 or not cost_ratio > 0:
        raise ValueError(
            f"a correlation of {correlation} and costs of {cost_ratio}: at most 1, and above 0, are allowed"
        )
    if correlation <= 0:
        return MOST
    return max(1, min(MOST, round(sqrt((1 - correlation) / correlation * cost_ratio))))
