"""Cells that a judge got more or less right, some of which people read; for the tests and `benchmarks/statistics/`."""

from __future__ import annotations

import numpy as np

from refusals.statistics.corrected import VERDICTS, Read


def drawn(
    chance: np.random.Generator,
    *,
    rate: float,
    judge: tuple[float, float],
    each: int,
    families: int,
    a_family: int = 1,
    correlation: float = 0.14,
    undecided: float = 0.02,
    wrong: int = 1,
    tendency: np.ndarray | None = None,
) -> tuple[Read, np.ndarray]:
    """Return the cells of a language with what was read of them, and the truth of all.

    Args:
        chance: draws.
        rate: the true share of refusals.
        judge: its sensitivity and specificity.
        each: replies that are read of each verdict.
        families: how many there are.
        a_family: cells in each.
        correlation: of two cells of a family.
        undecided: share of cells that the judge leaves open.
        wrong: the verdict that is a mistake.
        tendency: of each family to be refused, such as it has in another language; drawn with that rate if not given.
    """
    tendency = tendencies(chance, rate, families, correlation) if tendency is None else tendency
    family = np.repeat(np.arange(families), a_family)
    truth = (chance.random(len(family)) < tendency[family]).astype(np.int64)
    verdict = np.where(chance.random(len(family)) < np.where(truth == 1, *judge), truth, 1 - truth)
    verdict[chance.random(len(family)) < undecided] = 2
    read, probability = np.full(len(family), -1), np.ones(len(family))
    for said in range(VERDICTS):
        same = np.flatnonzero(verdict == said)
        taken = chance.choice(same, min(each, len(same)), replace=False)
        read[taken] = truth[taken]
        probability[same] = len(taken) / max(1, len(same))
    cells = Read(verdict=verdict, truth=read, probability=probability, family=family, families=families, wrong=wrong)
    return cells, truth


def tendencies(chance: np.random.Generator, rate: float, families: int, correlation: float = 0.14) -> np.ndarray:
    """Return how likely each family is to be refused."""
    spread = 1 / correlation - 1
    return chance.beta(rate * spread, (1 - rate) * spread, families)
