"""A terminal is told as much as it has room for, in colours if it has some; a pipe is told all, plain."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from refusals.cli import run_command
from refusals.cli._terminal import coloured, width

ESCAPE = "\x1b["


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the machine that the test runs on says anything."""
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


@pytest.mark.parametrize(
    ("terminal", "environment", "expected"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"NO_COLOR": ""}, True),
        (True, {"TERM": "dumb"}, False),
        (False, {"FORCE_COLOR": "1"}, True),
        (True, {"FORCE_COLOR": "0"}, False),
        (False, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_who_gets_colours(
    monkeypatch: pytest.MonkeyPatch, *, terminal: bool, environment: dict[str, str], expected: bool
) -> None:
    """A terminal does, unless somebody said that it does not; a pipe does only by FORCE_COLOR."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert coloured() is expected


def test_a_pipe_is_as_wide_as_it_takes_unless_columns_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """120 columns hold every column of the table."""
    assert width() == 120
    monkeypatch.setenv("COLUMNS", "80")
    assert width() == 80


def test_what_is_piped_is_plain_and_whole(ran: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No sequence and every column; by COLUMNS and FORCE_COLOR it is narrow and coloured."""
    run_command(["report", str(ran), "--format", "terminal"])
    whole = capsys.readouterr().out
    os.environ |= {"COLUMNS": "60", "FORCE_COLOR": "1"}
    try:
        run_command(["report", str(ran), "--format", "terminal"])
    finally:
        del os.environ["COLUMNS"], os.environ["FORCE_COLOR"]
    narrow = capsys.readouterr().out

    assert (ESCAPE in whole, "Left out" in whole) == (False, False)
    assert (ESCAPE in narrow, "Left out at 60 columns" in narrow) == (True, True)
