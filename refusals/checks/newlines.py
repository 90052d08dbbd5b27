"""A text has as many lines as its source: a list stays a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from refusals.checks import Example, Found, Level, Pair

LEVEL = Level.ERROR


def look(pairs: Sequence[Pair]) -> Iterator[Found]:
    """Find texts with more or fewer lines; empty lines do not count."""
    for pair in pairs:
        source, text = _lines(pair.source), _lines(pair.text)
        if source and text and source != text:
            yield pair, f"it has {text} lines, its source {source}; keep the lines of the source"


def _lines(text: str) -> int:
    return sum(not line.isspace() for line in text.splitlines() if line)


EXAMPLES = (
    Example(language="es", source="Buy:\n- milk\n- bread", text="Compra: leche y pan", wrong=True),
    Example(language="hi", source="Buy milk.", text="अनुवाद:\n\nदूध ख़रीदिए।", wrong=True),
    Example(language="zh-Hans", source="Buy:\n- milk\n- bread", text="买：\n- 牛奶", wrong=True),
    Example(language="ar", source="Buy:\n\n- milk", text="اشترِ:\n- حليبًا\n", wrong=False),
    Example(language="yo", source="Buy milk.\r\nThanks.", text="Ra mílíìkì.\nO ṣeun.", wrong=False),
    Example(language="sw", source="Buy milk.", text="Nunua maziwa.\n", wrong=False),
)
