"""What files say is kept by their bytes: found again while nothing changed, never believed when something did."""

from __future__ import annotations

import os
import pickle
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from refusals import compiled as store
from refusals.compiled import File, compiled
from refusals.corpus import load_corpus
from refusals.errors import InputError
from tests.corpora import write_corpus

BIG = b"x" * store.WORTH_KEEPING


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store of its own for each test."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "refusals"


def made(files: list[File], kind: str = "kind", depends: str = "") -> tuple[str, bool]:
    """Return what is found for the files, and whether it was made anew."""
    calls = []
    found = compiled(kind, files, lambda: calls.append(1) or "".join(file.name for file in files), depends=depends)  # type: ignore[func-returns-value]
    return found, bool(calls)


def test_the_same_bytes_are_read_once(folder: Path) -> None:
    """A second time nothing is made."""
    files = [File("a.yaml", "here/a.yaml", BIG)]

    assert made(files) == ("a.yaml", True)
    assert made(files) == ("a.yaml", False)
    assert len(list(folder.glob("*.unit"))) == 1


@pytest.mark.parametrize(
    "other",
    [
        ([File("a.yaml", "", BIG + b"y")], "kind", ""),
        ([File("b.yaml", "", BIG)], "kind", ""),
        ([File("a.yaml", "", BIG), File("c.yaml", "", b"")], "kind", ""),
        ([File("a.yaml", "", BIG[:-1]), File("c.yaml", "", b"x")], "kind", ""),
        ([File("a.yaml", "", BIG)], "other", ""),
        ([File("a.yaml", "", BIG)], "kind", "other cases"),
    ],
    ids=["a byte", "a name", "one file more", "the same bytes in two", "another kind", "what it depends on"],
)
def test_whatever_changes_makes_another_unit(other: tuple[list[File], str, str]) -> None:
    """Nothing is taken for what it is not."""
    made([File("a.yaml", "", BIG)])

    assert made(*other)[1]


def test_changed_code_makes_its_units_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mended reader does not go on with what the broken one read."""
    files = [File("a.yaml", "", BIG)]
    made(files)
    monkeypatch.setattr(store, "_code", lambda: "other")

    assert made(files)[1]


@pytest.mark.parametrize("damage", [b"", b"short", BIG])
def test_a_damaged_unit_is_made_anew(folder: Path, damage: bytes) -> None:
    """A crash while writing, or a bad disk, costs time and nothing else."""
    files = [File("a.yaml", "", BIG)]
    made(files)
    next(folder.glob("*.unit")).write_bytes(damage)

    assert made(files) == ("a.yaml", True)
    assert made(files) == ("a.yaml", False)


def test_a_unit_makes_nothing_but_our_nouns(folder: Path, tmp_path: Path) -> None:
    """Even one with the right digest calls nothing."""

    class Call:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(tmp_path / "made"),)

    files = [File("a.yaml", "", BIG)]
    made(files)
    content = pickle.dumps(Call())
    next(folder.glob("*.unit")).write_bytes(sha256(content).digest() + content)

    assert made(files) == ("a.yaml", True)
    assert not (tmp_path / "made").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="files have no such modes there")
def test_a_store_that_others_can_write_is_not_used(folder: Path) -> None:
    """Nobody else decides what our cases say."""
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    files = [File("a.yaml", "", BIG)]

    assert made(files)[1]
    assert made(files)[1]
    assert list(folder.iterdir()) == []


def test_where_there_is_no_place_nothing_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "file").write_text("", "utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    files = [File("a.yaml", "", BIG)]

    assert made(files)[1]
    assert made(files)[1]


def test_the_oldest_units_go(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store does not grow for ever."""
    monkeypatch.setattr(store, "UNITS", 2)
    for number in range(4):
        made([File("a.yaml", "", BIG + bytes([number]))])

    assert len(list(folder.iterdir())) == 2


def test_a_compiled_corpus_is_the_same(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And a changed file is seen, with its place, though all else is kept."""
    monkeypatch.setattr(store, "WORTH_KEEPING", 0)
    corpus = write_corpus(tmp_path / "corpus", families=4, languages=("en", "sw", "fr"))
    first, second = load_corpus(corpus), load_corpus(corpus)
    units = len(list(folder.glob("*.unit")))
    page = corpus / "translations" / "sw" / "garden.yaml"
    text = page.read_text("utf-8")
    page.write_text(text.replace("(sw) How", "(sw) Then how", 1), "utf-8")
    changed = load_corpus(corpus)
    page.write_text(text.replace("garden/tree-2/benign", "garden/tree-9/benign"), "utf-8")

    assert dict(first.translations) == dict(second.translations)
    assert (first.families, first.domains, first.languages) == (second.families, second.domains, second.languages)
    assert units == 5  # our languages, those packaged, the cases, two languages
    other = changed.translations["sw", "garden/tree-1/benign"]
    assert other.wording is not None
    assert other.wording.prompt.startswith("(sw) Then")
    assert dict(changed.translations) != dict(first.translations)
    with pytest.raises(InputError, match=r"garden\.yaml:\d+:1 no case has the id 'garden/tree-9/benign'"):
        load_corpus(corpus)
