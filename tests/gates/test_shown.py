"""What a limit takes is said in numbers that somebody could mean."""

from __future__ import annotations

import pytest

from refusals.gates.shown import in_words, needed, never_shown
from refusals.statistics.intervals import needed_families
from refusals.study import GateSpec


@pytest.mark.parametrize(
    ("limit", "said"),
    [(0.05, f"{needed_families(0.05)}"), (1e-3, f"{needed_families(1e-3):,}"), (1e-310, "more than 20,000")],
)
def test_nobody_counts_families_without_end(limit: float, said: str) -> None:
    """Beyond what a search for power goes to, it is said to be more; the smallest number there is overflows nothing."""
    assert needed(limit) == said


def test_one_family_is_no_families() -> None:
    """A run of one is told so."""
    assert (in_words(1), in_words(2)) == ("1 family", "2 families")


@pytest.mark.parametrize(
    ("gate", "key"),
    [
        (GateSpec(measure="review-share", limit=0.0), "limit"),
        (GateSpec(measure="auroc", at_least=1.0), "at-least"),
        (GateSpec(measure="coverage", at_least=1.0), ""),
        (GateSpec(measure="over-refusal", margin=0.0), ""),
    ],
)
def test_an_interval_ends_neither_at_nothing_nor_at_all(gate: GateSpec, key: str) -> None:
    """A plain share does, and so may a difference."""
    assert never_shown(gate) == key
