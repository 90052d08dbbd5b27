"""`refusals plugins` lists everything that a study can name, with what it is and where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

import refusals
from refusals.cli import run_command
from refusals.plugins import FOLDERS, plugins
from tests.processes import refusals as run_refusals


def test_every_plugin_is_listed_with_its_file(capsys: pytest.CaptureFixture[str]) -> None:
    """Under its folder, with the first sentence of its module and a file that exists."""
    assert run_command(["plugins"]) == 0
    lines = capsys.readouterr().out.splitlines()
    folders = [line for line in lines if not line.startswith(" ")]
    names = [line.split()[0] for line in lines if line.startswith("  ") and line[2] != " "]
    files = [Path(line.strip()) for line in lines if line.startswith("   ")]

    assert folders == list(FOLDERS)
    assert names == [name for folder in FOLDERS for name in plugins(folder)]
    assert all(path.is_file() for path in files)
    assert len(files) == len(names)
    assert Path(refusals.__file__).parent / "systems" / "anthropic.py" in files


def entry_point(folder: Path, line: str) -> str:
    """Install a distribution with one entry point into a folder, and return the folder."""
    about = folder / "mine-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: mine\nVersion: 1.0\n", "utf-8")
    (about / "entry_points.txt").write_text(f"[refusals.systems]\n{line}\n", "utf-8")
    (folder / "mine.py").write_text('"""A guard of our own."""\n', "utf-8")
    return str(folder)


def test_a_plugin_of_ones_own_stands_there_too(tmp_path: Path) -> None:
    """An entry point is all that it takes."""
    said = run_refusals("plugins", cwd=tmp_path, PYTHONPATH=entry_point(tmp_path / "site", "my_guard = mine"))

    assert said.code == 0
    assert "  my_guard           A guard of our own." in said.out.splitlines()


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("my_guard = gone", ("'my_guard'", "gone", "ModuleNotFoundError")),
        ("surface = mine", ("'surface'", "refusals.systems.surface and mine")),
    ],
    ids=["one that cannot load", "one that has a name already"],
)
def test_a_plugin_that_is_wrong_is_named(tmp_path: Path, line: str, parts: tuple[str, ...]) -> None:
    """It is not left out, and another does not take its place."""
    said = run_refusals("plugins", cwd=tmp_path, PYTHONPATH=entry_point(tmp_path / "site", line))

    assert said.code == 2
    assert len(said.err.splitlines()) == 1
    assert all(part in said.err for part in parts)
