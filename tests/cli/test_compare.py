"""`refusals compare` reads two runs, says what changed, and ends with the code of what was asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from refusals.cli import run_command

GUARD = """
def old(prompts):
    return ["owner says no" in prompt.text for prompt in prompts]

def new(prompts):
    return [True for prompt in prompts]
"""


def _run(function: str, *more: str) -> str:
    Path("guard.py").write_text(GUARD, "utf-8")
    out = "-".join((function, *more)).replace("--", "")
    words = ["run", "--system", f"guard=python:guard:{function}", "--corpus", "corpus", "--out", out, *more]
    assert run_command(words) == 0
    return out


@pytest.fixture
def runs(place: Path, capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    """The folders of a perfect guard and of one that flags everything."""
    assert place.is_dir()
    found = _run("old"), _run("new")
    capsys.readouterr()
    return found


@pytest.mark.parametrize(
    ("asked", "code", "word"),
    [
        ([], 0, "no ruling"),
        (["--margin", "0.05"], 3, "inconclusive"),
        (["--alarm", "0.49"], 1, "fail"),
        (["--alarm", "0.01"], 0, "pass"),
    ],
)
def test_the_code_is_that_of_what_was_asked(
    runs: tuple[str, str], capsys: pytest.CaptureFixture[str], asked: list[str], code: int, word: str
) -> None:
    """In the terminal and in JSON; four families are too few for a margin, and an alarm is an alarm."""
    assert run_command(["compare", *runs, *asked]) == code
    assert capsys.readouterr().out.splitlines()[0][2:].startswith(f"{word}: ")

    assert run_command(["compare", *runs, *asked, "--format", "json"]) == code
    written = json.loads(capsys.readouterr().out)
    assert written["ruling"] == (None if word == "no ruling" else word)
    assert len(written["flips"]) == 4 * 2 * 2


def test_a_run_beside_itself_shows_nothing_that_few_families_cannot(
    runs: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """No cell changed, and four families still cannot show a margin of 1 point."""
    assert run_command(["compare", runs[0], runs[0], "--margin", "0.01"]) == 3
    assert "No decision changed." in capsys.readouterr().out


def test_all_formats_are_written(runs: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """Each path is printed, and a file is what is printed of its format."""
    assert run_command(["compare", *runs, "--out", "deep/cmp"]) == 0
    listed = capsys.readouterr().out.split()
    files = {"html": "compare.html", "markdown": "compare.md", "csv": "compare.csv", "junit": "compare.xml"}

    assert sorted(listed) == sorted(str(path) for path in Path("deep/cmp").iterdir())
    for name, file in files.items():
        assert run_command(["compare", *runs, "--format", name]) == 0
        assert capsys.readouterr().out.replace("\r\n", "\n") == Path("deep/cmp", file).read_text("utf-8")


def test_another_policy_is_refused_with_the_way_out(runs: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, and the option that the message names is taken."""
    other = _run("old", "--policy", "open")
    capsys.readouterr()

    assert run_command(["compare", runs[0], other]) == 2
    assert "--may-differ policy" in capsys.readouterr().err

    assert run_command(["compare", runs[0], other, "--may-differ", "policy"]) == 0
    assert "The policy is not the baseline's" in " ".join(capsys.readouterr().out.split())


def test_bad_input_is_said(runs: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """A format that is none, a folder without a run, a margin that is no share."""
    for words in (["--format", "htlm"], ["--margin", "5"], ["--alarm", "0.5"], ["--pair", "guard"]):
        assert run_command(["compare", *runs, *words]) == 2
    assert run_command(["compare", runs[0], "corpus"]) == 2
    said = capsys.readouterr().err

    assert "did you mean 'html'" in said
    assert "holds no run.sqlite" in said
    assert "give NEW=OLD" in said
