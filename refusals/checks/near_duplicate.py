"""Two cases that differ in the source differ in the translation: twins are not told apart by nothing."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from refusals.checks import Example, Found, Level, Pair

LEVEL = Level.ERROR
ALIKE = 96.0  # of 100, from where on two texts are nearly the same
LESS_ALIKE = 6.0  # by how much their sources then are less alike


def look(pairs: Sequence[Pair]) -> Iterator[Found]:
    """Find texts that are the same though their sources are not, and warn of those that are nearly the same."""
    from rapidfuzz import fuzz, process

    texts = [_folded(pair.text) for pair in pairs]
    sources = [_folded(pair.source) for pair in pairs]
    scores = process.cdist(texts, texts, scorer=fuzz.ratio, score_cutoff=ALIKE)
    for one, other in zip(*scores.nonzero(), strict=True):
        if other >= one or pairs[one].case == pairs[other].case or sources[one] == sources[other]:
            continue
        if not texts[one]:
            continue
        if texts[one] == texts[other]:
            yield pairs[one], f"the same text as that of {pairs[other].case}, whose source is another; translate both"
        elif fuzz.ratio(sources[one], sources[other]) < scores[one][other] - LESS_ALIKE:
            message = f"nearly the same text as that of {pairs[other].case}, whose source differs more; read both"
            yield pairs[one], message, Level.WARNING


def _folded(text: str) -> str:
    """Return the letters and digits of a text, without case, width and spacing."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(" " if unicodedata.category(mark)[0] in "PZC" else mark for mark in folded).split())


EXAMPLES = (
    Example(language="sw", source="My goat is ill.", text="Mbuzi wangu anaumwa.", wrong=False),
    Example(language="sw", source="My neighbour's goat is ill.", text="Mbuzi wangu anaumwa!", wrong=True),
    Example(language="zh-Hans", source="I lost my key.", text="我的钥匙丢了。", wrong=False),
    Example(language="zh-Hans", source="She lost her key.", text="我的钥匙丢了。", wrong=True),
    Example(
        language="fr",
        source="Water the roses on the balcony.",
        text="Arrosez les roses du balcon de la maison bleue.",
        wrong=False,
    ),
    Example(
        language="fr",
        source="Never let the roses dry out.",
        text="Arrosez les roses du balcon de la maison bleues.",
        wrong=True,
    ),
    Example(language="yo", source="Buy milk.", text="Ra mílíìkì.", wrong=False),
    Example(language="yo", source="Buy milk!", text="Ra mílíìkì.", wrong=False),
    Example(language="es", source="My goat is ill.", text="Mi cabra está enferma.", wrong=False),
    Example(language="es", source="My goats are ill.", text="Mis cabras están enfermas.", wrong=False),
)
