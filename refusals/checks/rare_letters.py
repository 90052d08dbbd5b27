"""A letter that no other family of the language has is one of another language, or a look-alike."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence

from refusals.checks import Example, Found, Level, Pair
from refusals.checks._protected import own_text

LEVEL = Level.WARNING
FEWEST = 100  # families from which a language's letters are known
_OPEN = ("Hans", "Hant", "Jpan", "Kore", "Hang", "Ethi")  # scripts of so many characters that a rare one says nothing
_RADICALS = "\u2e80", "\u2fdf"


def look(pairs: Sequence[Pair]) -> Iterator[Found]:
    """Warn of letters that stand in one family only and not in its source, and of radicals in place of characters."""
    said = [own_text(pair.text, pair.source) for pair in pairs]
    families: dict[str, set[str]] = defaultdict(set)
    for pair, text in zip(pairs, said, strict=True):
        for letter in set(text):
            families[letter].add(pair.case.rpartition("/")[0])
    known = len({pair.case.rpartition("/")[0] for pair in pairs}) >= FEWEST and pairs[0].language.script not in _OPEN
    for pair, text in zip(pairs, said, strict=True):
        rare = [mark for mark in dict.fromkeys(text) if _stands_out(mark) and mark not in pair.source]
        odd = [mark for mark in rare if _is_radical(mark) or (known and len(families[mark]) == 1)]
        if odd:
            named = f"{odd[0]!r} (U+{ord(odd[0]):04X}, {unicodedata.name(odd[0], 'unnamed').lower()})"
            yield pair, f"{named} is in no other family's text; is it a letter of this language?"


def _stands_out(mark: str) -> bool:
    """Whether it is a letter of the kind that is looked at: no capital, and none that names and code may bring."""
    return (unicodedata.category(mark) in ("Ll", "Lo", "Lm") and not mark.isascii()) or _is_radical(mark)


def _is_radical(mark: str) -> bool:
    return _RADICALS[0] <= mark <= _RADICALS[1]


EXAMPLES = (
    Example(language="zh-Hans", source="One fish.", text="一条⻥。", wrong=True),
    Example(language="zh-Hans", source="One fish.", text="一条鱼。", wrong=False),
    Example(language="zh-Hans", source="One fish.", text="⼀条鱼。", wrong=True),
    Example(language="ar", source="One fish.", text="سمكة واحدة.", wrong=False),
    Example(language="es", source="One fish.", text="Un pez.", wrong=False),
)
