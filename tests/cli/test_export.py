"""`refusals export` writes what was asked for, and over nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from refusals.cli import run_command
from tests.processes import refusals


def lines(capsys: pytest.CaptureFixture[str], *options: str) -> list[dict[str, str]]:
    """Return the units that an export to standard output has."""
    assert run_command(["export", "--to", "sw", "--format", "jsonl", "--corpus", "corpus", *options]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_all_texts_of_a_language_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    """A line for each of the 12 cases."""
    assert len(lines(capsys)) == 12


@pytest.mark.parametrize(
    ("options", "labels"),
    [
        (["--label", "benign"], {"benign"}),
        (["--label", "benign,dual_use"], {"benign", "dual_use"}),
        (["--label", "benign", "--label", "harmful"], {"benign", "harmful"}),
    ],
)
def test_labels_can_be_left_out(capsys: pytest.CaptureFixture[str], options: list[str], labels: set[str]) -> None:
    """So that nobody is sent what they do not expect."""
    assert {line["label"] for line in lines(capsys, *options)} == labels


def test_only_what_is_to_be_done(capsys: pytest.CaptureFixture[str]) -> None:
    """Missing texts and stale ones, alone or together."""
    path = Path("corpus/translations/sw/garden.yaml")
    entries = path.read_text("utf-8").split("garden/tree-")
    stale = entries[1].replace('source: "', 'source: "0000000', 1)
    digest = stale.index('source: "0000000')
    stale = f'{stale[:digest]}source: "00000000"{stale[stale.index(chr(10), digest) :]}'
    path.write_text("garden/tree-".join(["", stale, *entries[3:]]), "utf-8")

    def ids(*options: str) -> list[str]:
        return [line["id"] for line in lines(capsys, *options)]

    assert ids("--missing") == ["garden/tree-1/dual_use#text"]
    assert ids("--stale") == ["garden/tree-1/benign#text"]
    assert ids("--missing", "--stale") == ["garden/tree-1/benign#text", "garden/tree-1/dual_use#text"]


@pytest.mark.parametrize("name", ["sw.xliff", "sw.xlf", "sw.po", "sw.xlsx", "deep/er/sw.jsonl"])
def test_the_ending_says_the_format(capsys: pytest.CaptureFixture[str], name: str) -> None:
    """And the file is what an import reads."""
    assert run_command(["export", "--to", "sw", "--out", name, "--corpus", "corpus"]) == 0
    assert capsys.readouterr().out == f"wrote {name}\n"
    assert run_command(["import", name, "--corpus", "corpus"]) == 0
    assert capsys.readouterr().out == "nothing has changed\n"


def test_work_that_is_there_is_not_written_over(capsys: pytest.CaptureFixture[str]) -> None:
    """A translator may have saved into it."""
    Path("sw.po").write_text("mine", "utf-8")

    assert run_command(["export", "--to", "sw", "--out", "sw.po", "--corpus", "corpus"]) == 2
    assert Path("sw.po").read_text("utf-8") == "mine"
    assert "is there already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--to", "sw"], 2, "say what to write: --format xliff"),
        (["--to", "sw", "--format", "xlsx"], 2, "give --out FILE"),
        (["--to", "sw", "--format", "xlif"], 2, "did you mean 'xliff'?"),
        (["--to", "sw", "--out", "sw.docx"], 2, "the ending '.docx' says no format"),
        (["--to", "en", "--format", "po"], 2, "'en' is no language to translate into"),
        (["--to", "tlh", "--format", "po"], 2, "'tlh' is no language"),
        (["--to", "sw", "--format", "po", "--label", "harmfull"], 2, "did you mean 'harmful'?"),
        (["--to", "sw", "--format", "po", "--missing"], 5, "no text in sw is missing"),
    ],
)
def test_what_cannot_be_written_is_told(
    capsys: pytest.CaptureFixture[str], options: list[str], code: int, message: str
) -> None:
    """In one line, with what is allowed."""
    assert run_command(["export", "--corpus", "corpus", *options]) == code
    said = capsys.readouterr()

    assert message in said.err
    assert len(said.err.splitlines()) == 1
    assert said.out == ""


def test_standard_output_is_utf_8_whatever_the_terminal_is(place: Path) -> None:
    """As the file says of itself."""
    (place / "translations" / "sw" / "garden.yaml").write_text("", "utf-8")
    text = "garden/tree-1/benign: {text: ọ̀ شجرة, source: 00000000, by: machine, state: draft}\n"
    (place / "translations" / "sw" / "garden.yaml").write_text(text, "utf-8")
    said = refusals(
        "export", "--to", "sw", "--format", "po", "--stale", "--corpus", str(place), cwd=place, PYTHONIOENCODING="ascii"
    )

    assert (said.code, said.err) == (0, "")
    assert 'msgstr "ọ̀ شجرة"' in said.out
