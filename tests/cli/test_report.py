"""`refusals report` writes and prints what `run` wrote, from the database alone."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from refusals.cli import run_command
from tests.processes import COMMAND
from tests.reports.packs import packs_in

FILES = {"html": "report.html", "json": "report.json", "junit": "junit.xml", "markdown": "report.md"}


def test_it_brings_every_file_back(ran: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What was deleted or changed is as it was, to the byte, and each path is printed."""
    before = {
        path.name: path.read_bytes() for path in ran.iterdir() if path.suffix in (".html", ".json", ".md", ".xml")
    }
    for name in before:
        (ran / name).unlink()
    (ran / "report.md").write_text("somebody's notes", "utf-8")
    code = run_command(["report", str(ran)])

    assert code == 0
    assert {name: (ran / name).read_bytes() for name in before} == before
    assert sorted(capsys.readouterr().out.split()) == sorted(str(ran / name) for name in before)


@pytest.mark.parametrize("name", FILES)
def test_a_report_can_be_printed(ran: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    """What is printed is what stands in the file, with nothing before or behind it."""
    code = run_command(["report", str(ran), "--format", name])

    assert code == 0
    assert capsys.readouterr().out == (ran / FILES[name]).read_text("utf-8")


def test_the_terminal_report_is_that_of_the_run(ran: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It names systems and languages, and has no escape sequence where nobody looks on."""
    code = run_command(["report", str(ran), "--format", "terminal"])
    shown = capsys.readouterr().out

    assert code == 0
    assert all(word in shown for word in ("always_refuse", "always_comply", "English", "Kiswahili"))
    assert "\x1b" not in shown


def test_the_code_is_the_ruling_of_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    """A run that failed fails again, printed or written."""
    Path("study.yaml").write_text(
        "systems: {a: {use: always_refuse}}\ncorpus: corpus\ngates: [{measure: over-refusal, limit: 0.1}]\n", "utf-8"
    )
    codes = [
        run_command(["run", "study.yaml", "--out", "run"]),
        run_command(["report", "run"]),
        run_command(["report", "run", "--format", "json"]),
    ]

    assert codes == [1, 1, 1]


def test_what_has_no_outcome_is_counted(ran: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A run that was stopped can be reported, and is invalid: a missing outcome is undecided, never left out."""
    with closing(sqlite3.connect(ran / "run.sqlite")) as db, db:
        db.execute("DELETE FROM outcomes WHERE trial IN (SELECT trial FROM outcomes LIMIT 20)")
    code = run_command(["report", str(ran), "--format", "terminal"])

    assert code == 4
    assert "invalid" in capsys.readouterr().out.splitlines()[0]


@pytest.mark.parametrize("name", ["csv", "parquet"])
def test_a_report_can_be_written_to_a_file_of_its_own(ran: Path, name: str) -> None:
    """With --out the file is what is piped else, to the byte; the folder of the run is left as it is."""
    before = sorted(path.name for path in ran.iterdir())
    code = run_command(["report", str(ran), "--format", name, "--out", "tables/outcomes"])
    piped = subprocess.run([*COMMAND, "report", str(ran), "--format", name], stdout=subprocess.PIPE, check=True).stdout

    assert code == 0
    assert sorted(path.name for path in ran.iterdir()) == before
    assert Path("tables/outcomes").read_bytes() == piped
    assert len(piped) > 1000


def test_a_run_writes_no_table_unasked(ran: Path) -> None:
    """Tables for notebooks are made when they are asked for."""
    assert {path.suffix for path in ran.iterdir()} & {".csv", ".parquet"} == set()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--out", "x.csv"], "--out FILE needs --format NAME"),
        (["--format", "cvs"], "did you mean 'csv'? allowed: "),
        (["--format", "csv", "--out", "."], "is a folder; name the file"),
    ],
)
def test_what_cannot_be_written_is_told(
    ran: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    """One line says what is wrong and what is allowed."""
    assert run_command(["report", str(ran), *arguments]) == 2
    assert said in capsys.readouterr().err


def test_bytes_go_to_no_terminal(
    ran: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parquet would only confuse it."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)

    assert run_command(["report", str(ran), "--format", "parquet"]) == 2
    assert "give --out FILE" in capsys.readouterr().err


@pytest.mark.parametrize("ci", ["true", "1", "", "false"])
@pytest.mark.parametrize("options", [[], ["--show-text"]])
def test_a_job_says_whether_texts_are_in_its_reports(
    ran: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ci: str, options: list[str]
) -> None:
    """Under CI artifacts go to many: texts are there by --show-text alone, and the log says which it is."""
    monkeypatch.setenv("CI", ci)
    assert run_command(["report", str(ran), *options]) == 0
    said = capsys.readouterr().err
    packs = packs_in((ran / "report.html").read_text("utf-8"))

    assert ("prompts" in packs) is bool(options)
    assert ("--show-text" in said) is (ci in ("true", "1"))
    assert ("withheld" in said) is (ci in ("true", "1") and not options)


def test_what_failed_is_all_that_a_job_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No word of texts that would be withheld where there is no run."""
    monkeypatch.setenv("CI", "true")

    assert run_command(["report", str(tmp_path)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
