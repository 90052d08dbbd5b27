"""A text is not put in quotation marks or in bold as a whole, unless its source is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from refusals.checks import Example, Found, Level, Pair

LEVEL = Level.ERROR

_PAIRS = ('""', "''", "“”", "‘’", "„“", "„”", "«»", "»«", "「」", "『』", "《》", "**", "__", "``")


def look(pairs: Sequence[Pair]) -> Iterator[Found]:
    """Find texts of which both ends are one pair of marks, and what is between has none of them."""
    for pair in pairs:
        if (marks := _around(pair.text)) and not _around(pair.source):
            yield pair, f"all of it stands between {marks[0]} and {marks[1]}, which its source does not; take them off"


def _around(text: str) -> str:
    """Return the marks around the whole text; where they close and open again inside, they are not around it."""
    kept = re.sub(r"^(\*\*|__)(.*)\1$", r"*\2*", text.strip(), flags=re.DOTALL)
    for opening, closing in map(tuple, _PAIRS):
        inner = kept[1:-1]
        if len(kept) > 2 and kept[0] == opening and kept[-1] == closing and not {opening, closing} & set(inner):
            return opening + closing
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
