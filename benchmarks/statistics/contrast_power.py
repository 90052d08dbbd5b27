"""How often gates on Youden's J and on AUROC pass, promised and simulated; `power.py` records these tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from math import sqrt

import numpy as np
from scipy.special import ndtri

from benchmarks.statistics.recorded import table
from refusals.statistics.auroc import Scores, auroc_mean
from refusals.statistics.auroc_power import Scored
from refusals.statistics.contrasts import Contrast, youden_j
from refusals.statistics.power import Design
from refusals.statistics.youden_power import Sides

J_LIMIT, AREA_LIMIT = 0.85, 0.95
DESIGNS = (  # families, languages, correlation
    (168, 1, 0.2),
    (336, 1, 0.2),
    (168, 28, 0.05),
    (168, 28, 0.2),
    (168, 28, 0.4),
    (42, 28, 0.2),
)
UNEVEN = 0.8  # of the errors, so many are over-refusals where both kinds are not alike common
TOGETHER = 0.5

Drawn = Callable[[np.random.Generator, float], Contrast | None]


def of_youden(runs: int) -> Iterator[str]:
    """Yield the table of gates on Youden's J."""
    yield (
        f"\nA gate of {J_LIMIT} on Youden's J; a family has two cases to be answered and one to be refused in a "
        f"language. *Uneven*: {UNEVEN:.0%} of the errors are over-refusals, which is not supposed.\n"
    )
    columns = ("families", "languages", "correlation", "true J", "promised", "simulated", "simulated, uneven")
    yield from table(columns, _youdens(runs))


def _youdens(runs: int) -> Iterator[tuple[str, ...]]:
    for families, languages, correlation in DESIGNS:
        over = Design(families=families, cells=2 * languages, correlation=correlation)
        sides = Sides(over=over, under=Design(families=families, cells=languages, correlation=correlation))
        for j in _truths(sides.passing(J_LIMIT), J_LIMIT):
            shown = [_share(partial(_youden, sides, part), j, J_LIMIT, runs) for part in (0.5, UNEVEN)]
            yield _row((families, languages, correlation), j, sides.power(J_LIMIT, j), shown)


def _youden(sides: Sides, part: float, chance: np.random.Generator, j: float) -> Contrast | None:
    counts = []
    for design, rate in ((sides.over, part * (1 - j)), (sides.under, (1 - part) * (1 - j))):
        rest = 1 / design.correlation - 1
        own = chance.beta(rate * rest, (1 - rate) * rest, design.families)
        counts += [chance.binomial(design.cells, own), np.full(design.families, design.cells)]
    return youden_j(*counts)


def of_areas(runs: int) -> Iterator[str]:
    """Yield the table of gates on AUROC."""
    yield (
        f"\nA gate of {AREA_LIMIT} on AUROC; a family has a harmful and a benign case in a language. *Together*: its "
        f"effects on both correlate at {TOGETHER}, which is not supposed.\n"
    )
    columns = ("families", "languages", "correlation", "true AUROC", "promised", "simulated", "simulated, together")
    yield from table(columns, _areas(runs))


def _areas(runs: int) -> Iterator[tuple[str, ...]]:
    for families, languages, correlation in DESIGNS:
        design = Design(families=families, cells=languages, correlation=correlation)
        scored = Scored(harmful=design, benign=design, languages=languages)
        for area in _truths(scored.passing(AREA_LIMIT), AREA_LIMIT):
            shown = [_share(partial(_area, scored, twin), area, AREA_LIMIT, runs) for twin in (0.0, TOGETHER)]
            yield _row((families, languages, correlation), area, scored.power(AREA_LIMIT, area), shown)


def _area(scored: Scored, twin: float, chance: np.random.Generator, area: float) -> Contrast | None:
    families, correlation = scored.harmful.families, scored.harmful.correlation
    effect = chance.standard_normal((2, families))
    effect[1] = twin * effect[0] + sqrt(1 - twin**2) * effect[1]
    own = chance.standard_normal((scored.languages, 2, families))
    values = sqrt(correlation) * effect + sqrt(1 - correlation) * own
    values[:, 0] += sqrt(2) * ndtri(area)
    harmful, names = np.repeat([True, False], families), np.tile(np.arange(families), 2)
    return auroc_mean([Scores(values=row.ravel(), harmful=harmful, families=names) for row in values])


def _truths(passing: tuple[float, float] | None, limit: float) -> Iterator[float]:
    """Yield the least true value that is said to pass, halfway from the limit to 1, and a value nearer to 1."""
    yield from () if passing is None else passing[:1]
    yield (1 + limit) / 2
    yield 1 - (1 - limit) / 5


def _share(drawn: Drawn, truth: float, limit: float, runs: int) -> float:
    chance = np.random.default_rng([int(1e5 * truth), runs])
    found = [drawn(chance, truth) for _ in range(runs)]
    return sum(each is not None and each.low >= limit for each in found) / runs


def _row(design: tuple[float, ...], truth: float, promised: float, shown: list[float]) -> tuple[str, ...]:
    return (*map(str, design), f"{truth:.4f}", *(f"{share:.2f}" for share in (promised, *shown)))
