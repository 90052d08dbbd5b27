"""Two writings of the same words become the same tokens, in any script.

Models write the apostrophe in five ways, drop the marks of Yoruba and the points of Arabic, and put
emphasis inside a word. None of that changes what is said, and NFKC alone undoes little of it.
"""

from __future__ import annotations

import unicodedata
from functools import cache

# Each of these stands for an apostrophe somewhere; NFKC leaves them apart.
_APOSTROPHES = "'`´ʹʻʼʽˈ‘’‛′＇ꞌ՚"  # noqa: RUF001 - they are what is meant
_EMPHASIS = "*_~"
_TATWEEL = "\u0640"
# Letters by their category, yet they show nothing.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\ufe0e\ufe0f")
_DROPPED = frozenset(_APOSTROPHES + _EMPHASIS + _TATWEEL) | _BLANK
# Scripts that put no space between words: Thai to Tibetan, Myanmar, Khmer, then kana and Han.
_UNSPACED = ((0x0E00, 0x0FFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x2E80, 0x30FF), (0x3400, 0x4DBF))
_UNSPACED_TOO = ((0x4E00, 0x9FFF), (0x20000, 0x3FFFF))


class _Table(dict[int, str]):
    """Says what each character becomes, and works that out once a character."""

    def __init__(self, *, marks: bool) -> None:
        self._marks = marks

    def __missing__(self, code: int) -> str:
        made = self[code] = self._made(chr(code))
        return made

    def _made(self, character: str) -> str:
        category = unicodedata.category(character)
        if character == "\u0131":  # Turkish capitals lose the difference where they are not lowered as Turkish
            return "i"
        if character in _DROPPED or category == "Cf" or self._is_optional(unicodedata.combining(character)):
            return ""
        if category[0] in "PSZC":
            return " "
        digit = unicodedata.digit(character, None)
        if digit is not None:
            return str(digit)
        return f" {character} " if is_unspaced(character) else character

    def _is_optional(self, kind: int) -> bool:
        """Return whether a combining class is of the nukta, of vowel points, or of marks that are left out."""
        return kind == 7 or 10 <= kind <= 35 or (kind >= 200 and not self._marks)


_WITH_MARKS = _Table(marks=True)
_WITHOUT_MARKS = _Table(marks=False)


@cache
def is_unspaced(character: str) -> bool:
    """Return whether a character is of a script that puts no space between words."""
    return any(low <= ord(character) <= high for low, high in (*_UNSPACED, *_UNSPACED_TOO))


def tokens(text: str, *, marks: bool = False) -> list[str]:
    """Return the words of a text, folded; in scripts without spaces each character is one.

    Case, width, apostrophes, emphasis, digits' script, punctuation and invisible characters make no
    difference; neither do marks above and below letters, unless `marks`.
    """
    folded = unicodedata.normalize("NFKD", text).casefold()
    return folded.translate(_WITH_MARKS if marks else _WITHOUT_MARKS).split()


@cache
def worth(character: str) -> int:
    """Return how much a character says: a wide East Asian one as much as three letters."""
    return 3 if unicodedata.east_asian_width(character) in "WF" else 1


def letters(text: str) -> int:
    """Return how many letters a text has, in the measure of `worth`."""
    return sum(worth(character) for character in text if character.isalpha() and character not in _BLANK)


def is_visible(text: str) -> bool:
    """Return whether anything in the text can be seen: not only spaces, controls and fillers."""
    return any(unicodedata.category(character)[0] not in "ZC" and character not in _BLANK for character in text)
