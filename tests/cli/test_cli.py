"""The command line as a whole: its help, its exit codes, and what it does with what nobody foresaw."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import refusals
from refusals import pipeline
from refusals.cli import EXIT_CODES, run_command
from refusals.gates import EXIT_CODES as RULED
from tests.processes import COMMAND

COMMANDS = sorted(path.stem for path in (Path(refusals.__file__).parent / "cli").glob("[a-z]*.py"))


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"]], ids=" ".join)
def test_help_lists_every_command_and_exit_code(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    """A command is a file; what it can end with stands below."""
    assert run_command(words) == 0
    said = capsys.readouterr().out

    assert [line.split()[0] for line in said.splitlines() if line.startswith("  ") and line.split()[0] in COMMANDS][
        -len(COMMANDS) :
    ] == COMMANDS
    assert all(f"    {code} " in said for code in (*RULED.values(), 2, 5, 70, 130))
    assert all(str(code) in EXIT_CODES for code in RULED.values())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str], name: str) -> None:
    """Each has a sentence, and each option its own."""
    assert run_command([name, "--help"]) == 0
    said = capsys.readouterr().out

    assert f"Usage: refusals {name}" in said
    assert ". " in said or ".\n" in said
    options = [line for line in said.partition("Options:")[2].splitlines() if line.strip().startswith("--")]
    following = said.partition("Options:")[2].splitlines()[1:]
    for option in options:
        after = following[following.index(option) + 1 :]
        assert len(option.strip().split("  ")) > 1 or (after and after[0].startswith(" " * 10)), option


def test_the_module_is_the_command() -> None:
    """`python -m refusals` and the script say the same."""
    script = Path(sys.executable).with_name("refusals")
    said = [
        subprocess.run([*command, "--version"], capture_output=True, encoding="utf-8", check=True).stdout
        for command in (COMMAND, (str(script),))
    ]

    assert said == [f"refusals, version {refusals.__version__}\n"] * 2


def test_a_bug_is_called_one(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """What no rule covers ends with 70 and a traceback, never with the code of a ruling."""

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(pipeline, "results_of", broken)
    code = run_command(["report", "run"])
    lines = capsys.readouterr().err.splitlines()

    assert code == 70
    assert lines[0].startswith("Traceback")
    assert lines[-1] == "refusals: this is a bug in refusals (ZeroDivisionError); please report the lines above"


def test_ctrl_c_is_no_ruling(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """In any command it ends with 130 and one line."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "results_of", interrupted)
    code = run_command(["report", "run"])

    assert code == 130
    assert capsys.readouterr().err.split() == ["refusals:", "interrupted"]


def test_an_error_cannot_move_the_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    """What was given is repeated cleaned."""
    assert run_command(["show", "\x1b[2Jgarden\u202e"]) == 2
    said = capsys.readouterr().err

    assert "\x1b" not in said
    assert "\u202e" not in said
