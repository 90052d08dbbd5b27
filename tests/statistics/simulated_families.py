"""Families whose cells move together, drawn with a known truth; used by the tests and by `benchmarks/statistics/`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, ndtri

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

NODES = np.linspace(-8, 8, 2001)
WEIGHTS = np.exp(-(NODES**2) / 2) / np.exp(-(NODES**2) / 2).sum()
LANGUAGE_SPREAD = 0.5  # standard deviation of the languages' fixed effects, in logits


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Logit-normal families: P(error) = expit(mean + spread · family effect + language effect).

    The mean over languages and families is `rate`, and `icc` is the share of a cell's variance that is its family's.
    """

    rate: float
    icc: float
    families: int
    languages: int = 1

    def draw(self, rng: np.random.Generator, repetitions: int) -> Iterator[NDArray[np.int64]]:
        """Errors [languages, families], one cell each, `repetitions` times."""
        return (self.errors(rng, rng.standard_normal(self.families)) for _ in range(repetitions))

    def errors(self, rng: np.random.Generator, effect: NDArray[np.float64]) -> NDArray[np.int64]:
        """Errors [languages, families] of the families with these effects, which are standard normal."""
        chances = self.chances(effect)
        return (rng.random(chances.shape) < chances).astype(np.int64)

    def chances(self, effect: NDArray[np.float64]) -> NDArray[np.float64]:
        """P(error), [languages, families]."""
        mean, spread = calibrated(self.rate, self.icc, self.languages)
        drawn: NDArray[np.float64] = expit(mean + spread * effect + language_effects(self.languages)[:, None])
        return drawn


def language_effects(languages: int) -> NDArray[np.float64]:
    """Fixed, evenly spread normal quantiles: some languages are harder, the same in every repetition."""
    quantiles: NDArray[np.float64] = LANGUAGE_SPREAD * ndtri((np.arange(languages) + 0.5) / languages)
    return quantiles


@cache
def calibrated(rate: float, icc: float, languages: int) -> tuple[float, float]:
    """Mean and spread, in logits, that give the rate and the correlation (by quadrature)."""
    offsets = language_effects(languages)[:, None]

    def chances(mean: float, spread: float) -> NDArray[np.float64]:
        averaged: NDArray[np.float64] = expit(mean + spread * NODES + offsets).mean(axis=0)
        return averaged

    def mean_for(spread: float) -> float:
        return float(brentq(lambda mean: chances(mean, spread) @ WEIGHTS - rate, -400, 100))

    def missing(spread: float) -> float:
        return float((chances(mean_for(spread), spread) ** 2 @ WEIGHTS - rate**2) / (rate * (1 - rate)) - icc)

    spread = float(brentq(missing, 1e-6, 40)) if icc > 0 else 0.0
    return mean_for(spread), spread


def wilson(count: float, n: float) -> tuple[float, float]:
    """The naive interval, as if cells were independent (Wilson 1927, level 0.95): what the suite must not print."""
    z = float(ndtri(0.975))
    share = count / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5
    return middle - half, middle + half
