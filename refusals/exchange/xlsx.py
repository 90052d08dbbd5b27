"""A spreadsheet, for people without a translator's tool; `openpyxl` reads and writes it."""

from __future__ import annotations

import re
import warnings
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING, Any

from refusals.errors import InputError, Place
from refusals.exchange._library import library
from refusals.exchange._plain_xml import refuse_document_types
from refusals.exchange._units import Problem, Sheet, Standing, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator

SUFFIXES = (".xlsx",)
TEXT = False

MAX_UNPACKED = 256 * 2**20
MAX_COLUMNS = 40
MAX_CELL = 32_767  # UTF-16 units that a cell can hold
_WIDTHS = {"id": 24, "source": 60, "text": 60, "state": 13, "label": 10, "why": 30, "previous": 30, "notes": 30}
_COLUMNS = (*_WIDTHS, "digest")
_READ = ("id", "source", "text", "state", "digest")
_OPEN = ("text", "state")
# What a spreadsheet reads as a character of its own is written with its first mark escaped.
_ESCAPABLE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile("_x(005F|000D)_")


def write(sheet: Sheet) -> bytes:
    """Return a workbook in which only text and state can be edited, and nothing is a formula.

    Raises:
        InputError: if a text is too long for a cell.
    """
    openpyxl = library("openpyxl", "xlsx")
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet.language
    page.append(_COLUMNS)
    for row, unit in enumerate(sheet.units, 2):
        for column, value in enumerate(_cells(unit), 1):
            _put(page.cell(row, column), _COLUMNS[column - 1], value, sheet)
    _furnish(page, len(sheet.units) + 1, sheet)
    about = book.create_sheet("about")
    for note in (*sheet.notes, *sorted({note for unit in sheet.units for note in unit.notes})):
        about.append([""])
        _put(about.cell(about.max_row, 1), "notes", note, sheet)
    about.column_dimensions["A"].width = 120
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _cells(unit: Unit) -> tuple[str, ...]:
    notes = "\n".join(unit.notes)
    told = (unit.id, unit.source, unit.text, unit.state, unit.label, unit.why, unit.previous, notes, unit.digest)
    for column, value in zip(_COLUMNS, told, strict=True):
        if len(value.encode("utf-16-le")) // 2 > MAX_CELL:
            raise InputError(f"{unit.id}: the {column} has over {MAX_CELL:,} characters; export xliff, po or jsonl")
    return told


def _put(cell: Any, column: str, value: str, sheet: Sheet) -> None:
    """Write a text as a text, whatever it begins with, and leave it one when it is edited."""
    styles = library("openpyxl.styles", "xlsx")
    if value:
        cell.value = _ESCAPABLE.sub("_x005F_", value)
        cell.data_type = "s"
    cell.number_format = "@"
    cell.quotePrefix = True
    right = column == "text" and sheet.direction == "rtl"
    cell.alignment = styles.Alignment(wrap_text=True, vertical="top", readingOrder=2 if right else 1)
    cell.protection = styles.Protection(locked=column not in _OPEN)


def _furnish(page: Any, last: int, sheet: Sheet) -> None:
    validation = library("openpyxl.worksheet.datavalidation", "xlsx")
    styles = library("openpyxl.styles", "xlsx")
    for number, column in enumerate(_COLUMNS, 1):
        letter = page.cell(1, number).column_letter
        page.column_dimensions[letter].width = _WIDTHS.get(column, 10)
        page.cell(1, number).font = styles.Font(bold=True)
        if column == "state":
            states = validation.DataValidation(type="list", formula1=f'"{",".join(Standing)}"', allow_blank=False)
            states.showErrorMessage = True
            states.error = f"one of {', '.join(Standing)}"
            states.add(f"{letter}2:{letter}{last}")
            page.add_data_validation(states)
    page.freeze_panes = "A2"
    page.auto_filter.ref = page.dimensions
    page.sheet_view.rightToLeft = sheet.direction == "rtl"
    page.protection.sheet = True  # against accidents: there is no password
    for allowed in ("formatColumns", "formatRows", "autoFilter"):
        setattr(page.protection, allowed, False)


def read(raw: bytes, name: str) -> Sheet:
    """Read the page that has the columns; its title is the language.

    Raises:
        InputError: if it is no workbook, or no page has the columns.
    """
    _look_inside(raw, name)
    openpyxl = library("openpyxl", "xlsx")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what it does not keep; nothing is written back
        try:
            book = openpyxl.load_workbook(BytesIO(raw), read_only=True)
            pages = {page.title: list(_rows(page)) for page in book.worksheets}
        except Exception as error:
            raise InputError(f"{name}: not a workbook that can be read: {type(error).__name__}: {error}") from error
    for title, rows in pages.items():
        columns = _columns(rows[0][1]) if rows else {}
        if not set(_READ) - set(columns):
            return _sheet(title, rows[1:], columns, name)
    raise InputError(f"{name}: no page has the columns {', '.join(_READ)} in its first row")


def _look_inside(raw: bytes, name: str) -> None:
    """Make sure that the library meets nothing that grows, before it reads a byte."""
    try:
        with zipfile.ZipFile(BytesIO(raw)) as packed:
            _small(sum(member.file_size for member in packed.infolist()), name)
            for member in packed.namelist():
                if member.endswith((".xml", ".rels", ".vml")):
                    refuse_document_types(packed.read(member), f"{name}/{member}")
    except InputError:
        raise
    except Exception as error:
        raise InputError(f"{name}: not a workbook (.xlsx): {type(error).__name__}: {error}") from error


def _small(size: int, name: str) -> None:
    if size > MAX_UNPACKED:
        raise InputError(f"{name}: unpacks to {size:,} bytes; allowed: {MAX_UNPACKED:,}")


def _rows(page: Any) -> Iterator[tuple[int, Any]]:
    """Yield the rows that are not empty, with their numbers; a page can have a million that are."""
    for number, row in enumerate(page.iter_rows(max_col=MAX_COLUMNS), 1):
        if any(cell.value is not None for cell in row):
            yield number, row


def _columns(row: Any) -> dict[str, int]:
    return {str(cell.value).strip().lower(): at for at, cell in enumerate(row) if cell.value is not None}


def _sheet(title: str, rows: list[tuple[int, Any]], columns: dict[str, int], name: str) -> Sheet:
    found = [each for number, row in rows for each in _row(row, number, columns, name)]
    return Sheet(
        language=title,
        units=tuple(each for each in found if isinstance(each, Unit)),
        problems=tuple(each for each in found if isinstance(each, Problem)),
    )


def _row(row: Any, number: int, columns: dict[str, int], name: str) -> Iterator[Unit | Problem]:
    cells = {key: row[columns[key]] for key in _READ if columns[key] < len(row)}
    strange = [
        key for key, cell in cells.items() if cell.value is not None and cell.data_type not in ("s", "inlineStr")
    ]
    if strange:
        place = Place(name, number, columns[strange[0]] + 1)
        yield Problem(
            message=f"the {strange[0]} is a number, a date or a formula; format the cell as text", place=place
        )
        return
    told = {key: _ESCAPED.sub(_character, cell.value or "") for key, cell in cells.items()}
    place = Place(name, number, columns["text"] + 1)
    yield Unit(
        id=told["id"].strip(),
        source=told["source"],
        digest=told["digest"].strip(),
        text=told["text"],
        state=told["state"].strip().lower(),
        place=place,
    )


def _character(found: re.Match[str]) -> str:
    return "_" if found[1] == "005F" else "\r"
