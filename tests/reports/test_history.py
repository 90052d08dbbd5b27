"""A cell that flipped since the baseline shows what it was; a cell that did not shows nothing."""

from __future__ import annotations

from dataclasses import replace

from refusals.reports._history import history_of
from tests.reports.sample_results import one_flip


def test_only_what_flipped_has_a_past() -> None:
    """With the name of the run, how the cell went there, and its ending."""
    results, flipped = one_flip()

    assert history_of(replace(results, compared=None)) == {}
    assert history_of(results) == {flipped.id: [(f"baseline of {results.manifest.finished}", "right", "complied")]}
