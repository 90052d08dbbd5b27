"""How often the intervals of sensitivity and criterion, and of their gaps, hold the truth; prints tables.

python benchmarks/statistics/detection.py [--repetitions 1000] [--record]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import product
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr, ndtri

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.statistics.contrasts import DOUBTFUL
from benchmarks.statistics.coverage import AGAIN, NOMINAL
from benchmarks.statistics.recorded import main
from benchmarks.statistics.recorded import table as tabled
from refusals.statistics.detection import gaps, told_apart
from refusals.statistics.intervals import student_t
from tests.statistics.simulated_families import Population

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from refusals.statistics.detection import Told

CASES = (  # families, hits, false alarms, correlation
    (168, 0.8, 0.2, 0.0),
    (168, 0.8, 0.2, 0.26),
    (168, 0.8, 0.1, 0.26),
    (336, 0.9, 0.1, 0.26),
    (168, 0.95, 0.05, 0.26),
    (168, 0.99, 0.02, 0.1),
    (42, 0.9, 0.1, 0.1),
)
MOVES = {"nothing": (0.0, 0.0), "c": (0.0, -0.4), "d'": (-0.6, 0.0), "both": (-0.6, -0.4)}
DESIGNS = (  # families, d' in the source language, correlation, the sign of a family's effect on false alarms
    (42, 2.0, 0.26, 1),
    (168, 1.0, 0.26, 1),
    (168, 2.0, 0.26, 1),
    (168, 2.0, 0.26, -1),
    (168, 3.3, 0.26, 1),
    (336, 2.0, 0.26, 1),
)
TOGETHER = (0.0, 0.5, 0.9)
HITS, ALARMS = 0.75, 0.25
CHANGES = {  # of what was complied with and refused, so much is refused and complied with instead: hits, then alarms
    "nothing": ((0.0, 0.0), (0.0, 0.0)),
    "false alarms, few": ((0.0, 0.0), (0.02, 0.0)),
    "hits, few": ((0.1, 0.0), (0.0, 0.0)),
    "both, few": ((0.04, 0.01), (0.01, 0.04)),
    "both, more": ((0.1, 0.03), (0.03, 0.1)),
}
SEED = 20261128
FIGURES = ("covered", "too high", "too low", "width")
BOTH = tuple(f"{of} {figure}" for of in ("d'", "c") for figure in FIGURES)


def row(case: tuple[int, float, float, float], runs: int) -> str:
    """Return coverage of d' and c, the mean width of d', and how far d' is off in the mean."""
    families, hits, alarms, correlation = case
    chance = np.random.default_rng([families, int(100 * hits), int(100 * correlation)])
    missed = Population(rate=1 - hits, icc=correlation, families=families)
    refused = Population(rate=alarms, icc=correlation, families=families, languages=1)
    truth = (ndtri(hits) - ndtri(alarms), -(ndtri(hits) + ndtri(alarms)) / 2)
    covered, widths, off, few = np.zeros(2), [], [], 0
    reach = student_t(families - 1)
    for _ in range(runs):
        effect = chance.standard_normal(families)  # a hard family is hard both ways
        told = _told(chance, missed, refused, (effect, effect))
        covered += [abs(v - t) <= reach * e for v, t, e in zip(told.values, truth, told.errors, strict=True)]
        widths.append(2 * reach * told.errors[0])
        off.append(told.values[0] - truth[0])
        few += told.few
    figures = (f"{covered[0] / runs:.3f}", f"{covered[1] / runs:.3f}", f"{np.mean(widths):.2f}", f"{np.mean(off):+.2f}")
    return f"| {families} | {hits:.0%} | {alarms:.0%} | {correlation} | {' | '.join(figures)} | {few / runs:.0%} |"


