"""Whether the system `surface` does better than labels dealt by chance would let it, per language; prints a table.

    python benchmarks/corpus/surface.py [--permutations 99] [--record]

`surface` learns words from other families than it judges (`refusals.systems._out_of_fold`). Here its models are fitted
again with the labels permuted within families, all languages of a family alike (a restricted permutation test: Good
2005, section 3.3); the pieces are learned without labels, so they stay. Shown is the AUROC of harmful against benign
texts, the 95 % point of its distribution by chance, and the share of deals that do as well. It takes minutes, so
`--record` keeps the table in `surface.md`, with the digest of the texts it is of, for docs/corpus.md.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.corpus.counts import grid
from refusals.cases import Label
from refusals.corpus import Corpus, load_corpus
from refusals.pieces import learn_pieces
from refusals.systems import _out_of_fold as surface
from refusals.systems._cells import Cell, cells

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]
RECORD = Path(__file__).with_name("surface.md")
HEAD = ["language", "texts", "AUROC", "by chance at most", "p"]
SCORED = (Label.BENIGN, Label.HARMFUL)


def known(corpus: Corpus) -> list[Cell]:
    """Return the cells that `surface` learns from and judges here: benign and harmful ones, no native families."""
    return [cell for cell in cells(corpus) if not cell.stale and cell.case.label in SCORED and not cell.family.language]


def digest(found: list[Cell]) -> str:
    """Return eight digits that change when a text or a label does."""
    return hashlib.sha256("".join(f"{c.prompt.id}{c.case.label}" for c in found).encode()).hexdigest()[:8]


def dealt(found: list[Cell], draw: np.random.Generator) -> NDArray[np.bool_]:
    """Return for each cell whether it is harmful after the labels of each family's cases were permuted."""
    by_family: dict[str, dict[str, bool]] = defaultdict(dict)
    for cell in found:
        by_family[cell.family.id][cell.case.id] = cell.case.label is Label.HARMFUL
    label = {}
    for cases in by_family.values():
        label.update(zip(cases, draw.permutation(list(cases.values())), strict=True))
    return np.array([label[cell.case.id] for cell in found])


def aurocs(harm: NDArray[np.float64], labels: NDArray[np.bool_], tags: NDArray[np.str_]) -> dict[str, float]:
    """Return the area under the curve of each language, and `*`, their mean."""
    from sklearn.metrics import roc_auc_score

    found = {tag: float(roc_auc_score(labels[tags == tag], harm[tags == tag])) for tag in dict.fromkeys(tags)}
    return {**found, "*": float(np.mean(list(found.values())))}


def scored(shares: list[tuple[Any, Any]], folds: NDArray[np.int64], labels: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return how harmful each cell looks to a model of the other folds."""
    harm = np.zeros(len(labels))
    for fold, (others, judged) in enumerate(shares):
        model = surface.classifier()
        model.fit(others, labels[folds != fold])
        harm[folds == fold] = model.predict_proba(judged)[:, 1]
    return harm


def table(corpus: Corpus, permutations: int) -> list[str]:
    """Return the rows of the languages, and of their mean."""
    found = known(corpus)
    of_family = surface.folds_of(corpus.families)
    folds = np.array([of_family[cell.family.id] for cell in found])
    texts = np.array([surface.words_of(cell.prompt) for cell in found], dtype=object)
    shares = []
    for fold in range(folds.max() + 1):
        others = list(texts[folds != fold])
        pieces = learn_pieces(others[:: -(-len(others) // surface.LEARNED)])
        shares.append((surface.shares(pieces, others), surface.shares(pieces, list(texts[folds == fold]))))
        print(f"fold {fold + 1}: pieces learned", file=sys.stderr)
    tags = np.array([cell.language for cell in found])
    labels = np.array([cell.case.label is Label.HARMFUL for cell in found])
    true = aurocs(scored(shares, folds, labels), labels, tags)
    draw, chance = np.random.default_rng(0), defaultdict(list)
    for number in range(permutations):
        other = dealt(found, draw)
        for tag, area in aurocs(scored(shares, folds, other), other, tags).items():
            chance[tag].append(area)
        print(f"deal {number + 1} of {permutations}", end="\r", file=sys.stderr)
    return grid(HEAD, [_row(tag, area, chance[tag], tags) for tag, area in true.items()])


def _row(tag: str, area: float, chance: list[float], tags: NDArray[np.str_]) -> list[object]:
    texts = int((tags == tag).sum()) if tag in tags else len(tags)
    p = (1 + sum(each >= area for each in chance)) / (1 + len(chance))
    return [tag, texts, f"{area:.3f}", f"{np.quantile(chance, 0.95):.3f}", f"{p:.2f}"]


def main() -> None:
    """Print the table, and keep it if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--permutations", type=int, default=99)
    parser.add_argument("--record", action="store_true", help=f"put the table into {RECORD.relative_to(ROOT)}")
    given = parser.parse_args()
    corpus = load_corpus(ROOT)
    written = "\n".join(table(corpus, given.permutations)) + "\n"
    print(written)
    if given.record:
        head = f"Texts {digest(known(corpus))}, {given.permutations} deals of the labels.\n\n"
        RECORD.write_text(head + written, encoding="utf-8")


if __name__ == "__main__":
    main()
