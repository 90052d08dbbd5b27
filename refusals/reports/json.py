"""The JSON report is for programs: its keys do not change without a changelog entry (schemas/report.json)."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, fields
from math import isfinite
from typing import TYPE_CHECKING, Any

from refusals.clean import clean
from refusals.reports._table import systems_of
from refusals.reports._tiers import tiers_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from refusals.gates import Ruling
    from refusals.gates.rulings import Evidence
    from refusals.reports import Results
    from refusals.statistics import Estimate
    from refusals.statistics.operating import OperatingPoint

FILE = "report.json"

UNANSWERED = "not_run"
"""What a planned cell without a stored outcome is counted as."""


def render(results: Results, *, show_text: bool = False) -> str:  # noqa: ARG001 - it never holds texts
    """Return the report as ASCII JSON, one estimate, ruling or count a line, so that two runs can be diffed."""
    from refusals.reports import SCHEMA

    parts = {
        "schema": json.dumps(SCHEMA),
        "manifest": dumped(asdict(results.manifest), indent=1),
        "ruling": dumped(results.standing),
        "estimates": listed(_estimate(estimate) for estimate in results.estimates),
        "gates": listed(as_gate(ruling) for ruling in results.rulings),
        "outcomes": listed(_outcomes(results)),
        "repeats": listed(map(asdict, results.repeats)),
        "thresholds": listed(map(_threshold, results.operating)),
        "curves": listed(_curves(results)),
        "tiers": listed(asdict(each) for name in systems_of(results) for each in tiers_of(results, name)),
        "agreement": listed({**asdict(each), "roles": dict(each.roles)} for each in results.agreements),
        "splits": listed({**asdict(each), "counts": dict(each.counts)} for each in results.splits),
    }
    return "{\n" + ",\n".join(f'"{key}": {value}' for key, value in parts.items()) + "\n}\n"


def _estimate(estimate: Estimate) -> dict[str, Any]:
    return {
        "system": estimate.system,
        "measure": estimate.measure,
        "language": estimate.language,
        "group": dict(estimate.group),
        "n": estimate.n,
        "families": estimate.families,
        "count": estimate.count,
        "rate": estimate.rate,
        "low": estimate.low,
        "high": estimate.high,
        "design_effect": estimate.design_effect,
        "undecided": estimate.undecided,
        "worst_low": estimate.worst_low,
        "worst_high": estimate.worst_high,
        "correction": estimate.correction or None,
    }


def as_gate(ruling: Ruling) -> dict[str, Any]:
    """Return a ruling as an entry of `gates`."""
    return {
        "gate": ruling.gate,
        "system": ruling.system,
        "language": ruling.language,
        "label": ruling.label or None,
        "group": dict(ruling.group),
        "bound": ruling.bound,
        "limit": ruling.limit,
        "rate": ruling.rate,
        "low": ruling.low,
        "high": ruling.high,
        "ruling": ruling.standing,
        "reason": ruling.reason,
        "evidence": _evidence(ruling.evidence),
    }


def _evidence(found: Evidence | None) -> dict[str, Any] | None:
    """Return how a suite was decided; an e-value beyond what a number holds is null."""
    if found is None:
        return None
    return {key: value if isfinite(value) else None for key, value in asdict(found).items()}


def _outcomes(results: Results) -> Iterator[dict[str, Any]]:
    counts: Counter[tuple[str, str, str]] = Counter()
    for trial in results.plan.trials:
        outcome = results.outcomes.get(trial.id)
        counts[trial.system, trial.language, outcome.ending if outcome else UNANSWERED] += 1
    for (system, language, ending), count in sorted(counts.items()):
        yield {"system": system, "language": language, "outcome": ending, "count": count}


def _threshold(point: OperatingPoint) -> dict[str, Any]:
    return {field.name: getattr(point, field.name) for field in fields(point) if field.name != "curve"}


def _curves(results: Results) -> Iterator[dict[str, Any]]:
    for found in results.operating:
        for point in found.curve:
            row: dict[str, Any] = {"system": found.system, "language": point.language, "threshold": point.threshold}
            for name, rate in (("over", point.over), ("under", point.under)):
                keys = (name, f"{name}_low", f"{name}_high")
                row |= dict(zip(keys, rate or (None, None, None), strict=True))
            yield row


def listed(items: Iterable[dict[str, Any]]) -> str:
    """Return an array with an item a line."""
    rows = [dumped(item) for item in items]
    return "[\n" + ",\n".join(rows) + "\n]" if rows else "[]"


def dumped(content: Any, indent: int | None = None) -> str:
    """Return ASCII JSON whose strings are cleaned; NaN is refused."""
    return json.dumps(_cleaned(content), allow_nan=False, indent=indent)


def _cleaned(content: Any) -> Any:
    if isinstance(content, str):
        return clean(content, lines=True)
    if isinstance(content, dict):
        return {clean(str(key)): _cleaned(value) for key, value in content.items()}
    return [_cleaned(item) for item in content] if isinstance(content, list | tuple) else content
