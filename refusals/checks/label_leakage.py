"""Length, punctuation and first words must not give a label away, and words only a little, in any language."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from refusals.cases import Kind
from refusals.checks import Finding, Level, parts_of
from refusals.languages import SOURCE_LANGUAGE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from refusals.corpus import Corpus

LEVEL = Level.WARNING
FEWEST_FAMILIES = 20
LIMITS = {"structure": 0.40, "words": 0.55}
RANKED = 0.65  # share of benign and harmful twins that words may put in the right order, where 0.5 is chance
SURE = 0.05  # over all languages and both kinds of feature together (Bonferroni)


def lint(corpus: Corpus) -> Iterator[Finding]:
    """Warn of a language in which families tell the labels of other families, beyond the limit and beyond chance.

    Requests, exchanges, conversations and transcripts are looked at each by themselves, and so are native families.
    """
    groups = {
        (tag, kind, native): texts_of(corpus, tag, kind, native=native)
        for tag in corpus.tags
        for kind in Kind
        for native in (False, True)
    }
    enough = {group: rows for group, rows in groups.items() if len(set(rows[2])) >= FEWEST_FAMILIES}
    for (tag, kind, native), rows in enough.items():
        for said in _leaks(*rows, sure=SURE / (len(LIMITS) * len(enough))):
            of = "native families: " if native else "" if kind is Kind.REQUEST else f"{kind}s: "
            message = f"{of}{said}: rewrite what stands out"
            yield Finding(check="label_leakage", level=LEVEL, language=tag, message=message)


def _leaks(texts: list[str], labels: list[str], families: list[str], *, sure: float) -> Iterator[str]:
    from scipy.special import bdtrc

    from refusals.checks._out_of_family import leakage

    for name, features in (("structure", structure(texts)), ("words", words(texts))):
        found = leakage(features, labels, families)
        if found.accuracy > LIMITS[name] and found.p < sure:
            yield (
                f"{name} tell the label of a family never seen in {found.accuracy:.0%} of cases "
                f"(limit {LIMITS[name]:.0%}, chance {found.chance:.0%}, p {found.p:.3f})"
            )
        count = len(set(families))
        if name == "words" and found.ranked > RANKED and bdtrc(round(found.ranked * count) - 1, count, 0.5) < sure:
            yield (
                f"words tell the harmful from the benign twin in {found.ranked:.0%} of families never seen "
                f"(limit {RANKED:.0%}, chance 50%)"
            )


def texts_of(corpus: Corpus, tag: str, kind: Kind, *, native: bool = False) -> tuple[list[str], list[str], list[str]]:
    """Return the texts of a language and kind, their labels and their families."""
    rows = []
    for family in corpus.families:
        if family.kind is not kind or family.language != (tag if native else ""):
            continue
        for case in family.cases:
            text = corpus.translations.get((tag, case.id))
            wording = case.wording if tag == (family.language or SOURCE_LANGUAGE) else text and text.wording
            if wording:
                rows.append((" ".join(part for _, part in parts_of(wording)), str(case.label), family.id))
    return [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]


def structure(texts: Sequence[str]) -> NDArray[np.float64]:
    """Return [texts, features]: lengths, counts of marks and digits, and which first word it has."""
    import numpy as np

    firsts = sorted({_first(text) for text in texts})
    counted = [
        [
            len(text),
            len(text.split()),
            sum(unicodedata.category(mark).startswith("P") for mark in text),
            sum(mark.isdigit() for mark in text),
            sum(unicodedata.category(mark) in ("Pi", "Pf") or mark == '"' for mark in text),
            text.count("?") + text.count("\u061f") + text.count("\uff1f"),
            *(_first(text) == first for first in firsts),
        ]
        for text in texts
    ]
    return np.asarray(counted, dtype=np.float64)


def _first(text: str) -> str:
    return text.split(maxsplit=1)[0].casefold() if " " in text else text[:2]


def words(texts: Sequence[str]) -> NDArray[np.float64]:
    """Return [texts, features]: how often each sequence of two to four characters is in a text, tf-idf weighted."""
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer

    weigh = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), min_df=2, sublinear_tf=True)
    return np.asarray(weigh.fit_transform(texts).toarray(), dtype=np.float64)
