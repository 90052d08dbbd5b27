"""The source that a text was made from is found beside it or in the history of its family, or it is unknown."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from refusals.corpus import load_corpus
from refusals.translating.history import previous_source
from refusals.translations import Translation
from tests.corpora import prompt, write_corpus

CASE = "garden/tree-1/benign"
NEW = "How do I pick all the fruit of tree number 1, which is mine?"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A corpus, not in any repository."""
    return write_corpus(tmp_path / "repository" / "corpus", families=2)


def git(folder: Path, *words: str) -> None:
    """Run git in a repository of the test, with nobody's settings."""
    # Without what a hook sets, which would name the repository that the tests are started from.
    outside = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    nobody = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    who = ("-c", "user.name=a test", "-c", "user.email=test@example.org")
    subprocess.run(["git", *who, *words], cwd=folder, env={**outside, **nobody}, check=True, capture_output=True)


def commit(folder: Path) -> None:
    """Commit the corpus."""
    git(folder, "add", ".")
    git(folder, "commit", "-m", "a version")


def change(folder: Path, old: str, new: str) -> None:
    """Change the source of a case."""
    path = folder / "cases" / "garden" / "tree-1.yaml"
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


def stale(folder: Path) -> Translation:
    """Return the text, whose source has changed."""
    text = load_corpus(folder).translations["sw", CASE]
    assert text.stale
    return text


def test_what_stands_beside_it_comes_first(folder: Path) -> None:
    """No history is needed then."""
    change(folder, prompt(1, "benign"), NEW)

    assert previous_source(folder, replace(stale(folder), previous="It was so.")) == "It was so."


def test_the_version_it_was_made_from_is_found(folder: Path) -> None:
    """Among several, one of which is no valid family, and in a folder below that of the repository."""
    git(folder.parent, "init")
    commit(folder)
    change(folder, prompt(1, "benign"), "Something else?")
    commit(folder)
    change(folder, "cases:", "boxes:")
    commit(folder)
    change(folder, "boxes:", "cases:")
    change(folder, "Something else?", NEW)

    assert previous_source(folder, stale(folder)) == prompt(1, "benign")


def test_without_a_history_it_is_unknown(folder: Path) -> None:
    """Neither outside of a repository, nor in one that never had it, nor in an empty one."""
    change(folder, prompt(1, "benign"), NEW)
    assert previous_source(folder, stale(folder)) == ""
    git(folder.parent, "init")
    assert previous_source(folder, stale(folder)) == ""
    commit(folder)
    assert previous_source(folder, stale(folder)) == ""


def test_without_git_it_is_unknown(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing breaks where git is not installed."""
    change(folder, prompt(1, "benign"), NEW)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert previous_source(folder, stale(folder)) == ""


def test_a_hook_does_not_lead_elsewhere(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Called from a hook of another repository, the corpus's own is asked."""
    git(folder.parent, "init")
    commit(folder)
    change(folder, prompt(1, "benign"), NEW)
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))

    assert previous_source(folder, stale(folder)) == prompt(1, "benign")
