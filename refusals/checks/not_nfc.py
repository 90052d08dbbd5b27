"""A text is in Unicode's composed form, so that the same words are the same characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from refusals.checks import Example, Found, Level, Pair

LEVEL = Level.ERROR


def look(pairs: Sequence[Pair]) -> Iterator[Found]:
    """Find texts that normalisation form C would change."""
    for pair in pairs:
        if not unicodedata.is_normalized("NFC", pair.text):
            composed = unicodedata.normalize("NFC", pair.text)
            at = next((at for at, both in enumerate(zip(pair.text, composed, strict=False)) if both[0] != both[1]), 0)
            yield pair, f"it is not in Unicode's form NFC from character {at + 1} on; normalise it"


EXAMPLES = (
    Example(language="fr", source="Coffee?", text="Un cafe\u0301 ?", wrong=True),
    Example(language="yo", source="Go.", text="Lo\u0323.", wrong=True),
    Example(language="es", source="Tomorrow.", text="Man\u0303ana.", wrong=True),
    Example(language="fr", source="Coffee?", text="Un café ?", wrong=False),
    Example(language="yo", source="Go to them.", text="Lọ sí ọ̀dọ̀ wọn.", wrong=False),
    Example(language="hi", source="Need.", text="ज़रूरत।", wrong=False),
    Example(language="ar", source="Question.", text="سؤال آخر.", wrong=False),
)
