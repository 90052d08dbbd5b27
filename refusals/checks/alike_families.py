"""Two families on the same thing in the same words are one fact counted twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from refusals.checks import Finding, Level, parts_of

if TYPE_CHECKING:
    from refusals.corpus import Corpus

LEVEL = Level.WARNING
ALIKE = 85.0  # of 100: share of the shorter text that is in the longer one, by words


def lint(corpus: Corpus) -> Iterator[Finding]:
    """Warn of two cases of different families whose source texts are nearly the same."""
    from rapidfuzz import fuzz, process

    rows = [
        (family.id, case.id, " ".join(part for _, part in parts_of(case.wording)).casefold())
        for family in corpus.families
        for case in family.cases
    ]
    texts = [row[2] for row in rows]
    scores = process.cdist(texts, texts, scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE)
    for one, (family, case, _) in enumerate(rows):
        for other in range(one):
            if scores[one][other] and rows[other][0] != family:
                message = f"nearly the same text as {rows[other][1]}, of another family: keep one of them"
                yield Finding(check="alike_families", level=LEVEL, case=case, message=message)
