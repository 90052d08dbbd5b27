"""`refusals init` writes a study, a guard and a test that are right as they are, over nothing that exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from refusals.cli import run_command
from refusals.study import load_study

FILES = ["my_guard.py", "refusals.yaml", "tests/test_refusals.py"]


def files(folder: Path) -> list[str]:
    """Return the paths of all files below a folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_it_writes_three_files_and_says_what_is_next(capsys: pytest.CaptureFixture[str]) -> None:
    """Into a folder that may be new."""
    code = run_command(["init", "team/guard"])
    said = capsys.readouterr().out

    assert code == 0
    assert files(Path("team/guard")) == FILES
    assert all(f"wrote team/guard/{name}" in said for name in FILES)
    assert "`refusals run refusals.yaml`" in said.splitlines()[-1]


@pytest.mark.parametrize("name", FILES)
def test_nothing_that_exists_is_changed(capsys: pytest.CaptureFixture[str], name: str) -> None:
    """If one of the files is there, none is written."""
    path = Path("team") / name
    path.parent.mkdir(parents=True)
    path.write_text("mine", "utf-8")
    code = run_command(["init", "team"])

    assert code == 2
    assert files(Path("team")) == [name]
    assert path.read_text("utf-8") == "mine"
    assert str(path) in capsys.readouterr().err


def test_the_study_is_right_and_so_is_each_example_in_it() -> None:
    """What is commented out can be commented in."""
    run_command(["init"])
    path = Path("refusals.yaml")
    text = path.read_text("utf-8")
    plain = load_study(path)
    examples = re.findall(r"^# ([a-z]+: [\[{].*)$", text, re.MULTILINE)
    path.write_text(re.sub(r"^# ([a-z]+: [\[{])", r"\1", text, flags=re.MULTILINE), "utf-8")
    full = load_study(path)

    assert [gate.measure for gate in plain.gates] == ["over-refusal", "under-refusal"]
    assert len(examples) >= 2
    assert full.selection.languages
    assert full.budget.max_calls
    assert full.gates == plain.gates


def test_each_way_to_name_a_system_can_be_commented_in() -> None:
    """The examples for `use` are specs."""
    run_command(["init"])
    path = Path("refusals.yaml")
    text = path.read_text("utf-8")
    uses = re.findall(r"^  #   (use: .*)$", text, re.MULTILINE)
    for use in uses:
        path.write_text(re.sub(r"    use: .*", f"    {use}", text), "utf-8")
        assert load_study(path).systems[0].target

    assert len(uses) >= 3
