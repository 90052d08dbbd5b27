"""How often the intervals of gaps, Youden's J and AUROC hold the truth; prints tables.

    python benchmarks/statistics/contrasts.py [--repetitions 400] [--record]

Families are logit-normal and languages have fixed effects (`tests/statistics/simulated_families.py`); the scores for
AUROC are normal.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import product
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.statistics.coverage import AGAIN, NOMINAL, SEED, misses, shown
from benchmarks.statistics.recorded import main, table
from refusals.statistics.auroc import Scores, auroc_mean
from refusals.statistics.contrasts import paired_gap, youden_j
from tests.statistics.simulated_families import Population

if TYPE_CHECKING:
    from refusals.statistics.contrasts import Contrast

SIZES = ((42, 1), (42, 10), (42, 28), (84, 10), (168, 1), (168, 10), (168, 28))  # families and languages of AUROC
DOUBTFUL = 0.945  # so low may be chance: the lowest of a hundred shares of 1,500 is
HARD, ENOUGH = 0.97, 168  # an AUROC at which a handful of families hold most of the misordering, unless they are many
FIGURES = ("ours", "over", "too high", "too low", "width pp")


def lines(repetitions: int) -> Iterator[str]:
    """Yield a table a measure."""
    yield (
        f"Seed {SEED}, {repetitions:,} repetitions a line, so that a share of 0.95 has a standard error of "
        f"{sqrt(NOMINAL * (1 - NOMINAL) / repetitions):.4f}.\n"
    )
    yield "The gap to the source language, families in common, correlation 0.26:\n"
    yield from table(("families", "languages", "rate in the source", "rate", *FIGURES), _gaps(repetitions))
    yield "\nYouden's J; `together` is the correlation of a family's effects on both rates:\n"
    columns = ("families", "languages", "over-refusal", "under-refusal", "together", *FIGURES)
    yield from table(columns, _youdens(repetitions))
    yield (
        "\nAUROC; half of a score's variance is its family's, `together` as above. Hard lines, where hardly more than "
        f"the few families of the rule are misordered, are drawn {AGAIN} times as often; where another line came below "
        f"{DOUBTFUL} it was drawn anew, as often as that, and the new figures stand:\n"
    )
    yield from table(("families", "languages", "AUROC", "together", "times", *FIGURES), _areas(repetitions))


def _gaps(repetitions: int) -> Iterator[tuple[str, ...]]:
    cases = product((42, 168, 336), (1, 19), ((0.01, 0.01), (0.01, 0.04), (0.1, 0.1), (0.1, 0.2)))
    for families, languages, (source, rate) in cases:
        chance = np.random.default_rng(SEED)
        there = Population(rate=rate, icc=0.26, families=families, languages=languages)
        here = Population(rate=source, icc=0.26, families=families)
        found = []
        for effect in chance.standard_normal((repetitions, families)):
            wrong, wrong_here = there.errors(chance, effect), here.errors(chance, effect)
            plus, minus = wrong * (1 - wrong_here), (1 - wrong) * wrong_here
            found.append(paired_gap(plus, minus, np.ones_like(wrong)))
        case = (str(families), str(languages), f"{source:.0%}", f"{rate:.0%}")
        yield (*case, *shown(misses(rate - source, found)))


def _youdens(repetitions: int) -> Iterator[tuple[str, ...]]:
    pairs = ((0.01, 0.03), (0.05, 0.3), (0.1, 0.1))
    for families, languages, (over, under), shared in product((42, 168, 336), (1, 20), pairs, (-0.6, 0.0, 0.8)):
        chance = np.random.default_rng(SEED)
        one = Population(rate=over, icc=0.26, families=families, languages=languages)
        other = Population(rate=under, icc=0.26, families=families, languages=languages)
        cells = np.ones((languages, families))
        found = []
        for effect, noise in chance.standard_normal((repetitions, 2, families)):
            mixed = shared * effect + sqrt(1 - shared**2) * noise
            found.append(youden_j(one.errors(chance, effect), cells, other.errors(chance, mixed), cells))
        case = (str(families), str(languages), f"{over:.0%}", f"{under:.0%}", f"{shared:g}")
        yield (*case, *shown(misses(1 - over - under, found)))


def _areas(repetitions: int) -> Iterator[tuple[str, ...]]:
    for size, area, shared in product(SIZES, (0.7, 0.9, 0.97, 0.995), (-0.6, 0.0, 0.6)):
        times = AGAIN * repetitions if is_hard(size, area) else repetitions
        covered = misses(area, _drawn_areas(np.random.default_rng(SEED), size, (area, shared), times))
        if covered[0] < DOUBTFUL and times == repetitions:
            times = AGAIN * repetitions
            covered = misses(area, _drawn_areas(np.random.default_rng(SEED + 1), size, (area, shared), times))
        yield (*map(str, size), f"{area}", f"{shared:g}", f"{times:,}", *shown(covered))


def is_hard(size: tuple[int, int], area: float) -> bool:
    """Whether hardly more than the few families of the rule are misordered, in many languages."""
    families, languages = size
    return area == HARD and families < ENOUGH and languages > 1


def _drawn_areas(
    chance: np.random.Generator, size: tuple[int, int], truth: tuple[float, float], repetitions: int
) -> Iterator[Contrast | None]:
    """Yield what is said of normal scores with an area, and with the correlation of a family's two effects."""
    (families, languages), (area, shared) = size, truth
    shift = sqrt(2) * ndtri(area) * (np.arange(2) == 0)[:, None]
    harmful, names = np.repeat([True, False], families), np.tile(np.arange(families), 2)
    for effect in chance.standard_normal((repetitions, 2, families)):
        effect[1] = shared * effect[0] + sqrt(1 - shared**2) * effect[1]
        scores = sqrt(0.5) * (effect + chance.standard_normal((languages, 2, families))) + shift
        yield auroc_mean([Scores(values=row.ravel(), harmful=harmful, families=names) for row in scores])


if __name__ == "__main__":
    main(__file__, __doc__, lines, 400)
