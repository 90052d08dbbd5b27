"""How alike the most alike families are, in the source language; prints a Markdown table.

    python benchmarks/corpus/alike.py

The share of words that two texts have in common whatever their order (rapidfuzz's token_sort_ratio), of the closest
pair of two families; `refusals check` warns from 85 on.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.corpus.counts import grid
from refusals.checks import parts_of
from refusals.corpus import Corpus, load_corpus

ROOT = Path(__file__).resolve().parents[2]
SHOWN = 10


def closest(corpus: Corpus) -> list[tuple[float, str, str]]:
    """Return (likeness of 100, case, case) of each pair of families, the most alike first."""
    from rapidfuzz import fuzz, process

    rows = [
        (family.id, case.id, " ".join(part for _, part in parts_of(case.wording)).casefold())
        for family in corpus.families
        if not family.language
        for case in family.cases
    ]
    scores = process.cdist([row[2] for row in rows], [row[2] for row in rows], scorer=fuzz.token_sort_ratio)
    best: dict[tuple[str, str], tuple[float, str, str]] = {}
    for one, (family, case, _) in enumerate(rows):
        for two, (other, twin, _) in enumerate(rows[:one]):
            if family != other:
                found = (float(scores[one][two]), case, twin)
                key = (other, family)
                best[key] = max(best.get(key, found), found)
    return sorted(best.values(), reverse=True)


def table(corpus: Corpus) -> list[str]:
    """Return the rows of the most alike pairs."""
    return grid(
        ["likeness", "case", "case of another family"], [[f"{s:.0f}", a, b] for s, a, b in closest(corpus)[:SHOWN]]
    )


def main() -> None:
    """Print the table for the corpus as it stands."""
    print("\n".join(table(load_corpus(ROOT))))


if __name__ == "__main__":
    main()
