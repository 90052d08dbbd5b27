"""Power of paired differences is what the intervals of simulated pairs of runs would show."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from refusals.statistics.contrasts import paired_gap
from refusals.statistics.paired_power import (
    Changes,
    families_within,
    least,
    margin_shown,
    no_worse,
    power_to_alarm,
    power_to_find,
    power_within,
)
from refusals.statistics.power import Design

ONE_EACH = Design(families=60, cells=1, correlation=0.0)


def enumerated(changes: Changes) -> list[tuple[float, float, float, int, int]]:
    """Return probability, low and high of every outcome of one cell in each of 60 families, by scipy's multinomial."""
    law = stats.multinomial(60, [changes.plus, changes.minus, 1 - changes.plus - changes.minus])
    found = []
    for plus in range(25):
        for minus in range(15):
            marks = np.arange(60)
            gap = paired_gap(marks < plus, (marks >= plus) & (marks < plus + minus), np.ones(60))
            assert gap is not None
            found.append((float(law.pmf([plus, minus, 60 - plus - minus])), gap.low, gap.high, plus, minus))
    return found


def test_with_one_cell_a_family_it_is_the_enumeration_of_all_outcomes() -> None:
    """Every outcome with its probability, and the interval that `paired_gap` makes of it."""
    changes = Changes(plus=0.12, minus=0.02)
    rows = enumerated(changes)

    assert power_to_find(ONE_EACH, changes) == pytest.approx(sum(row[0] for row in rows if row[1] > 0), abs=0.02)
    within = sum(row[0] for row in rows if row[2] <= 0.2)
    assert power_within(ONE_EACH, changes, 0.2, level=0.95) == pytest.approx(within, abs=0.02)
    signs = [row[0] for row in rows if stats.binom(row[3] + row[4], 0.5).sf(row[3] - 1) <= 0.01]
    assert power_to_alarm(ONE_EACH, changes, languages=5) == pytest.approx(sum(signs), abs=1e-6)


def test_power_rises_with_families_and_with_what_there_is_to_see() -> None:
    """More families find less, and what is found is found with the power that was asked for."""
    found = []
    for families in (60, 240):
        design = Design(families=families, cells=5, correlation=0.1)
        worse = least(design, 0.03, power_to_find)
        assert worse is not None
        assert power_to_find(design, Changes(plus=0.015 + worse, minus=0.015)) == pytest.approx(0.8, abs=0.03)
        margin = margin_shown(design, 0.03)
        assert margin is not None
        assert power_within(design, no_worse(0.03), margin) >= 0.8
        found.append((worse, margin))

    assert found[1][0] < found[0][0]
    assert found[1][1] < found[0][1]


def test_needed_families_keep_the_margin() -> None:
    """So many families show it, a tenth fewer do not."""
    design = Design(families=1, cells=10, correlation=0.1)
    number = families_within(design, 0.03, 0.02)

    assert number is not None
    for families, enough in ((number, True), (round(number * 0.85), False)):
        larger = Design(families=families, cells=10, correlation=0.1)
        assert (power_within(larger, no_worse(0.03), 0.02) >= 0.8) is enough


def test_what_cannot_be_found_is_none() -> None:
    """Three families show nothing."""
    few = Design(families=3, cells=1, correlation=0.0)

    assert least(few, 0.03, power_to_find) is None
    assert margin_shown(few, 0.03) is None