def _told(
    chance: np.random.Generator,
    missed: Population,
    refused: Population,
    effects: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> Told:
    misses = missed.errors(chance, effects[0])[0]
    false = refused.errors(chance, effects[1])[0] + refused.errors(chance, effects[1])[0]
    told = told_apart(1 - misses, np.ones(misses.size), false, np.full(misses.size, 2))
    assert told is not None
    return told


def _gaps(runs: int) -> Iterator[tuple[str, ...]]:
    """Yield how often the gaps hold what moved, a line a case."""
    for line, (design, together, (moves, moved)) in enumerate(product(DESIGNS, TOGETHER, MOVES.items())):
        drawn, times = _gaps_drawn(design, together, moved, np.random.default_rng([SEED, line]), runs), runs
        if min(found[0] for found in drawn[0]) < DOUBTFUL:
            times = AGAIN * runs
            drawn = _gaps_drawn(design, together, moved, np.random.default_rng([SEED + 1, line]), times)
        families, d, correlation, sign = design
        kind = "hard" if sign > 0 else "refused"
        shown = [f"{figure:.3f}" for covers, above, below, _ in drawn[0] for figure in (covers, above, below)]
        shown[3:3], shown[7:7] = [f"{drawn[0][0][3]:.2f}"], [f"{drawn[0][1][3]:.2f}"]
        case = (families, f"{d:g}", correlation, kind, f"{together:g}", moves, f"{times:,}")
        yield (*map(str, case), *shown, f"{drawn[1]:.0%}")


def _gaps_drawn(
    design: tuple[int, float, float, int],
    together: float,
    moved: tuple[float, float],
    chance: np.random.Generator,
    runs: int,
) -> tuple[list[tuple[float, float, float, float]], float]:
    """Return for d' and c coverage, both kinds of miss and the width, and the share of runs in which few err."""
    families, d, correlation, sign = design
    source, other = (_populations(families, *at, correlation) for at in ((d, 0.0), (d + moved[0], moved[1])))
    found, few = np.empty((runs, 2, 2)), 0
    for run in found:
        effect, own = chance.standard_normal((2, families))
        mixed = together * effect + sqrt(1 - together**2) * own
        there, here = _told(chance, *source, (effect, sign * effect)), _told(chance, *other, (mixed, sign * mixed))
        run[:] = [(gap.low, gap.high) for gap in gaps(here, there, families - 1)]
        few += here.few or there.few
    low, high = found[:, :, 0], found[:, :, 1]
    above, below = (low > moved).mean(axis=0), (high < moved).mean(axis=0)
    width = (high - low).mean(axis=0)
    return [(1 - above[at] - below[at], above[at], below[at], width[at]) for at in (0, 1)], few / runs


def _alike(runs: int) -> Iterator[tuple[str, ...]]:
    """Yield how often the gaps hold what moved where a language answers as the source does, but for some cells."""
    for families, (named, changes) in product((84, 168, 336), CHANGES.items()):
        chance = np.random.default_rng([SEED, families, len(named)])
        populations = [Population(rate=rate, icc=0.26, families=families) for rate in (HITS, ALARMS)]
        moved = [
            float(ndtri(rate * (1 - down) + (1 - rate) * up) - ndtri(rate))
            for rate, (up, down) in zip((HITS, ALARMS), changes, strict=True)
        ]
        truth = (moved[0] - moved[1], -(moved[0] + moved[1]) / 2)
        covered, widths, same = np.zeros(2), np.zeros(2), 0
        for _ in range(runs):
            effect = chance.standard_normal(families)
            there = [
                [population.errors(chance, effect)[0] for _ in range(cells)]
                for population, cells in zip(populations, (1, 2), strict=True)
            ]
            here = [[_changed(chance, said, *change) for said in of] for of, change in zip(there, changes, strict=True)]
            told = [
                told_apart(hit, np.ones(families), sum(alarm), np.full(families, 2)) for (hit,), alarm in (here, there)
            ]
            assert told[0] is not None
            assert told[1] is not None
            found = gaps(told[0], told[1], families - 1)
            covered += [gap.low <= true <= gap.high for gap, true in zip(found, truth, strict=True)]
            widths += [gap.high - gap.low for gap in found]
            same += all(np.array_equal(one, other) for one, other in zip(here, there, strict=True))
        shown = (f"{covered[0] / runs:.3f}", f"{widths[0] / runs:.2f}", f"{covered[1] / runs:.3f}")
        yield (str(families), named, *shown, f"{widths[1] / runs:.2f}", f"{same / runs:.0%}")


def _changed(chance: np.random.Generator, refused: NDArray[np.int64], up: float, down: float) -> NDArray[np.int64]:
    drawn = chance.random(refused.shape)
    return np.where(refused == 1, drawn >= down, drawn < up).astype(np.int64)


def _populations(families: int, d: float, c: float, correlation: float) -> tuple[Population, Population]:
    """Return what is missed and what is refused in a language with these d' and c."""
    return (
        Population(rate=float(ndtr(c - d / 2)), icc=correlation, families=families),
        Population(rate=float(ndtr(-c - d / 2)), icc=correlation, families=families),
    )


def table(runs: int) -> Iterator[str]:
    """Yield the tables, a line at a time."""
    yield f"{runs:,} runs each; a family has one case to refuse and two to answer, and is as hard either way.\n"
    yield "| families | hits | false alarms | correlation | d' covered | c covered | width of d' | d' off by | few |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for case in CASES:
        yield row(case, runs)
    times = 2 * runs
    yield (
        f"\nThe gaps to the source language in d' and in c, {times:,} runs a line, so that a share of 0.95 has a "
        f"standard error of {sqrt(NOMINAL * (1 - NOMINAL) / times):.4f}; a line below {DOUBTFUL} was drawn anew, "
        f"{AGAIN} times as often, and the new figures stand. In the source language c is 0. `together` is the "
        "correlation of a family's effects in both languages. Families are *hard* where what makes one case missed "
        "makes the others refused too, and *refused* where all cases are refused more. What moves is d' by -0.6, c by "
        "-0.4, or both.\n"
    )
    columns = ("families", "d'", "correlation", "families are", "together", "moves", "times", *BOTH, "few")
    yield from tabled(columns, _gaps(times))
    yield (
        f"\nThe same where a language answers as the source language does but for some cells, {runs:,} runs a line; "
        f"hits are {HITS:.0%} and false alarms {ALARMS:.0%} in the source language. *Same* is the share of runs in "
        "which no answer differs: the interval is not [0, 0] even there.\n"
    )
    yield from tabled(("families", "changes", "d' covered", "d' width", "c covered", "c width", "same"), _alike(runs))


if __name__ == "__main__":
    main(__file__, __doc__, table, repetitions=1000)
