"""`refusals accept` shows what has changed, and notes who says what of a text."""

from __future__ import annotations

from pathlib import Path

import pytest

from refusals.cli import run_command
from refusals.corpus import load_corpus
from refusals.translations import State, Translation
from tests.corpora import prompt
from tests.translating.test_history import git

CASE = "garden/tree-1/benign"


def accept(*words: str) -> int:
    """Accept the text of the case."""
    return run_command(["accept", CASE, "--to", "sw", "--corpus", "corpus", *words])


def text() -> Translation:
    """Return the text as it is stored."""
    return load_corpus(Path("corpus")).translations["sw", CASE]


def change() -> None:
    """Change the source: the text is stale."""
    path = Path("corpus/cases/garden/tree-1.yaml")
    path.write_text(path.read_text("utf-8").replace("which is mine", "which is my own"), "utf-8")


def test_still_valid_shows_the_change_and_takes_the_new_source(capsys: pytest.CaptureFixture[str]) -> None:
    """Word by word, out of the history of the family's file."""
    git(Path("corpus"), "init")
    git(Path("corpus"), "add", ".")
    git(Path("corpus"), "commit", "-m", "a version")
    change()
    assert text().stale
    assert accept("--still-valid") == 0

    assert "which is [-mine-]{+my own+}?" in capsys.readouterr().out
    assert (text().stale, text().state) == (False, State.DRAFT)


def test_an_unknown_change_is_said_to_be(capsys: pytest.CaptureFixture[str]) -> None:
    """The source as it is now is shown all the same."""
    change()
    assert accept("--still-valid") == 0
    said = capsys.readouterr().out

    assert "is unknown" in said
    assert prompt(1, "benign").replace("mine", "my own") in said


def test_a_review_is_kept_until_the_source_changes() -> None:
    """Then who says that it still holds renews the check, not the review."""
    assert accept("--reviewed", "--by", "A. Person") == 0
    assert text().state is State.REVIEWED
    change()
    assert accept("--still-valid", "--by", "B. Person") == 0
    assert text().state is State.CHECKED
    assert accept("--reviewed", "--by", "B. Person") == 0
    assert [review.by for review in text().reviews] == ["A. Person", "B. Person"]


def test_other_texts_of_the_file_stay() -> None:
    """One text changes, no other does."""
    before = {key: each.wording for key, each in load_corpus(Path("corpus")).translations.items()}
    assert accept("--reviewed", "--by", "A. Person") == 0
    after = load_corpus(Path("corpus")).translations

    assert {key: each.wording for key, each in after.items()} == before
    assert [key for key, each in after.items() if each.state is not State.DRAFT] == [("sw", CASE)]


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ([], 2, "either --still-valid or --reviewed"),
        (["--still-valid", "--reviewed", "--by", "A"], 2, "either --still-valid or --reviewed"),
        (["--reviewed"], 2, "--by NAME"),
        (["--reviewed", "--by", " "], 2, "--by NAME"),
        (["--still-valid"], 5, "has not changed"),
        (["--reviewed", "--by", "A", "--to", "yo"], 2, "has no translation into 'yo'"),
    ],
)
def test_what_cannot_be_accepted_is_said(
    capsys: pytest.CaptureFixture[str], words: list[str], code: int, says: str
) -> None:
    """And nothing is written."""
    path = Path("corpus/translations/sw/garden.yaml")
    before = path.read_bytes()

    assert accept(*words) == code
    assert says in capsys.readouterr().err
    assert path.read_bytes() == before


def test_a_family_is_no_case(capsys: pytest.CaptureFixture[str]) -> None:
    """Its cases are named."""
    assert run_command(["accept", "garden/tree-1", "--to", "sw", "--corpus", "corpus", "--still-valid"]) == 2
    assert "garden/tree-1/harmful" in capsys.readouterr().err
