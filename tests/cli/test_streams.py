"""Whoever reads may leave: no traceback, and the exit code is still the ruling."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from refusals.cli import run_command
from tests.processes import COMMAND, PATIENCE

STUDY = "systems: {a: {use: always_refuse}}\ncorpus: corpus\ngates: [{measure: over-refusal, limit: 0.1}]\n"


@pytest.fixture
def failed() -> Path:
    """The folder of a run that fails its gate."""
    Path("study.yaml").write_text(STUDY, "utf-8")
    assert run_command(["run", "study.yaml", "--out", "failed"]) == 1
    return Path("failed")


def unread(*arguments: str, stderr: int = subprocess.PIPE) -> tuple[int, str]:
    """Run a command whose output nobody reads, and return its exit code and what it said on the error stream."""
    reading, writing = os.pipe()
    os.close(reading)
    process = subprocess.run(
        [*COMMAND, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=writing,
        stderr=writing if stderr == subprocess.STDOUT else stderr,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    os.close(writing)
    return process.returncode, process.stderr or ""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["gate", "failed"], 1),
        (["report", "failed"], 1),
        (["report", "failed", "--format", "html"], 1),
        (["report", "failed", "--format", "parquet"], 1),
        (["plugins"], 0),
        (["--help"], 0),
        (["show", "garden/tree-1", "--corpus", "corpus"], 0),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_closed_pipe_changes_no_exit_code(failed: Path, arguments: list[str], code: int) -> None:
    """`refusals … | head -1` ends as `refusals …` does, and says nothing of it."""
    assert unread(*arguments) == (code, "")


def test_a_run_goes_on_unread() -> None:
    """Not even with both streams closed is a run lost: it ends with its ruling and its reports."""
    Path("study.yaml").write_text(STUDY, "utf-8")
    code, _ = unread("run", "study.yaml", "--out", "run", stderr=subprocess.STDOUT)

    assert code == 1
    assert (Path("run") / "report.json").is_file()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is Linux's")
@pytest.mark.parametrize("arguments", [["gate", "failed"], ["report", "failed", "--format", "json"]], ids=" ".join)
def test_a_full_disk_is_no_ruling(failed: Path, arguments: list[str]) -> None:
    """What could not be written ends with 2 and one line."""
    with Path("/dev/full").open("w") as full:
        said = subprocess.run(
            [*COMMAND, *arguments], stdout=full, stderr=subprocess.PIPE, encoding="utf-8", timeout=PATIENCE, check=False
        )

    assert said.returncode == 2
    assert said.stderr.startswith("refusals: the output: ")
    assert len(said.stderr.splitlines()) == 1
