"""Joiners and selectors stand where a script or an emoji needs them, not inside of a word that does not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from refusals.checks import Example, Found, Level, Pair

LEVEL = Level.WARNING

# Scripts whose letters take one shape whatever stands beside them; others join, and may need to be told not to.
_UNJOINED = ("LATIN", "CYRILLIC", "GREEK", "HEBREW", "ETHIOPIC", "ARMENIAN", "CJK", "HIRAGANA", "KATAKANA", "HANGUL")
_MARK = re.compile("(?<=.)[\u200c\u200d\ufe00-\ufe0f](?=.)", re.DOTALL)


def look(pairs: Sequence[Pair]) -> Iterator[Found]:
    """Warn of a joiner or a variation selector between two letters of a script that does not join its letters."""
    for pair in pairs:
        for found in _MARK.finditer(pair.text):
            around = pair.text[found.start() - 1], pair.text[found.end()]
            if all(_unjoined(letter) for letter in around) and found[0] not in pair.source:
                name = unicodedata.name(found[0]).lower()
                yield pair, f"character {found.start() + 1} is a {name} between letters that do not join; take it out"
                break


def _unjoined(letter: str) -> bool:
    return unicodedata.category(letter)[0] == "L" and unicodedata.name(letter, "").startswith(_UNJOINED)


EXAMPLES = (
    Example(language="es", source="Buy milk.", text="Compra le\u200cche.", wrong=True),
    Example(language="ru", source="Buy milk.", text="Купи моло\u200dка.", wrong=True),
    Example(language="zh-Hans", source="Buy milk.", text="买\ufe0f牛奶。", wrong=True),
    Example(language="ar", source="Buy milk.", text="می\u200cخرم", wrong=False),
    Example(language="hi", source="Buy milk.", text="क्\u200dष दूध", wrong=False),
    Example(language="sw", source="Family 👨‍👩‍👧 ❤️ now", text="Familia 👨‍👩‍👧 ❤️ sasa", wrong=False),
)
