"""Beside languages, rates are shown by domain, kind, mechanism, script, tier and state of the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from refusals.reports._table import HEADLINE, Column
from refusals.statistics import ALL_LANGUAGES, GROUPS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from refusals.reports import Results
    from refusals.statistics import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One value of a group, over all languages."""

    value: str
    figures: Mapping[str, Estimate | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A way to slice, such as by domain."""

    key: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]


_COLUMNS = tuple(column for column in HEADLINE if column.key in ("over", "under", "dual"))


def groups_of(results: Results, system: str) -> tuple[Group, ...]:
    """Return the groups of a system that have more than one value."""
    found: dict[str, dict[str, dict[str, Estimate]]] = {}
    for estimate in results.estimates:
        if estimate.system == system and estimate.language == ALL_LANGUAGES and len(estimate.group) == 1:
            key, value = estimate.group[0]
            found.setdefault(key, {}).setdefault(value, {})[estimate.measure] = estimate
    return tuple(_group(key, found[key]) for key in GROUPS if len(found.get(key, ())) > 1)


def _group(key: str, values: Mapping[str, Mapping[str, Estimate]]) -> Group:
    columns = tuple(column for column in _COLUMNS if any(column.measure in figures for figures in values.values()))
    lines = tuple(
        Line(value=value, figures={column.key: values[value].get(column.measure) for column in columns})
        for value in sorted(values)
    )
    return Group(key=key, columns=columns, lines=lines)
