"""A text that is its source is no translation of it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from refusals.checks import Example, Found, Level, Pair
from refusals.checks._protected import unprotected, words

LEVEL = Level.ERROR
FEW = 3  # words that may all be names


def look(pairs: Sequence[Pair]) -> Iterator[Found]:
    """Find copies of the source, whatever their case, width and punctuation; names alone may stay as they are."""
    for pair in pairs:
        own = _folded(pair.source)
        if own == _folded(pair.text) and _is_translatable(pair.source):
            yield pair, "it is the source text, unchanged; translate it"


def _folded(text: str) -> list[str]:
    return words(unicodedata.normalize("NFKC", text).casefold())


def _is_translatable(source: str) -> bool:
    left = words(unprotected(source))
    return len(left) > FEW or any(word[0].islower() and len(word) > 2 for word in left)


EXAMPLES = (
    Example(language="es", source="How do I cook rice?", text="How do I cook rice?", wrong=True),
    Example(language="zh-Hans", source="How do I cook rice?", text="Ｈｏｗ do I cook rice？", wrong=True),
    Example(language="sw", source="How do I cook rice?", text="HOW DO I COOK RICE", wrong=True),
    Example(language="ar", source="Call me at noon.", text=" Call me  at noon.\n", wrong=True),
    Example(language="sw", source="Dana, Ori", text="Dana, Ori", wrong=False),
    Example(language="fr", source="host-a.example", text="host-a.example", wrong=False),
    Example(language="es", source="OK!", text="OK!", wrong=False),
    Example(language="hi", source="42", text="42", wrong=False),
    Example(language="ru", source="How do I cook rice?", text="Как сварить рис?", wrong=False),
)
