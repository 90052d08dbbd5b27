"""The numbers of a source stand in its translations, in the digits of any script."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

from refusals.checks import Example, Found, Level, Pair
from refusals.checks._protected import unprotected

LEVEL = Level.ERROR
SMALL = 12  # up to here, numbers are often written out

_SEPARATED = r"\d+(?:[.,'\u2019\u066b\u066c]\d+)*"
_NUMBER = re.compile(rf"({_SEPARATED})(s\b)?")
# Groups of three after a space, as many languages write thousands.
_SPACED = re.compile(r"\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?:[.,\u066b]\d+)?(?!\d)")


def look(pairs: Sequence[Pair]) -> Iterator[Found]:
    """Find numbers that are missing or changed, and warn where they may be written out instead."""
    for pair in pairs:
        source, text = unprotected(pair.source), unprotected(pair.text)
        wanted = Counter({number: count for number, count in _numbers(source).items() if number})
        missing = wanted - _numbers(text) - _grouped(text)
        if not missing:
            continue
        shown = ", ".join(sorted(missing))
        added = _numbers(text) - wanted - _grouped(source)
        if added:
            yield pair, f"the source has {shown}, the text {', '.join(sorted(added))}; make them the same"
        elif all(number in _written_out(source) for number in missing):
            yield pair, f"the number {shown} of the source is missing; is it written out?", Level.WARNING
        else:
            yield pair, f"the number {shown} of the source is missing"


def _numbers(text: str) -> Counter[str]:
    return Counter(_plain(match[1]) for match in _NUMBER.finditer(text))


def _grouped(text: str) -> Counter[str]:
    return Counter(_plain(match[0]) for match in _SPACED.finditer(text))


def _written_out(source: str) -> set[str]:
    """Return the numbers that languages write out: small ones, and decades."""
    found = {_plain(match[1]) for match in _NUMBER.finditer(source) if match[2]}
    return found | {number for number in _numbers(source) if len(number) < 3 and int(number) <= SMALL}


def _plain(number: str) -> str:
    """Return the digits alone, as 0 to 9."""
    return "".join(str(unicodedata.digit(character)) for character in number if character.isdecimal())


EXAMPLES = (
    Example(language="es", source="Wake me at 7:45.", text="Despiértame a las 7:54.", wrong=True),
    Example(language="ar", source="Tell me about 1916.", text="أخبرني عن عام ١٩١٩.", wrong=True),
    Example(language="sw", source="I have 42 goats.", text="Nina mbuzi.", wrong=True),
    Example(language="yo", source="Add 3 eggs.", text="Fi ẹyin sí i.", wrong=True),
    Example(language="ru", source="It costs 1,500.", text="Это стоит 1 600.", wrong=True),
    Example(language="ar", source="I have 42 goats.", text="لدي ٤٢ عنزة.", wrong=False),
    Example(language="hi", source="I have 42 goats.", text="मेरे पास ४२ बकरियाँ हैं।", wrong=False),
    Example(language="fr", source="It costs 1,500.50.", text="Cela coûte 1\u202f500,50.", wrong=False),
    Example(language="ru", source="It costs 1,500.", text="Это стоит 1 500.", wrong=False),
    Example(language="zh-Hans", source="I was born in March of 1980.", text="我生于1980年3月。", wrong=False),
    Example(language="sw", source="Go to host-1.example.", text="Nenda host-1.example.", wrong=False),
)
