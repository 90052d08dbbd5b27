"""How far the words of a text give its label away, per language; prints a Markdown table.

    python benchmarks/corpus/leakage.py

Ridge regression learned from other families (`refusals.checks.label_leakage`), and the pieces that the system `surface`
sees, each beside what labels permuted within families give (Good 2005, section 3.3).
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.corpus.counts import grid
from refusals.cases import Kind
from refusals.checks.label_leakage import LIMITS, RANKED, structure, texts_of, words
from refusals.corpus import Corpus, load_corpus

ROOT = Path(__file__).resolve().parents[2]
HEAD = [
    "language",
    "kind",
    "families",
    "structure",
    "chance",
    "p",
    "sequences",
    "chance",
    "p",
    "twins ranked",
    "pieces",
    "chance",
    "p",
    "over a limit",
]


def table(corpus: Corpus) -> list[str]:
    """Return the rows of every language that has texts enough."""
    from refusals.checks._out_of_family import leakage

    rows: list[list[object]] = []
    for kind, tag in ((kind, tag) for kind in Kind for tag in corpus.tags):
        texts, labels, families = texts_of(corpus, tag, kind)
        if len(set(families)) < 10:
            continue
        row: list[object] = [tag, kind, len(set(families))]
        over = []
        for name, features in (("structure", structure(texts)), ("words", words(texts)), ("pieces", pieces(texts))):
            found = leakage(features, labels, families)
            row += [f"{found.accuracy:.0%}", f"{found.chance_high:.0%}", f"{found.p:.3f}"]
            if name in LIMITS and found.accuracy > LIMITS[name]:
                over.append(name)
            if name == "words":
                row.append(f"{found.ranked:.0%}")
                over += ["twins"] if found.ranked > RANKED else []
        rows.append([*row, ", ".join(over) or "–"])
    return grid(HEAD, rows)


def pieces(texts: list[str]) -> object:
    """Return [texts, pieces]: the share of each SentencePiece piece in each text, as `surface` sees it.

    The pieces are learned from these texts without their labels.
    """
    from refusals.pieces import learn_pieces
    from refusals.systems._out_of_fold import shares

    return shares(learn_pieces(texts), texts).toarray()


def main() -> None:
    """Print the table for the corpus as it stands."""
    print("\n".join(table(load_corpus(ROOT))))


if __name__ == "__main__":
    main()
