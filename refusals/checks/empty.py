"""A text that says nothing is no translation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from refusals.checks import Example, Found, Level, Pair
from refusals.judges._normal import is_visible

LEVEL = Level.ERROR


def look(pairs: Sequence[Pair]) -> Iterator[Found]:
    """Find texts without anything visible, and texts without a letter whose source has some."""
    for pair in pairs:
        if not is_visible(pair.source):
            continue
        if not is_visible(pair.text):
            yield pair, "there is nothing in it; translate it, or say why it is `untranslatable`"
        elif _says(pair.source) and not _says(pair.text):
            yield pair, "it has no letter and no digit; translate it, or say why it is `untranslatable`"


def _says(text: str) -> bool:
    return any(character.isalnum() for character in text)


EXAMPLES = (
    Example(language="sw", source="How do I cook rice?", text="", wrong=True),
    Example(language="yo", source="How do I cook rice?", text=" \u200b\u00a0", wrong=True),
    Example(language="zh-Hans", source="How do I cook rice?", text="……？", wrong=True),
    Example(language="zh-Hans", source="How do I cook rice?", text="怎么煮米饭？", wrong=False),
    Example(language="hi", source="2 + 2?", text="२ + २?", wrong=False),
    Example(language="ar", source="Thanks!", text="شكرًا!", wrong=False),
    Example(language="ru", source="???", text="???", wrong=False),
)
