"""What is learned from other families is measured against what chance would give."""

from __future__ import annotations

import numpy as np
import pytest

from refusals.checks._out_of_family import leakage

LABELS = ("benign", "dual_use", "harmful") * 30
FAMILIES = tuple(f"f{number // 3}" for number in range(90))


def test_a_label_that_is_written_all_over_is_told() -> None:
    """A feature that is the label gives full accuracy, and no permutation does as well."""
    features = np.asarray([[label == "benign", label == "harmful"] for label in LABELS], dtype=float)
    found = leakage(features, LABELS, FAMILIES)

    assert found.accuracy == 1.0
    assert found.p < 0.01


def test_noise_tells_nothing() -> None:
    """Over many corpora without a leak the p-value is as often small as it says."""
    small = 0
    for seed in range(60):
        features = np.random.default_rng(seed).normal(size=(90, 8))
        found = leakage(features, LABELS, FAMILIES, seed=seed)
        assert 0.1 < found.accuracy < 0.6
        small += found.p < 0.1
    assert small <= 14


def test_what_a_family_has_in_common_is_no_leak() -> None:
    """A feature that marks the family, not the label, cannot help with another family."""
    features = np.asarray([[float(family[1:])] for family in FAMILIES])

    assert leakage(features, LABELS, FAMILIES).p > 0.05


def test_too_little_is_refused() -> None:
    """One family has no other to learn from."""
    with pytest.raises(ValueError, match="two families"):
        leakage(np.zeros((3, 1)), LABELS[:3], FAMILIES[:3])
