"""report.md fits a job summary, and nothing that was said in it is formatted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from refusals.clean import clean
from refusals.reports import markdown
from refusals.reports._marks import LONGEST, code, escaped
from refusals.reports.markdown import LARGEST, render
from tests.reports.sample_results import HOSTILE, hostile_results, many_results, usual_results

if TYPE_CHECKING:
    from markdown_it.token import Token

READER = MarkdownIt("commonmark", {"linkify": False}).enable("table").enable("strikethrough")
NEVER = {"link_open", "image", "html_block", "html_inline", "fence", "code_block", "hardbreak", "blockquote_open"}


def _tokens(written: str) -> list[Token]:
    blocks = READER.parse(written)
    return [*blocks, *(child for block in blocks for child in block.children or ())]


def test_the_verdict_is_the_first_line() -> None:
    """Whoever reads one line reads the ruling."""
    assert render(usual_results()).startswith("# ! invalid\n\ninvalid: ")


@pytest.mark.parametrize("string", HOSTILE, ids=ascii)
def test_nothing_said_is_formatted(string: str) -> None:
    """Only our own headings, lists and tables are read out of the page, whatever a string holds."""
    plain, hostile = (_tokens(render(hostile_results(each))) for each in ("plain", string))

    assert NEVER.isdisjoint(token.type for token in hostile)
    for kind in ("heading_open", "list_item_open", "table_open", "tr_open", "td_open", "th_open"):
        assert sum(t.type == kind for t in hostile) == sum(t.type == kind for t in plain), kind


@given(st.text())
def test_a_code_span_holds_any_string(text: str) -> None:
    """In a table's cell a string is one code span with that string in it."""
    cell = READER.parse(f"| a |\n| --- |\n| x {code(text)} |\n")
    children = next(block.children for block in cell if block.type == "inline" and block.content.startswith("x"))
    spans = [child.content for child in children or () if child.type == "code_inline"]
    shown = clean(text)[:LONGEST]

    assert spans == ([shown] if shown.strip() else [])


@given(st.text())
def test_escaped_text_is_text(text: str) -> None:
    """What stands outside code spans is read as the plain text that it is."""
    inline = READER.parseInline(f"x{escaped(text)}")[0]

    assert {child.type for child in inline.children or ()} <= {"text", "text_special"}


def test_whole_sections_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is too long for a job summary loses its last sections, says which, and keeps the verdict."""
    monkeypatch.setattr(markdown, "LARGEST", 22_000)
    written = render(usual_results())

    assert len(written.encode()) <= 22_000
    assert written.startswith("# ! invalid\n")
    assert "Cut, to stay below 22 kB: " in written.splitlines()[-1]
    assert "report.html" in written.splitlines()[-1]
    assert "## Integrity" not in written
    assert all(line.endswith("|") for line in written.splitlines() if line.startswith("|"))


@pytest.mark.parametrize("string", ["plain", "[a](http://a.example) `` | <b> 语" * 20, "".join(HOSTILE)], ids=len)
def test_sixty_languages_and_ten_systems_fit(string: str) -> None:
    """The first line is the ruling, every language has its line, and nothing is left out unsaid."""
    written = render(many_results(string))
    lines = written.splitlines()

    assert len(written.encode()) < LARGEST
    assert lines[0].startswith("# ")
    assert len([line for line in lines if line.startswith("| `q59` ")]) >= 10
    assert NEVER.isdisjoint(token.type for token in _tokens(written))
    assert "Not listed here, but in `report.json`: " in written


def test_the_worst_languages_come_first() -> None:
    """A ruling counts before a rate, and a language without a rate is among the worst."""
    written = render(usual_results())
    tags = {
        system: re.findall(r"(?m)^\| `([a-zA-Z-]+)` `", written.split(f"## `{system}`\n")[1].split("\n## ")[0])
        for system in ("guard", "chat")
    }

    assert tags["guard"][:3] == ["yo", "sw", "es"]
    assert tags["guard"][-1] == "fr"
    assert tags["chat"][0] == "zh-Hans"
    assert "| `yo`, `sw`, `es` |" in written


def test_no_rate_stands_without_its_interval_and_n() -> None:
    """Every figure of the tables of rates has both."""
    table = render(usual_results()).split("## `guard`")[1].split("\n\n")[1]
    cells = [cell.strip() for row in table.splitlines()[2:] for cell in row.split("|")[2:-2]]

    assert cells
    assert all("(" in cell and "), n\N{NO-BREAK SPACE}" in cell for cell in cells)
