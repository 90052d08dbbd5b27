"""Beside languages, rates are shown by domain, kind, mechanism, axis, script, tier and state of the text.

Variants of a language, such as romanised writing, are shown beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from refusals.reports._table import FURTHER, HEADLINE, Column
from refusals.statistics import ALL_LANGUAGES, BESIDE, GROUPS

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


_VARIANT = tuple(replace(column, about="paired difference to its parent") for column in FURTHER if "gap" in column.key)
_COLUMNS = tuple(column for column in HEADLINE if column.key in ("over", "under", "dual"))


def groups_of(results: Results, system: str) -> tuple[Group, ...]:
    """Return the groups of a system that have more than one value."""
    found: dict[str, dict[str, dict[str, Estimate]]] = {}
    for estimate in results.estimates:
        if estimate.system == system and estimate.language == ALL_LANGUAGES and len(estimate.group) == 1:
            key, value = estimate.group[0]
            found.setdefault(key, {}).setdefault(value, {})[estimate.measure] = estimate
    groups = [_group(key, found[key]) for key in GROUPS if len(found.get(key, ())) > 1]
    return (*groups, *_variants(results, system))


def _variants(results: Results, system: str) -> tuple[Group, ...]:
    found: dict[str, dict[str, Estimate]] = {}
    for estimate in results.estimates:
        if estimate.system == system and estimate.group and estimate.group[0][0] == BESIDE:
            found.setdefault(f"{estimate.language} beside {estimate.group[0][1]}", {})[estimate.measure] = estimate
    return (_group("variant", found, _VARIANT),) if found else ()


def _group(key: str, values: Mapping[str, Mapping[str, Estimate]], shown: tuple[Column, ...] = _COLUMNS) -> Group:
    columns = tuple(column for column in shown if any(column.measure in figures for figures in values.values()))
    lines = tuple(
        Line(value=value, figures={column.key: values[value].get(column.measure) for column in columns})
        for value in sorted(values)
    )
    return Group(key=key, columns=columns, lines=lines)
