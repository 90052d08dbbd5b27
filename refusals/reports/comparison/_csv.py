"""Rows become CSV as that of a run's cells is written (`reports.csv`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from refusals.reports.csv import cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from refusals.reports._rows import Value


def written(columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> str:
    """Return the table, the names of its columns first."""
    import csv
    from io import StringIO

    table = StringIO()
    lines = csv.writer(table, lineterminator="\r\n")
    lines.writerow(columns)
    lines.writerows([cell(value) for value in row] for row in rows)
    return table.getvalue()
