"""What another program should have decoded is decoded: no bytes read in the wrong table, no marks written for HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from refusals.checks import Example, Found, Level, Pair

LEVEL = Level.ERROR

_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,9}|#[0-9]{1,6}|#[xX][0-9A-Fa-f]{1,5});")
_WINDOWS = {bytes([byte]).decode("cp1252"): byte for byte in range(0x80, 0xA0) if byte not in b"\x81\x8d\x8f\x90\x9d"}
# A first byte of UTF-8, then those that may follow it, as Latin-1 or Windows-1252 shows them.
_RUN = re.compile(rf"[\u00c2-\u00f4][\u0080-\u00bf{''.join(_WINDOWS)}]{{1,3}}")


def look(pairs: Sequence[Pair]) -> Iterator[Found]:
    """Find what is UTF-8 read as Latin-1 or Windows-1252, and HTML entities that the source has not."""
    for pair in pairs:
        if (read := _misread(pair.text)) and not _misread(pair.source):
            yield pair, f"{read[0]!r} is {read[1]!r} read in the wrong encoding; read the file as UTF-8"
        found = [entity for entity in _ENTITY.findall(pair.text) if entity not in pair.source]
        if found:
            yield pair, f"{found[0]!r} is written for HTML; write the character"


def _misread(text: str) -> tuple[str, str] | None:
    """Return the first run that stands for other characters, and those."""
    for run in _RUN.findall(text):
        content = bytes(_WINDOWS.get(mark, ord(mark)) for mark in run)
        for end in range(len(content), 1, -1):
            try:
                return run[:end], content[:end].decode()
            except UnicodeDecodeError:
                continue
    return None


EXAMPLES = (
    Example(language="es", source="The child eats.", text="El niÃ±o come.", wrong=True),
    Example(language="fr", source="The summer is hot.", text="Lâ€™Ã©tÃ© est chaud.", wrong=True),
    Example(language="ru", source="Milk.", text="Ð¼Ð¾Ð»Ð¾ÐºÐ¾.", wrong=True),
    Example(language="hi", source="Milk.", text="à¤¦à¥‚à¤§", wrong=True),
    Example(language="sw", source='He said "yes".', text="Alisema &quot;ndiyo&quot;.", wrong=True),
    Example(language="yo", source="It's milk.", text="Mílíìkì ni&#39;.", wrong=True),
    Example(language="fr", source="The summer is hot.", text="L’été est chaud à « Évian » : où ?", wrong=False),
    Example(language="es", source="Write &amp; for and.", text="Escribe &amp; en vez de y.", wrong=False),
    Example(language="sw", source="R&D; and more.", text="R&D; na zaidi.", wrong=False),
)
