"""PO: flags say less than our states, and nothing is made up where they are silent."""

from __future__ import annotations

from pathlib import Path

import pytest

from refusals.errors import InputError
from refusals.exchange import Sheet, Standing
from tests.exchange.sheets import _unit, read_back, written

HEAD = 'msgid ""\nmsgstr "Language: pt_BR\\n"\n\n'
ENTRY = 'msgctxt "garden/tree-1/benign#text"\nmsgid "Hello?"\nmsgstr "{text}"\n'


@pytest.mark.parametrize(
    ("before", "text", "state"),
    [
        ("", "", "missing"),
        ("#, fuzzy\n", "", "missing"),
        ("#, fuzzy\n", "a", "draft"),
        ("#. refusals: source=00000001 state=stale\n#, fuzzy\n", "a", "stale"),
        ("#. refusals: source=00000001 state=reviewed\n#, fuzzy\n", "a", "draft"),
        ("", "a", "checked"),
        ("#. refusals: source=00000001 state=draft\n", "a", "checked"),
        ("#. refusals: source=00000001 state=missing\n", "a", "checked"),
        ("#. refusals: source=00000001 state=adjudicated\n", "a", "adjudicated"),
        ("#. Why: refusals: source=00000001 state=adjudicated\n", "a", "checked"),
    ],
)
def test_the_flag_says_the_state(before: str, text: str, state: str) -> None:
    """The comment only tells apart what PO cannot, and never contradicts the flag."""
    found = read_back("po", f"{HEAD}{before}{ENTRY.format(text=text)}".encode())

    assert found.language == "pt-BR"
    assert [str(unit.state) for unit in found.units] == [state]


def test_a_stale_text_shows_what_the_source_was() -> None:
    """As msgmerge writes it, so that tools show the difference."""
    text = written("po", Sheet(language="sw", units=(_unit(1, "new", "old", Standing.STALE),))).decode()

    assert '#| msgid "old"\n' in text
    assert "#, fuzzy\n" in text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f'{HEAD}msgid "a"\nmsgstr "abc\n', "sw.po:5:1 the quotation mark at the end"),
        (f"{HEAD}nonsense\n", "not a PO file: Syntax error"),
        (f'{HEAD}msgid "a\u2028"\n', "sw.po:4:1 the character U+2028"),
        (f"{HEAD}#| msgid\n", "not a PO file"),
    ],
)
def test_a_broken_file_is_refused(text: str, message: str) -> None:
    """A quotation mark that is missing would cut the last character off."""
    with pytest.raises(InputError) as caught:
        read_back("po", text.encode())
    assert message in str(caught.value)


def test_a_content_is_never_taken_for_a_path(tmp_path: Path) -> None:
    """The library opens what looks like a file's name; ours does not let it."""
    secret = tmp_path / "secret.po"
    secret.write_text(HEAD + ENTRY.format(text="a"), "utf-8")

    with pytest.raises(InputError, match="not a PO file"):
        read_back("po", str(secret).encode())


def test_obsolete_entries_are_out_of_use() -> None:
    """A tool keeps them for its memory."""
    obsolete = "".join(f"#~ {line}\n" for line in ENTRY.format(text="a").splitlines())

    assert read_back("po", (HEAD + obsolete).encode()).units == ()
