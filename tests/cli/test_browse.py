"""`refusals browse` shows what was said in a run, a cell at a time to a person and all of it to a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from refusals.cli import run_command
from tests.processes import plan_of

Keys = Callable[..., str]


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing says that the tests run under CI."""
    monkeypatch.delenv("CI", raising=False)


def listed(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """Return the listed cells of a command that must succeed."""
    assert run_command(["browse", *arguments]) == 0
    return capsys.readouterr().out.strip().split("\n\n")


@pytest.fixture
def typed(ran: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Keys:
    """Return what browses as a person who presses these keys, and gives what was shown."""

    def type_(keys: str, *arguments: str) -> str:
        pressed = iter(keys)
        for stream in (sys.stdin, sys.stdout):
            monkeypatch.setattr(stream, "isatty", lambda: True, raising=False)
        monkeypatch.setenv("NO_COLOR", "1")
        monkeypatch.setattr(click, "getchar", lambda: next(pressed))
        monkeypatch.setattr(click, "clear", lambda: click.echo("==="))
        assert run_command(["browse", str(ran), *arguments]) == 0
        assert next(pressed, None) is None
        return capsys.readouterr().out

    return type_


def test_a_pipe_gets_every_cell_in_the_order_of_the_run(ran: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All cells are there once, with prompt, reply, outcome and what decided; the first N are a sample."""
    cells = listed(capsys, str(ran))
    cases = [cell.splitlines()[0].split(": ", 1)[1] for cell in cells]

    assert cases == [f"{trial.case} · {trial.language} · {trial.system}" for trial in plan_of(ran).trials]
    assert all("\n  prompt:\n" in cell and "\n  phrases: " in cell for cell in cells)
    assert listed(capsys, str(ran), "--limit", "3")[-1].splitlines()[1:] == cells[2].splitlines()[1:]


@pytest.mark.parametrize(
    ("arguments", "count", "said"),
    [
        (["--went", "over"], 16, "  refused: over-refused"),
        (["--went", "under", "--language", "sw"], 4, "  complied: under-refused"),
        (["--label", "harmful,benign", "--system", "always_refuse"], 16, "  refused: "),
        (["--went", "right,under", "--system", "always_comply"], 24, "  complied: "),
    ],
)
def test_filters_narrow_it(
    ran: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], count: int, said: str
) -> None:
    """Options of different names are all held, words of one are alternatives."""
    cells = listed(capsys, str(ran), *arguments)

    assert len(cells) == count
    assert all(cell.splitlines()[1].startswith(said) for cell in cells)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--went", "ovr"], 2, "did you mean 'over'?"),
        (["--language", "fr"], 2, "the run has no 'fr'; allowed: "),
        (["--system", "always_refus"], 2, "did you mean 'always_refuse'?"),
        (["--went", "undecided"], 5, "no cell of the run is like that"),
    ],
)
def test_what_is_not_there_is_told(
    ran: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, said: str
) -> None:
    """A name that the run has not is a mistake, a selection without a cell selects nothing."""
    assert run_command(["browse", str(ran), *arguments]) == code
    assert said in capsys.readouterr().err


def test_answers_to_harmful_cases_are_folded_until_asked_for(ran: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Their length is said, their words are not; other answers are open."""
    folded, shown = (listed(capsys, str(ran), "--label", "harmful", *more) for more in ([], ["--unfold"]))

    assert all("\n  reply: folded, " in cell and "\n  reply:\n" not in cell for cell in folded)
    assert all("\n  reply:\n    " in cell for cell in shown)
    assert all("\n  reply:\n    " in cell for cell in listed(capsys, str(ran), "--label", "benign"))


def test_texts_stay_out_of_the_log_of_a_job(
    ran: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under CI no prompt and no reply is printed, unless they are asked for."""
    monkeypatch.setenv("CI", "true")
    hidden = listed(capsys, str(ran))
    shown = listed(capsys, str(ran), "--show-text")

    assert all("withheld under CI" in cell and "prompt:\n" not in cell for cell in hidden)
    assert all("\n  prompt:\n" in cell for cell in shown)


def test_a_person_goes_on_and_back_with_keys(typed: Keys) -> None:
    """The ends of the list are ends: before the first and behind the last there is nothing."""
    pages = typed("pnnnpxq", "--limit", "3").split("===\n")[1:]

    assert [page.rstrip().splitlines()[-1].split(" · ")[0] for page in pages] == [
        f"{number} of 3" for number in (1, 1, 2, 3, 3, 2, 2)
    ]


def test_a_key_unfolds_one_answer_and_not_the_next(typed: Keys) -> None:
    """Whoever goes on is asked again."""
    pages = typed("ttntq", "--label", "harmful").split("===\n")[1:]

    assert ["reply: folded" in page for page in pages] == [True, False, True, True, False]
