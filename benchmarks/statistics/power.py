"""How often runs show what `refusals plan --power` promises of them; prints tables.

python benchmarks/statistics/power.py [--repetitions 1000] [--record]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.statistics.contrast_power import of_areas, of_youden
from benchmarks.statistics.recorded import main
from refusals.statistics.clustered import language_mean
from refusals.statistics.contrasts import paired_gap
from refusals.statistics.differences import alarms
from refusals.statistics.paired_power import (
    Changes,
    least,
    margin_shown,
    no_worse,
    power_to_alarm,
    power_to_find,
    power_within,
)
from refusals.statistics.power import Design, passing_rate, power_to_pass

if TYPE_CHECKING:
    from numpy.typing import NDArray

LANGUAGES = 28
DESIGNS = (  # families, cells of a family, correlation
    (168, 1, 0.0),
    (336, 1, 0.0),
    (168, LANGUAGES, 0.05),
    (168, LANGUAGES, 0.2),
    (168, LANGUAGES, 0.4),
    (336, 5, 0.2),
    (42, LANGUAGES, 0.2),
)
LIMIT, DISCORDANCE, ALPHA = 0.05, 0.03, 0.05


def rates(chance: np.random.Generator, design: Design, shares: tuple[float, ...]) -> NDArray[np.float64]:
    """Return the families' own shares, which sum to 1: Dirichlet, or the same for all without correlation."""
    if not design.correlation:
        return np.broadcast_to(shares, (design.families, len(shares)))
    return chance.dirichlet(np.maximum(shares, 1e-12) * (1 / design.correlation - 1), design.families)


def passes(chance: np.random.Generator, design: Design, rate: float) -> bool:
    """Whether the upper bound of one run at a true rate is within the limit."""
    wrong = chance.binomial(design.cells, rates(chance, design, (rate, 1 - rate))[:, 0])
    found = language_mean(wrong[np.newaxis], np.full((1, design.families), design.cells))
    return found is not None and found.high <= LIMIT


def changed(chance: np.random.Generator, design: Design, changes: Changes) -> tuple[NDArray[np.int64], ...]:
    """Return what has become wrong and right in each family of one pair of runs."""
    shares = (changes.plus, changes.minus, 1 - changes.plus - changes.minus)
    counts = chance.multinomial(design.cells, rates(chance, design, shares))
    return counts[:, 0], counts[:, 1]


def high_and_low(design: Design, counts: tuple[NDArray[np.int64], ...], level: float) -> tuple[float, float]:
    """Return the ends of the interval of the paired difference, the upper first."""
    found = paired_gap(*counts, np.full(design.families, design.cells), level=level)
    return (1.0, -1.0) if found is None else (found.high, found.low)


def alarmed(chance: np.random.Generator, design: Design, changes: Changes) -> bool:
    """Whether the one language that is worse, of all, raises the alarm of `alarms`."""
    same = [changed(chance, design, no_worse(DISCORDANCE)) for _ in range(LANGUAGES - 1)]
    plus, minus = zip(changed(chance, design, changes), *same, strict=True)
    return alarms(np.array(plus), np.array(minus), flips=1000)[0] <= ALPHA


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _and_less(found: float | None, part: float) -> tuple[float, ...]:
    return () if found is None else (found, part * found)


def of_rates(runs: int) -> Iterator[str]:
    """Yield the table of gates on a rate."""
    yield f"\nA gate of {LIMIT:.0%}: how often it passes, promised and simulated.\n"
    yield _row("families", "cells each", "correlation", "true rate", "promised", "simulated")
    yield "|---|---|---|---|---|---|"
    for families, cells, correlation in DESIGNS:
        design = Design(families=families, cells=cells, correlation=correlation)
        reached = passing_rate(design, LIMIT)
        for rate in (*([] if reached is None else [reached]), LIMIT / 2, LIMIT / 5):
            chance = np.random.default_rng([families, cells, int(1e5 * rate)])
            found = sum(passes(chance, design, rate) for _ in range(runs)) / runs
            promised = power_to_pass(design, LIMIT, rate)
            yield _row(families, cells, correlation, f"{rate:.2%}", f"{promised:.2f}", f"{found:.2f}")


def of_changes(runs: int) -> Iterator[str]:
    """Yield the table of paired differences."""
    yield f"\nTwo runs of which {DISCORDANCE:.0%} of cells differ beside what is worse: how often that shows.\n"
    yield _row("families", "cells each", "correlation", "what shows", "promised", "simulated")
    yield "|---|---|---|---|---|---|"
    same, half = no_worse(DISCORDANCE), DISCORDANCE / 2
    for families, cells, correlation in DESIGNS:
        design = Design(families=families, cells=cells, correlation=correlation)
        chance = np.random.default_rng([families, cells, int(100 * correlation)])
        size = (families, cells, correlation)
        for worse in _and_less(least(design, DISCORDANCE, power_to_find), 0.5):
            changes = Changes(plus=half + worse, minus=half)
            shown = sum(high_and_low(design, changed(chance, design, changes), 0.95)[1] > 0 for _ in range(runs))
            promised = power_to_find(design, changes)
            yield _row(*size, f"worse by {100 * worse:.1f} points", f"{promised:.2f}", f"{shown / runs:.2f}")
        for margin in _and_less(margin_shown(design, DISCORDANCE), 0.7):
            shown = sum(high_and_low(design, changed(chance, design, same), 0.9)[0] <= margin for _ in range(runs))
            promised = power_within(design, same, margin)
            yield _row(*size, f"no worse by {100 * margin:.1f} points", f"{promised:.2f}", f"{shown / runs:.2f}")


def of_alarms(runs: int) -> Iterator[str]:
    """Yield the table of alarms."""
    yield f"\nOne of {LANGUAGES} languages is worse, one cell a family: how often the max-T alarm names it.\n"
    yield _row("families", "worse by", "promised", "simulated")
    yield "|---|---|---|---|"
    for families in (168, 336):
        design = Design(families=families, cells=1, correlation=0.0)
        chance = np.random.default_rng(families)
        worse = least(design, DISCORDANCE, lambda d, c: power_to_alarm(d, c, LANGUAGES, ALPHA)) or 0.0
        for extra in (worse, worse / 2):
            changes = Changes(plus=DISCORDANCE / 2 + extra, minus=DISCORDANCE / 2)
            shown = sum(alarmed(chance, design, changes) for _ in range(runs)) / runs
            promised = power_to_alarm(design, changes, LANGUAGES, ALPHA)
            yield _row(families, f"{100 * extra:.1f} points", f"{promised:.2f}", f"{shown:.2f}")


def table(runs: int) -> Iterator[str]:
    """Yield the tables, a line at a time."""
    yield (
        f"{runs:,} runs each, {runs // 2:,} for AUROC, {runs // 5:,} for alarms; one standard error is at most "
        f"{0.5 / runs**0.5:.3f}, {0.5 / (runs // 2) ** 0.5:.3f} and {0.5 / (runs // 5) ** 0.5:.3f}."
    )
    yield from of_rates(runs)
    yield from of_youden(runs)
    yield from of_areas(runs // 2)
    yield from of_changes(runs)
    yield from of_alarms(runs // 5)


if __name__ == "__main__":
    main(__file__, __doc__, table, repetitions=1000)
