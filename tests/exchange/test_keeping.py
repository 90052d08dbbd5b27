"""What is taken stands at its place in its file; all else stays as it is."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from refusals.corpus import load_corpus
from refusals.exchange import bring_in, keep
from tests.exchange.sheets import corpus_in, unit_in


def test_a_change_is_a_change_of_its_lines(tmp_path: Path) -> None:
    """The other texts of the file read the same, in the same order; other files are not opened."""
    corpus = corpus_in(tmp_path, families=3, languages=("en", "sw", "yo"))
    other = tmp_path / "translations" / "yo" / "garden.yaml"
    before = other.read_bytes()
    texts, _ = bring_in(corpus, "sw", [unit_in(corpus, text="Habari?")], by="Asha", on="2026-11-02")
    paths = keep(corpus, "sw", texts)
    after = load_corpus(tmp_path)

    assert paths == (tmp_path / "translations" / "sw" / "garden.yaml",)
    assert other.read_bytes() == before
    assert list(after.translations) == list(corpus.translations)
    changed = [key for key, text in after.translations.items() if text.wording != corpus.translations[key].wording]
    assert changed == [("sw", "garden/tree-1/benign")]


def test_a_new_text_stands_where_its_case_stands(tmp_path: Path) -> None:
    """Not at the end, so that files stay in the order of the corpus; a first text makes the file."""
    corpus = corpus_in(tmp_path, families=2)
    texts = dict(corpus.translations)
    gone = {key: texts.pop(key) for key in (("sw", "garden/tree-1/dual_use"), ("sw", "garden/tree-2/benign"))}
    keep(replace(corpus, translations=texts), "sw", gone.values())
    (made,) = keep(corpus, "yo", [replace(text, language="yo") for text in gone.values()])

    yoruba = [line for line in made.read_text("utf-8").splitlines() if line.startswith("garden/")]
    shutil.rmtree(made.parent)  # a language without its facts is no corpus

    assert yoruba == ["garden/tree-1/dual_use:", "garden/tree-2/benign:"]
    assert list(load_corpus(tmp_path).translations) == list(corpus.translations)


def test_nothing_taken_writes_nothing(tmp_path: Path) -> None:
    """Not even the same again in our own form."""
    corpus = corpus_in(tmp_path)
    path = tmp_path / "translations" / "sw" / "garden.yaml"
    before = path.read_bytes()

    assert keep(corpus, "sw", ()) == ()
    assert path.read_bytes() == before
