"""Rows become CSV that a spreadsheet shows and never works out.

UTF-8, commas, lines that end in CRLF and quotes as RFC 4180 has them. A string that begins as a formula does has a `'`
before it (OWASP, CSV injection); numbers never have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from refusals.clean import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")


def written(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return the table, the names of its columns first."""
    import csv
    from io import StringIO

    table = StringIO()
    lines = csv.writer(table, lineterminator="\r\n")
    lines.writerow(columns)
    lines.writerows([_cell(value) for value in row] for row in rows)
    return table.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    plain = clean(str(value))
    return f"'{plain}" if plain.startswith(_FORMULA) else plain
