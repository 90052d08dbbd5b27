"""How often the interval for languages that were not tested holds the truth, by number and spread of languages.

    python benchmarks/statistics/beyond.py [--repetitions 1000] [--record]

Languages are drawn from a normal distribution of logits, anew in every repetition, and families too; the truth is the
mean rate over all languages and families that could have been drawn.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from itertools import product
from math import sqrt
from pathlib import Path

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.statistics.coverage import NOMINAL, misses, shown
from benchmarks.statistics.recorded import main, table
from refusals.statistics.beyond import beyond
from refusals.statistics.clustered import language_mean
from tests.statistics.simulated_families import NODES, WEIGHTS, calibrated

SEED = 20261129
CORRELATION = 0.14


def lines(repetitions: int) -> Iterator[str]:
    """Yield the table."""
    yield (
        f"Seed {SEED}, {repetitions:,} repetitions a line, so that a share of 0.95 has a standard error of "
        f"{sqrt(NOMINAL * (1 - NOMINAL) / repetitions):.4f}; correlation within a family {CORRELATION}. `spread` is "
        "the standard deviation of languages in logits.\n"
    )
    columns = ("rate", "families", "languages", "spread", "two-way", "over", "too high", "too low", "width pp")
    yield from table((*columns, "by family alone"), _rows(repetitions))


def _rows(repetitions: int) -> Iterator[tuple[str, ...]]:
    for rate, families, languages, spread in product((0.003, 0.01, 0.03, 0.1), (84, 336), (6, 12, 28), (0.0, 0.6, 1.0)):
        chance = np.random.default_rng(SEED)
        within = calibrated(rate, CORRELATION, 1)[1]
        mean = _mean(rate, sqrt(within**2 + spread**2))
        decided = np.ones((languages, families))
        ours, theirs = [], []
        for _ in range(repetitions):
            of_language, of_family = chance.standard_normal((languages, 1)), chance.standard_normal(families)
            rates = expit(mean + within * of_family + spread * of_language)
            errors = (chance.random(rates.shape) < rates).astype(np.int64)
            ours.append(beyond(errors, decided))
            theirs.append(language_mean(errors, decided))
        case = (f"{rate:.1%}", str(families), str(languages), f"{spread:g}")
        yield (*case, *shown(misses(rate, ours)), f"{misses(rate, theirs)[0]:.3f}")


@cache
def _mean(rate: float, spread: float) -> float:
    """The mean logit that gives the rate at this spread, by quadrature."""
    return float(brentq(lambda mean: expit(mean + spread * NODES) @ WEIGHTS - rate, -400, 100))


if __name__ == "__main__":
    main(__file__, __doc__, lines, 1000)
