"""The CSV report is for spreadsheets and notebooks: one row a cell, with every fact of trial and outcome.

It is made when it is asked for: `refusals report RUN --format csv --out outcomes.csv`. UTF-8, commas, lines that end in
CRLF and quotes as RFC 4180 has them; an empty cell is what is not known. So that no spreadsheet takes a text for a
formula, every string that begins with `=`, `+`, `-`, `@`, their full-width forms, a tab or a line break has a `'`
before it (OWASP, CSV injection); numbers never have. What steers a terminal or reorders text is shown by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from refusals.clean import clean
from refusals.reports._rows import Shape, Value, cleaned, columns_of, rows_of

if TYPE_CHECKING:
    from refusals.reports import Results

FILE = ""
_FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20\t\r\n")
_TRUTH = {True: "true", False: "false"}


def render(results: Results, *, show_text: bool = False) -> str:
    """Return the table, its columns' names first; prompts and replies are columns with `show_text` only."""
    import csv
    from io import StringIO

    columns = columns_of(show_text=show_text)
    written = StringIO()
    lines = csv.writer(written, lineterminator="\r\n")
    lines.writerow([column.name for column in columns])
    lines.writerows(
        [cell(value, lines=column.shape is Shape.TEXT) for column, value in zip(columns, row, strict=True)]
        for row in rows_of(results, columns)
    )
    return written.getvalue()


def cell(value: Value, *, lines: bool = False) -> str:
    """Return a value as a cell that a spreadsheet shows and never works out."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _TRUTH[value]
    if not isinstance(value, str):
        return repr(value)
    plain = clean(value, lines=True) if lines else cleaned(value)
    return f"'{plain}" if plain.startswith(_FORMULA) else plain
