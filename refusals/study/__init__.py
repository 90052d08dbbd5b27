"""A study says what is measured: systems, languages, policy, judge, gates, budget, corpus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from refusals.study.naming import parse_spec, told_apart, voter
from refusals.study.nouns import (
    BUILT_IN,
    JUDGES,
    Baseline,
    Budget,
    Calibration,
    GateSpec,
    JudgeSpec,
    Pilot,
    Selection,
    Sides,
    Study,
    SystemSpec,
    built_in_study,
)

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "BUILT_IN",
    "JUDGES",
    "Baseline",
    "Budget",
    "Calibration",
    "GateSpec",
    "JudgeSpec",
    "Pilot",
    "Selection",
    "Sides",
    "Study",
    "SystemSpec",
    "built_in_study",
    "load_study",
    "parse_spec",
    "told_apart",
    "voter",
]


def load_study(path: Path) -> Study:
    """Read a study.

    Raises:
        InputError: with the place of what is wrong.
    """
    from refusals.study.loading import load_study as load  # a study that is not read from a file needs no YAML

    return load(path)
