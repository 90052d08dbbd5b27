"""Commands are called in an empty folder beside a small corpus."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from refusals.cli import run_command
from tests.corpora import write_corpus
from tests.processes import write_script
from tests.stand_in import Behaviour, running

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


@pytest.fixture
def asked(place: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """The folder of a run of a chat model against a server that has gone since."""
    assert place.is_dir()
    script = write_script(Path("script.json").absolute(), families=FAMILIES)
    with running(Behaviour(mode="by_script", answer=script)) as url:
        system = f"openai_compatible:m@{url}/v1"
        assert run_command(["run", "--system", system, "--corpus", "corpus", "--out", "run"]) == 0
    capsys.readouterr()
    return Path("run")
