"""A word is of one alphabet: a letter of another one that looks alike is a mistake, or hides the word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from refusals.checks import Example, Found, Level, Pair
from refusals.checks._script import LOOK_ALIKE, script_of

LEVEL = Level.ERROR

_WORD = re.compile(r"(?:[^\W\d_][\u0300-\u036f]*)+")
_UNIT = 3  # letters; symbols of units mix these: μm, kΩ
_IN_UNITS = ["GREEK", "LATIN"]


def look(pairs: Sequence[Pair]) -> Iterator[Found]:
    """Find words of two alphabets that look alike, unless the source has them so."""
    for pair in pairs:
        if pair.text.isascii():
            continue
        for word in _WORD.findall(pair.text):
            scripts = sorted({script_of(character) for character in word} & LOOK_ALIKE)
            is_unit = scripts == _IN_UNITS and len(word) <= _UNIT
            if len(scripts) > 1 and not is_unit and word not in pair.source:
                both = " and ".join(script.title() for script in scripts)
                yield pair, f"a word of {len(word)} letters has {both} ones; write it in one alphabet"
                break


EXAMPLES = (
    Example(language="ru", source="Buy milk.", text="Купи молoко.", wrong=True),
    Example(language="es", source="Buy milk.", text="Compra lеche.", wrong=True),
    Example(language="sw", source="Buy milk.", text="Nunua mаziwa.", wrong=True),
    Example(language="fr", source="Buy milk.", text="Achetez du laιt.", wrong=True),
    Example(language="ru", source="My code.", text="Мой кoд.", wrong=True),
    Example(language="yo", source="Go to them.", text="Lọ sí ọ̀dọ̀ wọn, о̀rẹ́.", wrong=True),
    Example(language="ru", source="A USB cable.", text="USB-кабель.", wrong=False),
    Example(language="hi", source="Use an API.", text="APIको चलाइए।", wrong=False),
    Example(language="zh-Hans", source="I write Python.", text="我用Python写。", wrong=False),
    Example(language="ar", source="A PDF.", text="ملف الـPDF.", wrong=False),
    Example(language="fr", source="5 μm", text="5 μm", wrong=False),
    Example(language="yo", source="Buy milk.", text="Ra mílíìkì.", wrong=False),
)
