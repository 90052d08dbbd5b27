"""What a reader cannot see is not in a text: it hides words, or shows them in another order."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache

from refusals.checks import Example, Found, Level, Pair

LEVEL = Level.ERROR

_JOINERS = "\u200c\u200d"  # needed in Persian, Hindi, Bengali and many emoji
_MARKS = "\u200e\u200f\u061c"  # direction marks, which right-to-left writing needs beside numbers
_BREAK = "\u200b"
_BREAKING = ("Khmr", "Laoo", "Mymr", "Thai")  # scripts that may mark the ends of words with it
# Letters and marks by their category, yet they show nothing. Variation selectors of emoji are no part of them.
_BLANK = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"


def look(pairs: Sequence[Pair]) -> Iterator[Found]:
    """Find characters without a shape, more of them than the source has, but for those that writing needs."""
    for pair in pairs:
        hidden = Counter(character for character in pair.text if _is_hidden(character))
        for character in _needed(pair):
            del hidden[character]
        for character in hidden - Counter(pair.source):
            name = unicodedata.name(character, "control character")
            at = pair.text.index(character) + 1
            yield pair, f"character {at} is U+{ord(character):04X} ({name.lower()}), which nobody sees; take it out"
            break


def _needed(pair: Pair) -> str:
    marks = _MARKS if pair.language.direction == "rtl" else ""
    return marks + (_BREAK if pair.language.script in _BREAKING else "")


@cache
def _is_hidden(character: str) -> bool:
    if character in _JOINERS or character in "\t\n\r":
        return False
    if character in _BLANK or 0xE0100 <= ord(character) <= 0xE01EF:
        return True
    if unicodedata.category(character) == "Cf":
        # Signs that stand around a number, such as the Arabic one of a year, can be seen.
        return unicodedata.bidirectional(character) not in ("AN", "AL", "L") or character in _MARKS
    return unicodedata.category(character) in ("Cc", "Cs", "Co", "Zl", "Zp")


EXAMPLES = (
    Example(language="es", source="Buy milk.", text="Compra\u200b leche.", wrong=True),
    Example(language="ar", source="Buy milk.", text="اشترِ \u202eحليبًا\u202c.", wrong=True),
    Example(language="ru", source="Buy milk.", text="Купи моло\u00adко.", wrong=True),
    Example(language="yo", source="Buy milk.", text="\ufeffRa mílíìkì.", wrong=True),
    Example(language="sw", source="Buy milk.", text="Nunua\u200e maziwa.", wrong=True),
    Example(language="fr", source="Buy milk.", text="Achetez\U000e0061 du lait.", wrong=True),
    Example(language="ar", source="Buy 3.", text="اشترِ \u200f3.", wrong=False),
    Example(language="hi", source="Buy milk.", text="दूध ख़रीदिए क्\u200dष, क्\u200cष।", wrong=False),
    Example(language="fr", source="Milk?", text="Du lait\u202f? Oui\u00a0!", wrong=False),
    Example(language="yo", source="Go.", text="Lọ sí ọ̀dọ̀ wọn.", wrong=False),
    Example(language="zh-Hans", source="Family 👨‍👩‍👧 ❤️", text="家庭 👨‍👩‍👧 ❤️", wrong=False),
    Example(language="es", source="A\u200bB?", text="¿A\u200bB?", wrong=False),
)
