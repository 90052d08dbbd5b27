"""The script of a letter, from its Unicode name, against the ISO 15924 code of a language."""

from __future__ import annotations

import unicodedata
from functools import cache

# What the names of a code's letters begin with.
_NAMES = {
    "Adlm": "ADLAM",
    "Arab": "ARABIC",
    "Aran": "ARABIC",
    "Armn": "ARMENIAN",
    "Bali": "BALINESE",
    "Beng": "BENGALI",
    "Bopo": "BOPOMOFO",
    "Cans": "CANADIAN",
    "Cham": "CHAM",
    "Cher": "CHEROKEE",
    "Copt": "COPTIC",
    "Cyrl": "CYRILLIC",
    "Deva": "DEVANAGARI",
    "Ethi": "ETHIOPIC",
    "Geor": "GEORGIAN",
    "Grek": "GREEK",
    "Gujr": "GUJARATI",
    "Guru": "GURMUKHI",
    "Hang": "HANGUL",
    "Hani": "CJK",
    "Hans": "CJK",
    "Hant": "CJK",
    "Hebr": "HEBREW",
    "Java": "JAVANESE",
    "Jpan": "CJK HIRAGANA KATAKANA",
    "Khmr": "KHMER",
    "Knda": "KANNADA",
    "Kore": "HANGUL CJK",
    "Laoo": "LAO",
    "Latn": "LATIN",
    "Lisu": "LISU",
    "Mlym": "MALAYALAM",
    "Mong": "MONGOLIAN",
    "Mtei": "MEETEI",
    "Mymr": "MYANMAR",
    "Nkoo": "NKO",
    "Olck": "OL",
    "Orya": "ORIYA",
    "Rohg": "HANIFI",
    "Sinh": "SINHALA",
    "Sund": "SUNDANESE",
    "Syrc": "SYRIAC",
    "Taml": "TAMIL",
    "Telu": "TELUGU",
    "Tfng": "TIFINAGH",
    "Thaa": "THAANA",
    "Thai": "THAI",
    "Tibt": "TIBETAN",
    "Vaii": "VAI",
    "Yiii": "YI",
}
# Older character sets of mainland China and of Taiwan: what only the other one has is the other form.
_CHARSETS = {"Hans": ("gb2312", "big5"), "Hant": ("big5", "gb2312")}
# Alphabets whose letters are taken for each other's, so that no word mixes them.
LOOK_ALIKE = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "FULLWIDTH", "MATHEMATICAL"})


@cache
def script_of(character: str) -> str:
    """Return the first word of a letter's name, which is its script's; empty for what is no letter."""
    if unicodedata.category(character) not in ("Lu", "Ll", "Lt", "Lo"):
        return ""
    return unicodedata.name(character, "?").partition(" ")[0]


def names_of(code: str) -> frozenset[str]:
    """Return what the names of a script's letters begin with; nothing if the code is not known here."""
    return frozenset(_NAMES.get(code, "").split())


@cache
def is_other_form(character: str, code: str) -> bool:
    """Return whether a Han character is of the other form, simplified or traditional, than the code's."""
    own, other = _CHARSETS[code]
    return script_of(character) == "CJK" and not _is_in(character, own) and _is_in(character, other)


def has_forms(code: str) -> bool:
    """Return whether the code names one of two forms of the same characters."""
    return code in _CHARSETS


def _is_in(character: str, charset: str) -> bool:
    try:
        character.encode(charset)
    except UnicodeEncodeError:
        return False
    return True
