"""How often the intervals of rates hold the truth, beside the naive interval; prints tables.

    python benchmarks/statistics/coverage.py [--repetitions 2000] [--record]

Families are logit-normal and languages have fixed effects (`tests/statistics/simulated_families.py`).
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import product
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.statistics.recorded import main, table
from refusals.statistics.beyond import Beyond
from refusals.statistics.clustered import Rate, language_mean
from refusals.statistics.contrasts import Contrast
from tests.statistics.simulated_families import Population, wilson

if TYPE_CHECKING:
    from numpy.typing import NDArray

SEED = 20261123
RATES = (0.001, 0.003, 0.01, 0.03, 0.1)
FAMILIES = (42, 84, 168, 336)
CORRELATIONS = (0.0, 0.04, 0.14, 0.26, 0.4)
LANGUAGES = 28  # as the corpus has
NOMINAL = 0.95
DOUBTFUL = 0.96  # what is near the nominal share is worth a closer look
AGAIN = 5
FEWER = 500


def lines(repetitions: int) -> Iterator[str]:
    """Yield the tables, and what they come to in words."""
    yield (
        f"Seed {SEED}, {repetitions:,} repetitions a line, so that a share of 0.95 has a standard error of "
        f"{sqrt(NOMINAL * (1 - NOMINAL) / repetitions):.4f}. One cell a family and language; `correlation` is the "
        "share of a cell's variance that is its family's. `over` is how much more than 0.95 our interval covers, `too "
        "high` and `too low` how often it lies wholly above or below the truth; too low is the dangerous side. Where a "
        f"line came below {DOUBTFUL} it was drawn anew, {AGAIN} times as often, and the new figures stand, higher or "
        f"lower. `plain` is the interval of Korn & Graubard without our three precautions, from the first {FEWER:,}.\n"
    )
    yield f"The mean of {LANGUAGES} languages:\n"
    columns = ("rate", "families", "correlation", "times", "ours", "over", "too high", "too low", "width pp")
    ours: list[tuple[float, ...]] = []
    naive: list[float] = []
    yield from table((*columns, "naive Wilson", "plain"), _rates(repetitions, ours, naive))
    held, _, low, _ = zip(*ours, strict=True)
    yield (
        f"\nOurs covers between {min(held):.3f} and {max(held):.3f}, the naive interval between {min(naive):.3f} and "
        f"{max(naive):.3f}. Misses are not even: the truth lay above ours in up to {max(low):.3f} of the runs, where "
        "each side has 0.025, so that an upper end alone, which gates use, is one of at least "
        f"{100 * (1 - max(low)):.1f} % rather than of 97.5 %."
    )
    yield (
        f"\nThe mean of {LANGUAGES} languages where a few topics fail whole: `blocks` is the share of families "
        "of which every cell is wrong in every language, and `rate` that of all other cells, each for itself:\n"
    )
    yield from table(("families", "blocks", "rate", "true rate", *columns[4:]), _blocks(repetitions))
    yield "\nOne language, in which a tenth of the families have ten cells and the others one:\n"
    yield from table(tuple(name for name in columns if name != "times"), _uneven(repetitions))


def misses(truth: float, intervals: Iterable[Rate | Contrast | Beyond | None]) -> tuple[float, float, float, float]:
    """Coverage, both kinds of miss, and the mean width in percentage points."""
    ends = np.array([(found.low, found.high) for found in intervals if found is not None])
    above, below = float((ends[:, 0] > truth).mean()), float((ends[:, 1] < truth).mean())
    return 1 - above - below, above, below, 100 * float(np.ptp(ends, axis=1).mean())


def shown(found: tuple[float, float, float, float]) -> tuple[str, ...]:
    """Coverage, over-coverage, both misses and the width, as a table shows them."""
    covers, above, below, width = found
    return f"{covers:.3f}", f"{max(0.0, covers - NOMINAL):.3f}", f"{above:.3f}", f"{below:.3f}", f"{width:.2f}"


def _rates(repetitions: int, ours: list[tuple[float, ...]], naive: list[float]) -> Iterator[tuple[str, ...]]:
    for rate, families, correlation in product(RATES, FAMILIES, CORRELATIONS):
        population = Population(rate=rate, icc=correlation, families=families, languages=LANGUAGES)
        drawn = list(population.draw(np.random.default_rng(SEED), repetitions))
        found, plain = _means(drawn), _plain(drawn[:FEWER])
        covered, times = misses(rate, found), repetitions
        if covered[0] < DOUBTFUL:
            times = AGAIN * repetitions
            covered = misses(rate, _means(population.draw(np.random.default_rng(SEED + 1), times)))
        ends = np.array([wilson(errors.sum(), errors.size) for errors in drawn])
        held = float(((ends[:, 0] <= rate) & (rate <= ends[:, 1])).mean())
        ours.append(covered)
        naive.append(held)
        case = (f"{rate:.1%}", str(families), f"{correlation:g}", f"{times:,}")
        yield (*case, *shown(covered), f"{held:.3f}", f"{misses(rate, plain)[0]:.3f}")


def _means(drawn: Iterable[NDArray[np.int64]]) -> list[Rate | None]:
    return [language_mean(errors, np.ones_like(errors)) for errors in drawn]


def _plain(drawn: Iterable[NDArray[np.int64]]) -> list[Rate | None]:
    there = "refusals.statistics.clustered"
    with (
        mock.patch(f"{there}.FEW_FAMILIES", 0),
        mock.patch(f"{there}.inflated", lambda effect, *_: effect),
        mock.patch(f"{there}.unseen_at_most", return_value=0.0),
    ):
        return _means(drawn)


def _blocks(repetitions: int) -> Iterator[tuple[str, ...]]:
    for families, (blocks, rate) in product((168, 336), ((0.002, 0.004), (0.003, 0.01), (0.01, 0.01), (0.02, 0.03))):
        chance = np.random.default_rng(SEED)
        shape = (LANGUAGES, families)
        found = []
        for _ in range(repetitions):
            whole = chance.random(families) < blocks
            found += _means([(whole | (chance.random(shape) < rate)).astype(np.int64)])
        truth = blocks + (1 - blocks) * rate
        yield (f"{families}", f"{blocks:.1%}", f"{rate:.1%}", f"{truth:.2%}", *shown(misses(truth, found)))


def _uneven(repetitions: int) -> Iterator[tuple[str, ...]]:
    for rate, families, correlation in product((0.01, 0.05, 0.3), FAMILIES[::2], (0.14, 0.9)):
        chance = np.random.default_rng(SEED)
        population = Population(rate=rate, icc=correlation, families=families)
        cells = np.where(np.arange(families) < families / 10, 10, 1)
        found = (
            language_mean(chance.binomial(cells, population.chances(effect)), cells[None])
            for effect in chance.standard_normal((repetitions, families))
        )
        yield (f"{rate:.1%}", str(families), f"{correlation:g}", *shown(misses(rate, found)))


if __name__ == "__main__":
    main(__file__, __doc__, lines, 2000)
