"""`refusals check` says where, what, and how sure; errors are its exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from refusals.cli import run_command
from refusals.corpus import load_corpus
from refusals.translations import State
from tests.corpora import write_corpus


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A corpus in which one Swahili text is the source unchanged."""
    write_corpus(tmp_path, families=2, languages=("en", "sw"))
    path = tmp_path / "translations" / "sw" / "garden.yaml"
    path.write_text(path.read_text("utf-8").replace('"(sw) How do I pick', '"How do I pick', 1), "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_an_error_is_a_line_with_its_place_and_exit_code_1(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`path:line:column: level check language case: message`, as compilers do."""
    assert run_command(["check", "--corpus", ".", "--check", "unchanged"]) == 1
    said = capsys.readouterr()

    assert said.out.startswith("translations/sw/garden.yaml:1:1: error unchanged sw garden/tree-1/benign: ")
    assert said.err.strip() == "1 error"


def test_nothing_found_is_exit_code_0(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And nothing on standard output."""
    assert run_command(["check", "--corpus", ".", "--check", "empty"]) == 0
    assert capsys.readouterr().out == ""


def test_json_is_one_array(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For other programs."""
    run_command(["check", "--corpus", ".", "--check", "unchanged", "--json"])
    (found,) = json.loads(capsys.readouterr().out)

    assert (found["check"], found["level"], found["language"], found["line"]) == ("unchanged", "error", "sw", 1)
    assert found["dismissed"] is None


def test_annotations_are_github_s(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """They appear at the line of the text in a pull request."""
    run_command(["check", "--corpus", ".", "--check", "unchanged", "--github"])

    assert capsys.readouterr().out.startswith(
        "::error file=translations/sw/garden.yaml,line=1,col=1,title=unchanged::sw "
    )


def test_a_dismissed_finding_is_no_error(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With its reason in the file; `--dismissed` shows it."""
    path = corpus / "translations" / "sw" / "garden.yaml"
    text = path.read_text("utf-8").replace("  state: draft\n", "  state: draft\n  dismissed: {unchanged: a test}\n", 1)
    path.write_text(text, "utf-8")

    assert run_command(["check", "--corpus", ".", "--check", "unchanged"]) == 0
    assert capsys.readouterr().out == ""
    assert run_command(["check", "--corpus", ".", "--check", "unchanged", "--dismissed"]) == 0
    assert "(dismissed: a test)" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["--language", "xx"], ["--corpus", "nowhere"], ["--check", "xx"]])
def test_what_is_not_there_is_exit_code_2(corpus: Path, arguments: list[str]) -> None:
    """A typo is not a clean corpus."""
    assert run_command(["check", *arguments]) == 2


JUDGE = """
from tests.translating.garden_translator import Gardener

def answer(prompts):
    return [Gardener().answer({"messages": [{"role": "user", "content": prompt.text}]}) for prompt in prompts]
"""


def test_a_meaning_that_held_makes_drafts_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Blind back-translation and binary questions by a model; the evidence stands with the texts afterwards."""
    from tests.translating.garden_translator import Gardener
    from tests.translating.gardens import garden, translate

    folder = garden(tmp_path / "c", families=2)
    translate(folder, Gardener())
    monkeypatch.chdir(folder)
    Path("judge.py").write_text(JUDGE, "utf-8")

    assert (
        run_command(["check", "--corpus", ".", "--language", "sw", "--meaning", "--with", "python:judge:answer"]) == 0
    )
    assert "6 texts checked" in capsys.readouterr().err
    assert {text.state for text in load_corpus(Path()).translations.values()} == {State.CHECKED}


@pytest.mark.parametrize("half", [["--meaning"], ["--with", "always_comply"]])
def test_meaning_needs_somebody_who_looks(corpus: Path, half: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Half of the question is bad usage, not a check of the form."""
    assert run_command(["check", *half]) == 2
    assert "belong together" in capsys.readouterr().err
