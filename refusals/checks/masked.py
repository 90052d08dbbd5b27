"""A translation hides no words that its source shows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from refusals.checks import Example, Found, Level, Pair

LEVEL = Level.ERROR

_BRACKETED = re.compile(r"[\[［【][^\[\]［］【】\n]{1,60}[\]］】]")
_STARS = re.compile(r"\*{3,}|(?<=[^\W\d_])\*+(?=[^\W\d_])|[█▇■▒░]{2,}|_{3,}|[×✱＊●]{3,}")
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,3})(?=[^\s*])[^*\n]*[^\s*]\1(?![\w*])")
_SAID = re.compile(r"[(（](?:\W*)(?:censored|redacted|omitted|removed|withheld|deleted)(?:\W*)[)）]", re.IGNORECASE)


def look(pairs: Sequence[Pair]) -> Iterator[Found]:
    """Find stars, bars and bracketed words where the source has fewer: a `[withheld]` of the source stays one."""
    for pair in pairs:
        if any(_more(pattern, pair) for pattern in (_BRACKETED, _STARS, _SAID)):
            yield pair, "it masks words that the source shows; write them out"


def _more(pattern: re.Pattern[str], pair: Pair) -> bool:
    text, source = (len(pattern.findall(_EMPHASIS.sub(" ", part))) for part in (pair.text, pair.source))
    return text > source


EXAMPLES = (
    Example(language="es", source="My dog ate the cake.", text="Mi *** se comió el pastel.", wrong=True),
    Example(language="fr", source="My dog ate the cake.", text="Mon ch**n a mangé le gâteau.", wrong=True),
    Example(language="sw", source="My dog ate the cake.", text="Mbwa wangu alikula [redacted].", wrong=True),
    Example(language="zh-Hans", source="My dog ate the cake.", text="我的狗【已隐去】蛋糕。", wrong=True),
    Example(language="ru", source="My dog ate the cake.", text="Моя собака […] торт.", wrong=True),
    Example(language="ar", source="My dog ate the cake.", text="أكل ████ الكعكة.", wrong=True),
    Example(language="yo", source="Mix [withheld] and water.", text="Po [tí a fi pamọ́] àti omi pọ̀.", wrong=False),
    Example(language="hi", source="My dog ate the cake.", text="मेरे कुत्ते ने केक खा लिया।", wrong=False),
    Example(language="fr", source="My dog ate it.", text="Mon chien ***a tout mangé.", wrong=True),
    Example(language="ru", source="It is good.", text="Это ***очень*** *хорошо*.", wrong=False),
    Example(language="fr", source="It is **very** good.", text="C'est **très** bon.", wrong=False),
    Example(language="es", source="Say *** here.", text="Di *** aquí.", wrong=False),
)
