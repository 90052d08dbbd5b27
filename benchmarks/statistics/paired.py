"""What candidate-against-baseline finds and how often it is wrong, beside simpler analyses; prints tables.

    python benchmarks/statistics/paired.py [--repetitions 500] [--record]

Both runs ask the same cells. A share of the cells (`KEPT`) answers as before but for what the candidate changed, the
others anew. `drift` is how far families' own tendencies move: their effects in both runs have the correlation 1 -
drift, so that families get better and worse with all their languages though the mean rate stays.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import sqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtrc, expit, logit

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.statistics.recorded import main, table
from refusals.statistics.clustered import language_mean
from refusals.statistics.contrasts import paired_gap
from refusals.statistics.differences import alarms, mean_alarm, non_inferiority
from tests.statistics.simulated_families import Population, language_effects

SEED = 20261128
ALPHA = 0.05
BASELINE = 0.03
CORRELATION = 0.14
LANGUAGES = 20
KEPT = 0.7
MARGIN = 0.01
FLIPS = 999
WORSE = 3  # languages that regress, of those tested

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """Two runs of the same cells, the candidate's rate higher by `shift`, or by `logits` in the first languages."""

    families: int
    drift: float
    shift: float = 0.0
    logits: float = 0.0

    def draw(self, chance: np.random.Generator) -> tuple[Counts, Counts]:
        """Errors of baseline and candidate, [languages, families]."""
        before = self._population(BASELINE)
        effect, noise = chance.standard_normal((2, self.families))
        kept = 1 - self.drift
        moved = kept * effect + sqrt(1 - kept**2) * noise
        rates, later = before.chances(effect), self._population(BASELINE + self.shift).chances(moved)
        if self.logits:
            later[_regressing()] = expit(logit(later[_regressing()]) + self.logits)
        said = chance.random(rates.shape)
        again = np.where(chance.random(rates.shape) < KEPT, said, chance.random(rates.shape))
        return (said < rates).astype(np.int64), (again < later).astype(np.int64)

    def _population(self, rate: float) -> Population:
        return Population(rate=rate, icc=CORRELATION, families=self.families, languages=LANGUAGES)


def _regressing() -> NDArray[np.int64]:
    """The languages nearest to the middle, so that they are neither the hardest nor the easiest."""
    return np.argsort(np.abs(language_effects(LANGUAGES)), kind="stable")[:WORSE]


def lines(repetitions: int) -> Iterator[str]:
    """Yield the tables."""
    yield (
        f"Seed {SEED}, {repetitions:,} repetitions a line, so that a share of {ALPHA} has a standard error of "
        f"{sqrt(ALPHA * (1 - ALPHA) / repetitions):.4f}. {LANGUAGES} languages, baseline rate {BASELINE:.0%}, "
        f"correlation within a family {CORRELATION}, {KEPT:.0%} of the cells answer as before, every test one-sided "
        f"at {ALPHA}.\n"
    )
    yield (
        f'How often "worse" is found, and how often "not worse by {MARGIN:.0%}" is shown. Without a change the first '
        f"is an error; with a change of {100 * MARGIN:g} pp or more the second is:\n"
    )
    columns = ("families", "drift", "change pp", "interval", "flips", "as unpaired", "McNemar", "not worse")
    yield from table((*columns, "not worse, as unpaired"), _pooled(repetitions))
    yield (
        f"\nAlarms per language. {WORSE} of {LANGUAGES} languages regress by so many logits. `false` is how often any "
        "of the others raises an alarm, `each` how often a language that regressed does, `any` how often one of them "
        "does:\n"
    )
    ways = ("ours", "Holm", "uncorrected")
    figures = [f"{figure}, {way}" for way in ways for figure in ("false", "each", "any")]
    yield from table(("families", "drift", "logits", *figures), _by_language(repetitions))


def _pooled(repetitions: int) -> Iterator[tuple[str, ...]]:
    for families, drift, shift in product((168, 336), (0.0, 0.1), (0.0, 0.005, 0.01, 0.015)):
        chance = np.random.default_rng(SEED)
        runs = Runs(families=families, drift=drift, shift=shift)
        found = np.mean([_findings(*runs.draw(chance)) for _ in range(repetitions)], axis=0)
        yield (str(families), f"{drift:g}", f"{100 * shift:.1f}", *(f"{share:.3f}" for share in found))


def _findings(before: Counts, after: Counts) -> tuple[bool, ...]:
    """Worse by interval, flips, as unpaired and by McNemar; and not worse by ours and as unpaired."""
    plus, minus, both = after * (1 - before), before * (1 - after), np.ones_like(after)
    gap = paired_gap(plus, minus, both, level=1 - 2 * ALPHA)
    bound = non_inferiority(plus, minus, both, margin=MARGIN, alpha=ALPHA)
    was, now = (language_mean(errors, both, level=1 - 2 * ALPHA) for errors in (before, after))
    assert gap is not None
    assert bound is not None
    assert was is not None
    assert now is not None
    low = now.rate - was.rate - sqrt((now.rate - now.low) ** 2 + (was.high - was.rate) ** 2)
    high = now.rate - was.rate + sqrt((now.high - now.rate) ** 2 + (was.rate - was.low) ** 2)
    cells = mcnemar(plus.sum(keepdims=True), minus.sum(keepdims=True))
    flipped = mean_alarm(plus, minus, both, flips=FLIPS)
    assert flipped is not None
    worse = gap.low > 0, flipped <= ALPHA, low > 0, bool(cells.item() <= ALPHA)
    return (*worse, bound.shown, high <= MARGIN)


def mcnemar(plus: Counts, minus: Counts) -> NDArray[np.float64]:
    """One-sided exact p values: P(Binomial(plus + minus, 1/2) >= plus)."""
    exact: NDArray[np.float64] = np.where(plus > 0, bdtrc(np.maximum(plus - 1, 0), plus + minus, 0.5), 1.0)
    return exact


def holm(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Adjusted p values (Holm 1979, Scandinavian Journal of Statistics 6:65-70)."""
    order = np.argsort(p)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(1, np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)))
    return adjusted


def _by_language(repetitions: int) -> Iterator[tuple[str, ...]]:
    worse = np.zeros(LANGUAGES, dtype=bool)
    for families, drift, logits in product((168, 336), (0.0, 0.1), (0.0, 1.0, 1.5)):
        worse[_regressing()] = logits > 0
        chance = np.random.default_rng(SEED)
        runs = Runs(families=families, drift=drift, logits=logits)
        alarmed = np.zeros((repetitions, 3, LANGUAGES), dtype=bool)
        for number in range(repetitions):
            before, after = runs.draw(chance)
            plus, minus = after * (1 - before), before * (1 - after)
            exact = mcnemar(plus.sum(axis=1), minus.sum(axis=1))
            ours = np.array(alarms(plus, minus, flips=FLIPS, seed=number))
            alarmed[number] = np.array([ours, holm(exact), exact]) <= ALPHA
        shares = []
        for way in range(3):
            shares.append(f"{alarmed[:, way, ~worse].any(axis=1).mean():.3f}")
            hits = alarmed[:, way, worse]
            shares += [f"{hits.mean():.3f}", f"{hits.any(axis=1).mean():.3f}"] if logits else ["", ""]
        yield (str(families), f"{drift:g}", f"{logits:g}", *shares)


if __name__ == "__main__":
    main(__file__, __doc__, lines, 500)
