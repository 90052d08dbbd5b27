"""Commands are called in an empty folder beside a small corpus."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from refusals.cli import run_command
from tests.corpora import write_corpus

FAMILIES = 4


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder that has a corpus of 4 families in English and Swahili, 24 cells, and nothing else."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "guard", raising=False)
    return write_corpus(tmp_path / "corpus", families=FAMILIES, languages=("en", "sw"))


@pytest.fixture
def ran(place: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """The folder of a run of both controls."""
    systems = ["--system", "always_refuse", "--system", "always_comply"]
    assert run_command(["run", *systems, "--corpus", "corpus", "--out", "out/run"]) == 0
    capsys.readouterr()
    return Path("out/run")
