"""The JSON comparison is for programs: its keys do not change without a changelog entry (schemas/comparison.json)."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from refusals.reports.comparison._flips import changed_cells
from refusals.reports.comparison._sentences import in_one_line, notes
from refusals.reports.json import as_gate, dumped, listed

if TYPE_CHECKING:
    from refusals.reports.comparison import Compared
    from refusals.statistics.comparison import Difference

FILE = "compare.json"


def render(compared: Compared) -> str:
    """Return the comparison as ASCII JSON, one difference, ruling or cell a line, so that two can be diffed."""
    from refusals.reports.comparison import SCHEMA

    parts = {
        "schema": dumped(SCHEMA),
        "ruling": dumped(compared.standing),
        "sentence": dumped(in_one_line(compared)),
        "notes": dumped(notes(compared)),
        "margin": dumped(compared.margin),
        "alarm": dumped(compared.alarm),
        "differing": listed(map(asdict, compared.differing)),
        "baseline": dumped(asdict(compared.baseline), indent=1),
        "candidate": dumped(asdict(compared.candidate), indent=1),
        "pairings": listed(map(asdict, compared.comparison.pairings)),
        "differences": listed(map(_difference, compared.comparison.differences)),
        "gates": listed(map(as_gate, compared.rulings)),
        "flips": listed(map(asdict, changed_cells(compared).cells)),
    }
    return "{\n" + ",\n".join(f'"{key}": {value}' for key, value in parts.items()) + "\n}\n"


def _difference(each: Difference) -> dict[str, Any]:
    return {**asdict(each), "group": dict(each.group)}
