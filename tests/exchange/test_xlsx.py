"""A spreadsheet: nothing in it is a formula, and only what is to be edited can be."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from refusals.errors import InputError
from refusals.exchange import Sheet, Standing
from refusals.exchange._units import Unit
from tests.exchange.sheets import _unit, carried, read_back, written

DANGEROUS = '=HYPERLINK("http://localhost","a")'


SHARED = (
    '<Override PartName="/xl/sharedStrings.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
)


def sheet(text: str = "a", direction: str = "ltr") -> Sheet:
    """A sheet of one draft."""
    return Sheet(language="ar", direction=direction, units=(_unit(1, "Hello?", text, Standing.DRAFT),))


def opened(raw: bytes) -> Any:
    """Return the first page as a spreadsheet program sees it."""
    return openpyxl.load_workbook(BytesIO(raw)).active


def edited(raw: bytes, edit: Callable[[Any], None]) -> bytes:
    """Return a workbook that somebody has edited."""
    book = openpyxl.load_workbook(BytesIO(raw))
    edit(book.active)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "text", [DANGEROUS, "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "#N/A", "TRUE", "2026-01-01", "007"]
)
def test_no_text_is_a_formula_or_a_number(text: str) -> None:
    """Whatever it begins with, it is stored as a text, and stays one when its cell is edited."""
    cell = opened(written("xlsx", sheet(text)))["C2"]

    assert (cell.data_type, cell.value) == ("s", text)
    assert cell.quotePrefix
    assert cell.number_format == "@"


def test_only_text_and_state_can_be_edited() -> None:
    """Id, source and digest are locked against accidents, without a password."""
    page = opened(written("xlsx", sheet()))
    locked = {page.cell(1, at).value: page.cell(2, at).protection.locked for at in range(1, 10)}

    assert {name for name, is_locked in locked.items() if not is_locked} == {"text", "state"}
    assert {"id", "source", "digest"} < locked.keys()
    assert page.protection.sheet
    assert page.protection.password is None
    assert all(page.cell(2, at).alignment.wrap_text for at in range(1, 10))


def test_a_state_is_chosen_from_a_list() -> None:
    """A word that is none of ours is not let in."""
    (rule,) = opened(written("xlsx", sheet())).data_validations.dataValidation

    assert rule.formula1 == '"missing,stale,draft,checked,reviewed,adjudicated"'
    assert str(rule.sqref) == "D2"


@pytest.mark.parametrize(("direction", "right"), [("rtl", True), ("ltr", False)])
def test_the_page_runs_as_the_language_does(direction: str, *, right: bool) -> None:
    """The direction is a fact of the language."""
    page = opened(written("xlsx", sheet(direction=direction)))

    assert bool(page.sheet_view.rightToLeft) is right
    assert page["C2"].alignment.readingOrder == (2 if right else 1)


@pytest.mark.parametrize("value", ["=1+1", 42, True])
def test_what_is_no_text_is_a_problem(value: object) -> None:
    """What a program made of an entry is not what somebody has written."""
    raw = edited(written("xlsx", sheet()), lambda page: page["C2"].__setattr__("value", value))
    found = read_back("xlsx", raw)

    assert found.units == ()
    assert [str(problem) for problem in found.problems] == [
        "sw.xlsx:2:3 the text is a number, a date or a formula; format the cell as text"
    ]


def test_columns_may_be_moved_and_added() -> None:
    """They are found by name; rows may be sorted, and empty ones may stand between."""

    def edit(page: Any) -> None:
        page.insert_cols(1)
        page["A1"] = "my remarks"
        page.insert_rows(2, 3)

    found = read_back("xlsx", edited(written("xlsx", sheet()), edit))

    assert carried(found) == carried(sheet())
    assert found.units[0].place is not None
    assert str(found.units[0].place) == "sw.xlsx:5:4"


def test_what_excel_saves_is_read() -> None:
    """It moves texts into a table of their own, and escapes what looks like an escape; openpyxl undoes half of it."""
    raw = written("xlsx", sheet("SHARED"))
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(raw)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name).decode().replace("</Types>", f"{SHARED}</Types>")
            if name == "xl/worksheets/sheet1.xml":
                content = content.replace('t="inlineStr"><is><t>SHARED</t></is>', 't="s"><v>0</v>')
            new.writestr(name, content)
        table = '<si><t xml:space="preserve"> _x005F_x0041_ a_x000D_\nb </t></si>'
        main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        new.writestr("xl/sharedStrings.xml", f'<sst xmlns="{main}" count="1" uniqueCount="1">{table}</sst>')
    (unit,) = read_back("xlsx", out.getvalue()).units

    assert unit.text == " _x0041_ a\r\nb "


def test_a_text_that_no_cell_can_hold_is_not_cut() -> None:
    """The library would cut it, without a word."""
    with pytest.raises(InputError, match="the text has over 32,767 characters; export xliff"):
        written("xlsx", sheet("😀" * 16_384))
    assert read_back("xlsx", written("xlsx", sheet("a" * 32_767))).units[0].text == "a" * 32_767


def test_a_document_type_is_refused() -> None:
    """In every part of the package."""
    out = BytesIO(written("xlsx", sheet()))
    with zipfile.ZipFile(out, "a") as packed:
        packed.writestr("xl/more.xml", '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')

    with pytest.raises(InputError, match=r"sw\.xlsx/xl/more\.xml:1:1 a document type"):
        read_back("xlsx", out.getvalue())


def test_what_unpacks_to_too_much_is_refused() -> None:
    """Before it is unpacked."""
    out = BytesIO(written("xlsx", sheet()))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as packed, packed.open("xl/big.bin", "w") as member:
        for _ in range(257):
            member.write(bytes(2**20))

    with pytest.raises(InputError, match="unpacks to 269,"):
        read_back("xlsx", out.getvalue())


def test_a_workbook_without_the_columns_is_refused() -> None:
    """The columns that are needed are named."""
    raw = edited(written("xlsx", sheet()), lambda page: page["A1"].__setattr__("value", "key"))

    with pytest.raises(InputError, match="no page has the columns id, source, text, state, digest"):
        read_back("xlsx", raw)


def test_a_unit_is_a_row() -> None:
    """The label, the reason and the previous source stand beside the text."""
    unit = Unit(
        id="a/b/benign#text", source="s", digest="0", text="t", state="stale", label="benign", why="w", previous="p"
    )
    page = opened(written("xlsx", Sheet(language="ar", units=(unit,))))

    assert [cell.value for cell in page[2]] == ["a/b/benign#text", "s", "t", "stale", "benign", "w", "p", None, "0"]
    assert page.title == "ar"
