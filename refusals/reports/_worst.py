"""The languages with the worst figures of a system, each with its interval; one without a figure is not among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from refusals.reports._table import Column, Table
    from refusals.statistics import Estimate

KEYS = ("over", "under")
SHOWN = 3


def worst_of_system(table: Table) -> tuple[tuple[Column, tuple[Estimate, ...]], ...]:
    """Return, for over- and under-refusal, the figures of the languages that have most of it, the worst first."""
    found = []
    for column in table.columns:
        if column.key in KEYS:
            figures = [e for row in table.rows if row.language and (e := row.figures.get(column.key)) is not None]
            wrong = [each for each in figures if each.rate]
            if len({each.rate for each in figures}) < 2:  # one language, or all alike: none is the worst
                continue
            found.append((column, tuple(sorted(wrong, key=lambda each: -(each.rate or 0.0))[:SHOWN])))
    return tuple(found)
