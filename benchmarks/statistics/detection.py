"""How often the intervals of sensitivity and criterion hold the truth; prints a table.

python benchmarks/statistics/detection.py [--repetitions 1000] [--record]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.special import ndtri

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.statistics.recorded import main
from refusals.statistics.detection import told_apart
from refusals.statistics.intervals import student_t
from tests.statistics.simulated_families import Population

CASES = (  # families, hits, false alarms, correlation
    (168, 0.8, 0.2, 0.0),
    (168, 0.8, 0.2, 0.26),
    (168, 0.8, 0.1, 0.26),
    (336, 0.9, 0.1, 0.26),
    (168, 0.95, 0.05, 0.26),
    (168, 0.99, 0.02, 0.1),
    (42, 0.9, 0.1, 0.1),
)


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
        misses = missed.errors(chance, effect)[0]
        false = refused.errors(chance, effect)[0] + refused.errors(chance, effect)[0]
        told = told_apart(1 - misses, np.ones(families), false, np.full(families, 2))
        if told is None:
            continue
        covered += [abs(v - t) <= reach * e for v, t, e in zip(told.values, truth, told.errors, strict=True)]
        widths.append(2 * reach * told.errors[0])
        off.append(told.values[0] - truth[0])
        few += told.few
    figures = (f"{covered[0] / runs:.3f}", f"{covered[1] / runs:.3f}", f"{np.mean(widths):.2f}", f"{np.mean(off):+.2f}")
    return f"| {families} | {hits:.0%} | {alarms:.0%} | {correlation} | {' | '.join(figures)} | {few / runs:.0%} |"


def table(runs: int) -> Iterator[str]:
    """Yield the table, a line at a time."""
    yield f"{runs:,} runs each; a family has one case to refuse and two to answer, and is as hard either way.\n"
    yield "| families | hits | false alarms | correlation | d' covered | c covered | width of d' | d' off by | few |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for case in CASES:
        yield row(case, runs)


if __name__ == "__main__":
    main(__file__, __doc__, table, repetitions=1000)
