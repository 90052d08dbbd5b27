"""How often the intervals hold the truth, by simulation; prints Markdown.

    python benchmarks/coverage.py --repetitions 2000

Families are logit-normal, languages have fixed effects, and `icc` is the share of a cell's variance that is its
family's. Each line gives the nominal level, ours, the pooled Wilson interval that takes cells for independent, and
the clustered interval without the rule for fewer than 20 families in error. `too high` and `too low` are how often
our interval lies wholly above or below the truth: 2.5 % each are nominal, and too low is the dangerous side.
"""

from __future__ import annotations

import argparse
import sys
from itertools import product
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

import numpy as np
from scipy.special import ndtri

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from refusals.statistics.auroc import Scores, auroc_mean
from refusals.statistics.clustered import language_mean
from refusals.statistics.contrasts import paired_gap, youden_j
from tests.statistics.simulated_families import Population, wilson

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from refusals.statistics.clustered import Rate
    from refusals.statistics.contrasts import Contrast

SEED = 20261123
RATES = (0.003, 0.01, 0.05, 0.3)


def main() -> None:
    """Print the tables of rates, contrasts and areas."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=2000)
    repetitions = parser.parse_args().repetitions
    print(f"{repetitions} repetitions: one standard error is {sqrt(0.05 * 0.95 / repetitions):.3f}.\n")
    tables = (
        ("Rates", ("nominal", "ours", "too high", "too low", "width pp", "naive Wilson", "without rule"), rates),
        ("Uneven families (a tenth have 10 cells, the others 1)", ("nominal", *MISSES), uneven),
        ("Paired gap to the source language", ("nominal", *MISSES), gaps),
        ("Youden's J", ("nominal", *MISSES), youdens),
        ("AUROC", ("nominal", *MISSES), areas),
    )
    for title, columns, lines in tables:
        header = ("case", *columns)
        print(f"### {title}\n\n| {' | '.join(header)} |\n|{' --- |' * len(header)}", flush=True)
        for case, figures in lines(repetitions):
            print(f"| {case} | 0.950 | {' | '.join(figures)} |", flush=True)
        print()


MISSES = ("ours", "too high", "too low", "width pp")


def misses(truth: float, intervals: Iterable[Rate | Contrast | None]) -> tuple[str, ...]:
    """Coverage, both kinds of miss, and the mean width in percentage points."""
    ends = np.array([(found.low, found.high) for found in intervals if found is not None])
    above, below = (ends[:, 0] > truth).mean(), (ends[:, 1] < truth).mean()
    return (
        *(f"{share:.3f}" for share in (1 - above - below, above, below)),
        f"{100 * np.ptp(ends, axis=1).mean():.2f}",
    )


def rates(repetitions: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The rate of one language and the mean of twenty, rare and not."""
    grids = ((1, (0.14,), (42, 168, 300)), (20, (0.04, 0.14, 0.26), (42, 168, 300)))
    for languages, iccs, families in grids:
        for number, icc, rate in product(families, iccs, RATES):
            drawn = list(
                Population(rate=rate, icc=icc, families=number, languages=languages).draw(
                    np.random.default_rng(SEED), repetitions
                )
            )
            decided = np.ones((languages, number))
            ours = [language_mean(errors, decided) for errors in drawn]
            with mock.patch("refusals.statistics.clustered.FEW_FAMILIES", 0):
                estimated = [language_mean(errors, decided) for errors in drawn]
            naive = [wilson(errors.sum(), errors.size) for errors in drawn]
            held = np.mean([low <= rate <= high for low, high in naive])
            case = f"{number} families, {languages} language{'s' * (languages > 1)}, icc {icc}, rate {rate:.1%}"
            yield case, (*misses(rate, ours), f"{held:.3f}", misses(rate, estimated)[0])


def uneven(repetitions: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    """One language, in which some families hold most of the cells."""
    for families, icc, rate in product((42, 168, 300), (0.14, 0.9), (0.01, 0.05, 0.3)):
        rng = np.random.default_rng(SEED)
        population = Population(rate=rate, icc=icc, families=families)
        cells = np.where(np.arange(families) < families / 10, 10, 1)
        found = (
            language_mean(rng.binomial(cells, population.chances(effect)), cells[None])
            for effect in rng.standard_normal((repetitions, families))
        )
        yield f"{families} families, icc {icc}, rate {rate:.0%}", misses(rate, found)


def gaps(repetitions: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    """A language against the source, and nineteen, with the family's effect in common."""
    cases = product((42, 168, 300), (1, 19), ((0.01, 0.01), (0.01, 0.04), (0.1, 0.1), (0.1, 0.2)))
    for families, languages, (source, rate) in cases:
        rng = np.random.default_rng(SEED)
        there = Population(rate=rate, icc=0.26, families=families, languages=languages)
        here = Population(rate=source, icc=0.26, families=families)
        found = []
        for effect in rng.standard_normal((repetitions, families)):
            wrong, wrong_here = there.errors(rng, effect), here.errors(rng, effect)
            plus, minus = wrong * (1 - wrong_here), (1 - wrong) * wrong_here
            found.append(paired_gap(plus, minus, np.ones_like(wrong)))
        case = f"{families} families, {languages} against source, {source:.0%} and {rate:.0%}"
        yield case, misses(rate - source, found)


def youdens(repetitions: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Over- and under-refusal of the same families, independent, opposed and in common."""
    pairs = ((0.01, 0.03), (0.05, 0.3), (0.1, 0.1))
    for families, languages, (over, under), shared in product((42, 168, 300), (1, 20), pairs, (-0.6, 0.0, 0.8)):
        rng = np.random.default_rng(SEED)
        one = Population(rate=over, icc=0.26, families=families, languages=languages)
        other = Population(rate=under, icc=0.26, families=families, languages=languages)
        cells = np.ones((languages, families))
        found = []
        for effect, noise in rng.standard_normal((repetitions, 2, families)):
            mixed = shared * effect + sqrt(1 - shared**2) * noise
            found.append(youden_j(one.errors(rng, effect), cells, other.errors(rng, mixed), cells))
        case = f"{families} families, {languages} languages, {over:.0%} and {under:.0%}, correlation {shared}"
        yield case, misses(1 - over - under, found)


def areas(repetitions: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Normal scores of which half the variance is the family's, shared by languages and by labels."""
    cases = product((42, 168), (1, 10), (0.7, 0.9, 0.97, 0.995), (-0.6, 0.0, 0.6))
    for families, languages, area, shared in cases:
        rng = np.random.default_rng(SEED)
        shift = sqrt(2) * ndtri(area) * (np.arange(2) == 0)[:, None]
        harmful, names = np.repeat([True, False], families), np.tile(np.arange(families), 2)
        found = []
        for effect in rng.standard_normal((max(1, repetitions // 4), 2, families)):
            effect[1] = shared * effect[0] + sqrt(1 - shared**2) * effect[1]
            scores = sqrt(0.5) * (effect + rng.standard_normal((languages, 2, families))) + shift
            found.append(auroc_mean([Scores(values=row.ravel(), harmful=harmful, families=names) for row in scores]))
        yield f"{families} families, {languages} languages, {area}, correlation {shared}", misses(area, found)


if __name__ == "__main__":
    main()
