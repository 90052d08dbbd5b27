"""A text is not put in quotation marks or in bold as a whole, unless its source is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from refusals.checks import Example, Found, Level, Pair

LEVEL = Level.ERROR

_PAIRS = ('""', "''", "“”", "‘’", "„“", "„”", "«»", "»«", "「」", "『』", "《》", "**", "__", "``")

_MARKS = frozenset("".join(_PAIRS))


def look(pairs: Sequence[Pair]) -> Iterator[Found]:
    """Find texts of which both ends are one pair of marks, where the source neither begins with a mark nor is so."""
    for pair in pairs:
        begins = pair.source.strip()[:1] in _MARKS
        more = begins or _count(pair.text) > _count(pair.source) + 1
        if more and (marks := _around(pair.text, strictly=begins)) and not _around(pair.source, strictly=begins):
            yield pair, f"all of it stands between {marks[0]} and {marks[1]}, which its source does not; take them off"


def _count(text: str) -> int:
    return sum(mark in _MARKS and mark != "'" for mark in text)


def _around(text: str, *, strictly: bool) -> str:
    """Return the marks at both ends of a text; `strictly`, only where none of them stands inside.

    Marks that close and open again inside are not around it.
    """
    kept = re.sub(r"^(\*\*|__)(.*)\1$", r"*\2*", text.strip(), flags=re.DOTALL)
    for opening, closing in map(tuple, _PAIRS):
        inner = kept[1:-1]
        if len(kept) > 2 and kept[0] == opening and kept[-1] == closing:
            return "" if strictly and {opening, closing} & set(inner) else opening + closing
    return ""


EXAMPLES = (
    Example(language="es", source="Buy milk.", text='"Compra leche."', wrong=True),
    Example(language="fr", source="Buy milk.", text="« Achetez du lait. »", wrong=True),
    Example(language="zh-Hans", source="Buy milk.", text="“买牛奶。”", wrong=True),
    Example(language="sw", source="Buy milk.", text="**Nunua maziwa.**", wrong=True),
    Example(language="ru", source='"Buy milk."', text="«Купи молока».", wrong=False),
    Example(language="ru", source='"Buy milk."', text="«Купи молока.»", wrong=False),
    Example(language="hi", source='Write "milk" or "tea".', text="“दूध” या “चाय”", wrong=False),
    Example(language="es", source="Is it **milk**?", text="¿Es **leche**?", wrong=False),
)
