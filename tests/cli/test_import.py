"""`refusals import` takes what is good under a name, tells all that is not, and touches nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from refusals.cli import run_command

TEXTS = Path("corpus/translations/sw/garden.yaml")


@pytest.fixture
def units(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What an export holds."""
    run_command(["export", "--to", "sw", "--format", "jsonl", "--corpus", "corpus"])
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def imported(units: list[dict[str, Any]], *options: str) -> int:
    """Import units as they are now."""
    Path("sw.jsonl").write_text("".join(json.dumps(unit) + "\n" for unit in units), "utf-8")
    return run_command(["import", "sw.jsonl", "--corpus", "corpus", *options])


def test_what_has_changed_is_taken_under_a_name(
    units: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    """And counted by the state that it is in now."""
    units[0]["text"] = "Habari?"
    units[1]["state"] = units[2]["state"] = "reviewed"
    code = imported(units, "--by", "Asha Juma")
    text = TEXTS.read_text("utf-8")

    assert code == 0
    assert capsys.readouterr().out.splitlines() == ["3 taken: 1 draft, 2 reviewed", f"wrote {TEXTS}"]
    assert text.count("by: human\n  translator: Asha Juma\n") == 1
    assert text.count('{state: reviewed, by: "Asha Juma", on: ') == 2
    assert imported(units, "--by", "Asha Juma") == 0
    assert capsys.readouterr().out == "nothing has changed\n"
    assert TEXTS.read_text("utf-8") == text


def test_with_a_problem_nothing_is_written(units: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]) -> None:
    """All problems are listed with their places; what is good can be taken all the same."""
    before = TEXTS.read_bytes()
    units[0]["text"] = "Habari?"
    units[1]["digest"] = "00000000"
    units[3]["text"] = ""
    code = imported([*units, {"id": 3}], "--by", "Asha")
    said = capsys.readouterr()

    assert code == 2
    assert said.out == ""
    assert [line.split(" ")[1] for line in said.err.splitlines()[:-1]] == [
        "sw.jsonl:13:1",
        "sw.jsonl:2:1",
        "sw.jsonl:4:1",
    ]
    assert said.err.splitlines()[-1].endswith("problems: 3; --partly takes what is good, 1 of the changes")
    assert TEXTS.read_bytes() == before

    assert imported(units, "--by", "Asha", "--partly") == 2
    assert capsys.readouterr().out.splitlines()[0] == "1 taken: 1 draft"
    assert "Habari?" in TEXTS.read_text("utf-8")


def test_a_change_without_a_name_is_not_taken(units: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]) -> None:
    """Not partly either."""
    before = TEXTS.read_bytes()
    units[0]["text"] = "Habari?"

    assert imported(units) == 2
    assert imported(units, "--partly") == 2
    assert "--by NAME says by whom" in capsys.readouterr().err
    assert TEXTS.read_bytes() == before


def test_what_was_not_touched_stays_to_the_byte(units: list[dict[str, Any]]) -> None:
    """Whoever brings it."""
    before = TEXTS.read_bytes()

    assert imported(units, "--by", "Asha") == 0
    assert TEXTS.read_bytes() == before


@pytest.mark.parametrize(
    ("language", "options", "message"),
    [
        ("yo", ["--to", "sw"], "is in 'yo', not in 'sw'"),
        ("tlh", [], "is in 'tlh', no language to translate into"),
        ("en", [], "is in 'en', no language to translate into"),
        ("", [], "--to TAG does"),
        ("", ["--to", "swa"], "no language to translate into; did you mean 'sw'?"),
    ],
)
def test_a_file_goes_into_its_own_language(
    units: list[dict[str, Any]],
    capsys: pytest.CaptureFixture[str],
    language: str,
    options: list[str],
    message: str,
) -> None:
    """What it says of itself, or what is said of it where it does not."""
    changed = [{**unit, "language": language} for unit in units]

    assert imported(changed, *options) == 2
    assert message in capsys.readouterr().err
    assert imported([{**unit, "language": ""} for unit in units], "--to", "sw") == 0


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("sw.xliff", b'<!DOCTYPE a [<!ENTITY b "c">]><xliff>&b;</xliff>', "sw.xliff:1:1 a document type"),
        ("sw.xliff", b"<xliff", "sw.xliff:1:1 not valid XML"),
        ("sw.po", b"\xff", "byte 0 is not UTF-8"),
        ("sw.xlsx", b"PK", "not a workbook (.xlsx)"),
        ("sw.docx", b"", "the ending '.docx' says no format"),
        ("gone.po", None, "No such file"),
    ],
)
def test_what_cannot_be_read_is_told(
    capsys: pytest.CaptureFixture[str], name: str, content: bytes | None, message: str
) -> None:
    """In one line."""
    if content is not None:
        Path(name).write_bytes(content)
    code = run_command(["import", name, "--corpus", "corpus"])
    said = capsys.readouterr().err

    assert code == 2
    assert message in said
    assert len(said.splitlines()) == 1


def test_a_hostile_file_cannot_move_the_cursor(units: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]) -> None:
    """What is repeated of it is cleaned."""
    units[0]["id"] = "\x1b[2J\u202egarden"
    units[1]["state"] = "\x1b[2J\u202e"
    imported(units)
    said = capsys.readouterr().err

    assert "\x1b" not in said
    assert "\u202e" not in said
