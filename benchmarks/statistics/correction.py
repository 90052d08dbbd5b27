"""How often the corrected interval covers the truth, with weak and strong judges; prints a table.

python benchmarks/statistics/correction.py [--runs 1000] [--record]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from refusals.statistics.clustered import clustered_rate
from refusals.statistics.corrected import corrected_rate
from refusals.statistics.unread import bound
from tests.statistics.simulated_readings import drawn

JUDGES = {"strong": (0.97, 0.99), "middling": (0.85, 0.95), "weak": (0.6, 0.85), "flat": (0.5, 0.5)}
RATES = (0.05, 0.15, 0.4)
FAMILIES = 168
EACH = (30, 80)  # replies read of each verdict
CORRELATION = 0.14


def simulated(rate: float, judge: tuple[float, float], each: int, runs: int) -> dict[str, float]:
    """Return shares of runs: covered by each interval, and corrected at all; and the mean width of the corrected."""
    chance = np.random.default_rng([int(rate * 1000), int(judge[0] * 100), each])
    naive, covered, bounds, widths, corrected = 0, 0, 0, [], 0
    for _ in range(runs):
        cells, truth = drawn(chance, rate=rate, judge=judge, each=each, families=FAMILIES, correlation=CORRELATION)
        decided = np.bincount(cells.family, cells.verdict != 2, FAMILIES).astype(int)
        wrong = np.bincount(cells.family, cells.verdict == 1, FAMILIES).astype(int)
        said = clustered_rate(wrong, decided)
        naive += said is not None and said.low <= rate <= said.high
        found = corrected_rate([cells])
        if found is not None:
            corrected += 1
            covered += found.low <= rate <= found.high
            widths.append(found.high - found.low)
        low, high = bound([cells])
        bounds += low <= truth.mean() <= high
    return {
        "naive": naive / runs,
        "corrected": covered / corrected if corrected else float("nan"),
        "share": corrected / runs,
        "width": float(np.mean(widths)) if widths else float("nan"),
        "bound": bounds / runs,
    }


def table(runs: int) -> Iterator[str]:
    """Yield the table, a line at a time."""
    yield f"{runs:,} runs each; {FAMILIES} families, correlation within one {CORRELATION}, 2 % left undecided.\n"
    yield "| judge | true rate | read of each | uncorrected covers | corrected covers | width | in | bound covers |"
    yield "|---|---|---|---|---|---|---|---|"
    for name, judge in JUDGES.items():
        for rate in RATES:
            for each in EACH:
                f = simulated(rate, judge, each, runs)
                yield (
                    f"| {name} {judge[0]:.2f}/{judge[1]:.2f} | {rate:.0%} | {each} | {f['naive']:.3f} "
                    f"| {f['corrected']:.3f} | {f['width']:.3f} | {f['share']:.0%} | {f['bound']:.3f} |"
                )


def main() -> None:
    """Simulate, and print or record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--record", action="store_true", help="put the table beside this script")
    given = parser.parse_args()
    lines = []
    for line in table(given.runs):
        print(line)
        lines.append(f"{line}\n")
    if given.record:
        Path(__file__).with_suffix(".md").write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
