"""What words give away is learned from some families and asked of the others.

Features are SentencePiece unigram pieces, the model is a logistic regression of harmful against
benign cases; dual-use ones are left out of training, and stale texts of everything. Families are
dealt into folds, and what is said of a fold comes from pieces and weights that were both learned
from the other folds only. Learning the pieces from all texts at once would be quicker, but what a
piece is would then depend on the families that are judged. All is deterministic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from refusals.cases import Label
from refusals.pieces import learn_pieces
from refusals.systems._cells import cells

if TYPE_CHECKING:
    from collections.abc import Sequence

    from refusals.cases import Family
    from refusals.corpus import Corpus
    from refusals.prompts import Prompt
    from refusals.systems._cells import Cell

_FOLDS = 6
LEARNED = 4000  # texts, evenly spaced, that pieces are learned from: more of them change little and take long


def is_complete(family: Family) -> bool:
    """Return whether a family shows both what is harmful and what is benign."""
    return {Label.BENIGN, Label.HARMFUL} <= {case.label for case in family.cases}


def out_of_fold(corpus: Corpus) -> dict[str, float]:
    """Return the probability of harm by prompt id, each from a model of other families."""
    known = [cell for cell in cells(corpus) if not cell.stale]
    folds = folds_of(corpus.families)
    scores: dict[str, float] = {}
    for fold in range(max(folds.values()) + 1):
        judged = [cell for cell in known if folds[cell.family.id] == fold]
        others = [cell for cell in known if folds[cell.family.id] != fold]
        scores.update(_judged(judged, others))
    return scores


def folds_of(families: Sequence[Family]) -> dict[str, int]:
    """Deal families into folds, those with both labels first, so that no fold's others lack a label."""
    dealt = sorted(families, key=lambda family: (not is_complete(family), family.id))
    count = min(_FOLDS, len(dealt))
    return {family.id: position % count for position, family in enumerate(dealt)}


def _judged(judged: Sequence[Cell], others: Sequence[Cell]) -> dict[str, float]:
    """Learn from the other cells, then return how harmful each of the judged ones looks."""
    texts = [words_of(cell.prompt) for cell in others]
    pieces = learn_pieces(texts[:: -(-len(texts) // LEARNED)])
    labelled = [cell for cell in others if cell.case.label is not Label.DUAL_USE]
    model = classifier()
    model.fit(
        shares(pieces, [words_of(cell.prompt) for cell in labelled]),
        [cell.case.label is Label.HARMFUL for cell in labelled],
    )
    harm = model.predict_proba(shares(pieces, [words_of(cell.prompt) for cell in judged]))[:, 1]
    return {cell.prompt.id: float(score) for cell, score in zip(judged, harm, strict=True)}


def classifier() -> Any:
    """Return the model, not yet fitted."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=10.0, class_weight="balanced", max_iter=1000)


def words_of(prompt: Prompt) -> str:
    """Return all words of a prompt."""
    return "\n".join([prompt.text, prompt.reply or "", *(turn.text for turn in prompt.turns)])


def shares(pieces: Any, texts: Sequence[str]) -> Any:
    """Return a sparse row for each text: how often each piece is in it, at length one."""
    import numpy as np
    from scipy.sparse import csr_array
    from sklearn.preprocessing import normalize

    cut = pieces.encode(list(texts))
    ends = np.cumsum([0, *map(len, cut)])
    indices = np.fromiter((piece for row in cut for piece in row), dtype=np.int32, count=ends[-1])
    counts = csr_array((np.ones(len(indices)), indices, ends), shape=(len(texts), pieces.get_piece_size()))
    counts.sum_duplicates()
    return normalize(counts)
