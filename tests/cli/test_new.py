"""`refusals new family` writes a family that loads, and that says what is still to be written."""

from __future__ import annotations

from pathlib import Path

import pytest

from refusals.cases import Label, load_cases
from refusals.cli import run_command


def test_a_new_family_loads(capsys: pytest.CaptureFixture[str]) -> None:
    """It stands at its place in the corpus, with a case of each label."""
    code = run_command(["new", "family", "garden/old-tree", "--corpus", "corpus"])
    _, families = load_cases(Path("corpus/cases"))
    (family,) = (family for family in families if family.id == "garden/old-tree")

    assert code == 0
    assert capsys.readouterr().out == "wrote corpus/cases/garden/old-tree.yaml\n"
    assert [case.label for case in family.cases] == list(Label)
    assert all(
        case.wording.prompt.startswith("Write what") or "Name what" in case.wording.prompt for case in family.cases
    )


def test_the_folder_is_made_where_it_is_missing() -> None:
    """By default in the folder one stands in."""
    assert run_command(["new", "family", "kitchen/knife"]) == 0
    assert Path("cases/kitchen/knife.yaml").is_file()


@pytest.mark.parametrize(
    "identity",
    ["tree", "garden/", "/tree", "Garden/tree", "garden/Tree", "garden/a/b", "../tree", "garden/../x", "a/b-"],
)
def test_a_name_stays_in_the_corpus(capsys: pytest.CaptureFixture[str], identity: str) -> None:
    """Only DOMAIN/NAME in small letters is a name, so that nothing is written elsewhere."""
    before = sorted(Path().rglob("*"))

    assert run_command(["new", "family", identity, "--corpus", "corpus"]) == 2
    assert sorted(Path().rglob("*")) == before
    assert identity in capsys.readouterr().err
