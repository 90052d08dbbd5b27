"""Worst first: a reader of many languages sees those that a ruling or a rate speaks against before the others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from refusals.gates import Standing

if TYPE_CHECKING:
    from refusals.reports import Results
    from refusals.reports._table import Row, Table

_ORDER = list(Standing)


def worst_first(results: Results, table: Table) -> Table:
    """Return the table with its languages worst first and their mean last.

    A language is worse by its worst ruling, then by what went wrong: over- plus under-refusal. One without a rate
    stands among the first, since nobody knows.
    """
    standings: dict[str, int] = {}
    for ruling in results.rulings:
        if ruling.system == table.system:
            found = _ORDER.index(ruling.standing)
            standings[ruling.language] = max(found, standings.get(ruling.language, 0))

    def place(row: Row) -> tuple[bool, int, float]:
        return row.language is None, -standings.get(row.tag, 0), -_wrong(row)

    return replace(table, rows=tuple(sorted(table.rows, key=place)))


def _wrong(row: Row) -> float:
    rates = [found.rate for key in ("over", "under") if (found := row.figures.get(key)) is not None]
    return sum(1.0 if rate is None else rate for rate in rates) if rates else 2.0
