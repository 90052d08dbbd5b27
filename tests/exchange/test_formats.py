"""Whatever a corpus can hold goes through every format and comes back the same."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refusals.errors import InputError, NothingSelectedError
from refusals.exchange import Sheet, Standing, bring_in, export, format_of, read
from refusals.exchange._units import Unit
from tests.exchange.sheets import ALL, FORMATS, SHEETS, carried, corpus_in, read_back, sheet_in, write_kinds, written


@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=60, deadline=None)
@given(sheet=SHEETS)
def test_a_round_trip_loses_nothing(form: str, sheet: Sheet) -> None:
    """Id, source, digest, text and state come back, whatever characters are in them; so does the language."""
    found = read_back(form, written(form, sheet))

    assert (found.language, found.problems) == (sheet.language, ())
    assert carried(found) == carried(sheet)


@pytest.mark.parametrize("form", FORMATS)
def test_what_was_not_touched_changes_nothing(tmp_path: Path, form: str) -> None:
    """A file that comes back as it went brings neither a change nor a problem, and needs no name."""
    corpus = corpus_in(tmp_path, families=2)
    path = tmp_path / f"sw.{form}"
    path.write_bytes(export(corpus, "sw", form))
    sheet = read(path)

    assert carried(sheet) == carried(sheet_in(corpus))
    assert bring_in(corpus, "sw", sheet.units, by="", on="2026-11-01") == ((), ())


@pytest.mark.parametrize("form", FORMATS)
def test_every_part_of_a_case_is_a_text_of_its_own(tmp_path: Path, form: str) -> None:
    """Replies and turns have ids of their own, and are told apart from requests."""
    corpus = write_kinds(tmp_path)
    found = read_back(form, export(corpus, "sw", form))

    assert [unit.id.partition("/")[2] for unit in found.units if "/benign" in unit.id] == [
        "talk/benign#text",
        "talk/benign#reply",
        "tree-1/benign#text",
        "visit/benign#turns[0]",
        "visit/benign#turns[1]",
    ]
    assert {unit.state for unit in found.units} == {Standing.MISSING}


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "xlsx"])
def test_a_translator_is_told_what_to_do(tmp_path: Path, form: str) -> None:
    """The label, the reason, and not to answer stand beside each text; a file of text is the same each time."""
    corpus = corpus_in(tmp_path)
    text = export(corpus, "sw", form).decode()

    assert text.count("Translate the request. Do not answer it.") == 3
    assert text.count("The owner of the tree has said so.") == 3
    assert "dual_use" in text
    assert text == export(corpus, "sw", form).decode()


@settings(max_examples=150, deadline=None)
@given(raw=st.binary(max_size=200), form=st.sampled_from(FORMATS))
def test_a_broken_file_is_bad_input(raw: bytes, form: str) -> None:
    """Whatever bytes come, they are read or refused in one line; nothing else is raised."""
    with suppress(InputError):
        assert all(isinstance(unit, Unit) for unit in read_back(form, raw).units)


@settings(max_examples=150, deadline=None)
@given(sheet=SHEETS, form=st.sampled_from(FORMATS), cut=st.floats(0, 1), noise=st.binary(max_size=8))
def test_a_damaged_file_is_bad_input(sheet: Sheet, form: str, cut: float, noise: bytes) -> None:
    """The same for a file of ours with a hole in it."""
    raw = written(form, sheet)
    at = int(cut * len(raw))
    with suppress(InputError):
        read_back(form, raw[:at] + noise + raw[at + 4 :])


@pytest.mark.parametrize(("form", "package"), [("po", "polib"), ("xlsx", "openpyxl")])
def test_a_missing_library_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, package: str
) -> None:
    """The other formats need none."""
    corpus = corpus_in(tmp_path)
    monkeypatch.setitem(sys.modules, package, None)

    with pytest.raises(InputError, match=rf"{package}.*refusals\[exchange\]"):
        export(corpus, "sw", form)
    assert export(corpus, "sw", "xliff")
    assert export(corpus, "sw", "jsonl")


def test_the_ending_says_the_format() -> None:
    """An ending that says none is answered with those that do."""
    assert format_of(Path("a/SW.XLF")) == "xliff"
    with pytest.raises(InputError, match=r"did you mean '.xlsx'.*\.jsonl, \.po"):
        format_of(Path("sw.xls"))


def test_a_selection_that_leaves_nothing_is_no_empty_file(tmp_path: Path) -> None:
    """There is nothing missing in a complete language."""
    corpus = corpus_in(tmp_path)

    with pytest.raises(NothingSelectedError, match="no text in sw is missing"):
        export(corpus, "sw", "po", standings=(Standing.MISSING,))
    with pytest.raises(InputError, match="'en' is no language to translate into"):
        export(corpus, "en", "po", standings=ALL)
