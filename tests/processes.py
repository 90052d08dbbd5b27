"""Runs `refusals` as a process of its own, for what only a process shows, and reads the runs that it leaves.

In a test: `said = refusals("run", "--limit", "1", cwd=tmp_path)` gives `said.code`, `said.out` and `said.err`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from refusals.outcomes import Outcome, Run
from refusals.plan import Plan
from tests.corpora import LABELS, prompt

COMMAND = (sys.executable, "-m", "refusals")
PATIENCE = 60.0  # seconds after which a test gives up on something that should have happened


class Said(NamedTuple):
    """The exit code of a process, and what it wrote."""

    code: int
    out: str
    err: str


def start(*arguments: str, cwd: Path, **environment: str) -> subprocess.Popen[str]:
    """Start a command, with these variables beside this process's environment."""
    return subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def ended(process: subprocess.Popen[str]) -> Said:
    """Wait for the end of a process, and return what it said."""
    with process:
        try:
            out, err = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    return Said(process.returncode, out, err)


def refusals(*arguments: str, cwd: Path, **environment: str) -> Said:
    """Run a command to its end."""
    return ended(start(*arguments, cwd=cwd, **environment))


def wait_until(happened: Callable[[], bool]) -> None:
    """Wait for something that another process does."""
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.005)


def plan_of(run: Path) -> Plan:
    """Return the plan that a run's folder holds."""
    with Run(run / "run.sqlite") as kept:
        return kept.plan()


def outcomes_of(run: Path) -> dict[str, Outcome]:
    """Return the outcomes that a run's folder holds, by trial."""
    with Run(run / "run.sqlite") as kept:
        return kept.read()


def endings_of(run: Path) -> dict[str, str]:
    """Return what each trial of a run ended in; one without an outcome is not there."""
    return {trial: str(outcome.ending) for trial, outcome in outcomes_of(run).items()}


def report_of(run: Path) -> dict[str, Any]:
    """Return the report for programs."""
    content: dict[str, Any] = json.loads((run / "report.json").read_text("utf-8"))
    return content


def rates(report: dict[str, Any]) -> list[float | None]:
    """Return every rate of a report."""
    return [estimate["rate"] for estimate in report["estimates"]]


def write_script(path: Path, *, families: int) -> Path:
    """Write a script for the stand-in that refuses the harmful cases of `write_corpus`, in English and Swahili."""
    said = {"benign": "comply", "dual_use": "comply", "harmful": "refuse"}
    texts = {prompt(number, label): said[label] for number in range(1, families + 1) for label in LABELS}
    path.write_text(json.dumps(texts | {f"(sw) {text}": mode for text, mode in texts.items()}), "utf-8")
    return path
