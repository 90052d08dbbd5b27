"""How often corrected intervals cover the truth, with weak and strong judges; prints a table of rates, one of figures.

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
from refusals.statistics.corrected_contrasts import corrected_gap, corrected_j
from refusals.statistics.unread import bound, worst_gap, worst_j
from tests.statistics.simulated_readings import drawn, tendencies

JUDGES = {"strong": (0.97, 0.99), "middling": (0.85, 0.95), "weak": (0.6, 0.85), "flat": (0.5, 0.5)}
RATES = (0.05, 0.15, 0.4)
FAMILIES = 168
EACH = (30, 80)  # replies read of each verdict
GAP = 0.1  # of the language that differs
IN_ENGLISH = (0.95, 0.97)  # what the judge is worth in the language that gaps are to
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


def figures(rate: float, judge: tuple[float, float], each: int, runs: int) -> dict[str, tuple[float, ...]]:
    """Return of no gap, of a gap and of J: coverage, mean width, share corrected, and coverage of the bound."""
    chance = np.random.default_rng([1, int(rate * 1000), int(judge[0] * 100), each])
    rows: dict[str, list[tuple[bool, float, bool]]] = {"no gap": [], "gap": [], "J": []}
    for _ in range(runs):
        families = tendencies(chance, rate, FAMILIES, CORRELATION)
        base, alike, more, missed = (
            drawn(chance, rate=true, judge=worth, each=each, families=FAMILIES, wrong=wrong, tendency=tendency)[0]
            for true, worth, wrong, tendency in (
                (rate, IN_ENGLISH, 1, families),
                (rate, judge, 1, families),
                (rate + GAP, judge, 1, None),
                (1 - rate, judge, 0, None),
            )
        )
        found = {
            "no gap": (0.0, corrected_gap([alike], [base]), worst_gap([alike], [base])),
            "gap": (GAP, corrected_gap([more], [base]), worst_gap([more], [base])),
            "J": (1 - 2 * rate, corrected_j([alike], [missed]), worst_j([alike], [missed])),
        }
        for name, (truth, figure, worst) in found.items():
            covered = figure is not None and figure.low <= truth <= figure.high
            width = float("nan") if figure is None else figure.high - figure.low
            rows[name].append((covered, width, worst[0] <= truth <= worst[1]))
    return {name: _summed(np.array(row, dtype=float)) for name, row in rows.items()}


def _summed(rows: np.ndarray) -> tuple[float, ...]:
    corrected = ~np.isnan(rows[:, 1])
    some = rows[corrected]
    seen = (some[:, 0].mean(), some[:, 1].mean()) if len(some) else (float("nan"), float("nan"))
    return (*seen, float(corrected.mean()), float(rows[:, 2].mean()))


def all_tables(runs: int) -> Iterator[str]:
    """Yield both tables, a line at a time; the second has half as many runs."""
    yield from table(runs)
    yield ""
    yield (
        f"Gaps of 0 (families alike in both languages) and of {GAP:.0%} to a language in which the judge is "
        f"{IN_ENGLISH[0]}/{IN_ENGLISH[1]}, and Youden's J of two rates alike; {runs // 2:,} runs each. Every cell has "
        "coverage, mean width, the share of runs corrected, and the coverage of the bound.\n"
    )
    yield "| judge | true rate | read of each | no gap | gap | J |"
    yield "|---|---|---|---|---|---|"
    for name, judge in JUDGES.items():
        for rate in RATES:
            for each in EACH:
                found = figures(rate, judge, each, runs // 2).values()
                cells = (
                    f"{cover:.3f}, {width:.2f}, {share:.0%}, {worst:.3f}" if share else f"none, {worst:.3f}"
                    for cover, width, share, worst in found
                )
                yield f"| {name} {judge[0]:.2f}/{judge[1]:.2f} | {rate:.0%} | {each} | {' | '.join(cells)} |"


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
    for line in all_tables(given.runs):
        print(line, flush=True)
        lines.append(f"{line}\n")
    if given.record:
        Path(__file__).with_suffix(".md").write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
