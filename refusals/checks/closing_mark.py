"""A text ends as its source does: with a closing mark of its language, a question with that of a question."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Sequence
from enum import StrEnum

from refusals.checks import Example, Found, Level, Pair

LEVEL = Level.ERROR
_COLONS = ":："


class Closing(StrEnum):
    """What the last mark of a text makes of it; a colon ends a sentence too, since it announces what is left open."""

    NONE = "nothing"
    STATEMENT = "the end of a sentence"
    QUESTION = "a question mark"
    OPEN = "an ellipsis"


def look(pairs: Sequence[Pair]) -> Iterator[Found]:
    """Find texts without the mark that their sources have: they are cut off, or ask where the source does not."""
    for pair in pairs:
        wanted = _closing(pair.source, pair.source_language.endings)
        endings = pair.language.endings
        has = {_kind(mark, endings) for mark in endings}
        found = _closing(pair.text, endings)
        if wanted in (Closing.NONE, found) or wanted not in has or not pair.text.strip():
            continue
        if found is Closing.NONE:
            yield pair, f"it ends with no closing mark, its source with {wanted}; is the end missing?"
        elif found is Closing.QUESTION:
            yield pair, f"it ends with a question mark, its source with {wanted}; does it ask the same?", Level.WARNING
        else:
            yield pair, f"it ends with {found}, its source with {wanted}; does it say the same to its end?"


def _closing(text: str, endings: Collection[str]) -> Closing:
    kept = text.rstrip()
    while kept and kept[-1] not in (*endings, *_COLONS) and _is_closed_by(kept[-1]):
        kept = kept[:-1]
    marks = kept[len(kept.rstrip("".join((*endings, *_COLONS)))) :]
    if not marks:
        return Closing.NONE
    kinds = {_kind(mark, endings) for mark in marks}
    if Closing.QUESTION in kinds:
        return Closing.QUESTION
    return Closing.OPEN if Closing.OPEN in kinds or marks.endswith("..") else Closing.STATEMENT


def _is_closed_by(character: str) -> bool:
    """Return whether a character may stand behind the closing mark: quotes, brackets, emphasis, emoji, spaces."""
    return character in "\"'*_`\ufe0f" or unicodedata.category(character) in ("Pe", "Pf", "Pi", "So", "Sk", "Zs", "Cf")


def _kind(mark: str, endings: Collection[str]) -> Closing:
    name = unicodedata.name(mark[-1], "")
    # Where no ending is called a question mark, the semicolon is one.
    is_greek = mark == ";" and not any("QUESTION MARK" in unicodedata.name(other[-1], "") for other in endings)
    if "QUESTION MARK" in name or is_greek:
        return Closing.QUESTION
    return Closing.OPEN if "ELLIPSIS" in name else Closing.STATEMENT


EXAMPLES = (
    Example(language="es", source="How do I cook rice?", text="¿Cómo cocino el", wrong=True),
    Example(language="zh-Hans", source="Cook some rice.", text="煮一些", wrong=True),
    Example(language="hi", source="Cook some rice.", text="थोड़ा चावल", wrong=True),
    Example(language="ar", source="How do I cook rice?", text="كيف أطبخ الأرز.", wrong=True),
    Example(language="sw", source="Cook some rice.", text="Pika wali…", wrong=True),
    Example(language="fr", source='Write "cook rice."', text="Écrivez « faire cuire", wrong=True),
    Example(language="zh-Hans", source='Write "How do I cook?"', text="写“怎么煮？”", wrong=False),
    Example(language="ar", source="How do I cook rice?", text="كيف أطبخ الأرز؟", wrong=False),
    Example(language="hi", source="Cook some rice.", text="थोड़ा चावल पकाइए।", wrong=False),
    Example(language="fr", source='Write "cook rice."', text="Écrivez « faites cuire du riz. »", wrong=False),
    Example(language="es", source="Cook some rice!", text="Cocina algo de arroz.", wrong=False),
    Example(language="yo", source="Rice", text="Ìrẹsì", wrong=False),
)
