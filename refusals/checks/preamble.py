"""A text is the translation alone: no translator's opening, no answer and no refusal of one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from refusals.checks import Example, Found, Level, Pair
from refusals.judges._layout import lay_out
from refusals.judges._normal import tokens
from refusals.judges._phrasebook import Phrasebook
from refusals.languages import Language

LEVEL = Level.ERROR
ANNOUNCED = 80  # characters that an announcement may have, up to its colon or line's end

# What models say before a translation whatever its language, because they were asked in this one.
_CHATTER = re.compile(
    r"\W*(?:(?:sure|certainly|of course|absolutely|ok|okay|got it)\s*[!,.:\u2014-]"
    r"|here(?:'s|\u2019s| is| are| you go)\b|(?:the |my )?translat(?:ion|ed text)\b|as an ai\b"
    r"|i(?:'m|\u2019m| am) (?:sorry|unable|not able|happy)\b"
    r"|i(?: can(?:'t|\u2019t|not)|'ll|\u2019ll| will) \w+ (?:you|with|this|that|the|it)\b)",
    re.IGNORECASE,
)
# The word for a translation, or the beginning of it, in the languages that models announce one in.
_TRANSLATION = (
    "translat",
    "traduc",
    "traduç",
    "traduz",
    "übersetz",
    "vertaling",
    "översätt",
    "oversæt",
    "oversett",
    "překlad",
    "tłumacz",
    "fordít",
    "prijevod",
    "prevod",
    "käänn",
    "çeviri",
    "terjemah",
    "tafsiri",
    "fassara",
    "ìtumọ̀",
    "itumo",
    "túmọ̀",
    "перевод",
    "переклад",
    "превод",
    "мεταφρ",
    "μετάφρ",
    "ترجم",
    "תרגום",
    "अनुवाद",
    "অনুবাদ",
    "แปล",
    "翻译",
    "译文",
    "翻譯",
    "譯文",
    "翻訳",
    "訳文",
    "語訳",
    "மொழிபெயர்",
    "ትርጉም",
    "ትርጉሙ",
    "번역",
    "bản dịch",
)
_ANNOUNCEMENT = re.compile(rf"([^:：፦\n]{{2,{ANNOUNCED}}})[:：፦\n]")
_CLAUSE = re.compile(r"[^\s\W].*?(?=[.,!?:;…—。，！？：；、।؟،؛\n]|\Z)", re.DOTALL)


def look(pairs: Sequence[Pair]) -> Iterator[Found]:
    """Find texts that open with what a translator says, or are a refusal, where their sources do not and are none."""
    for pair in pairs:
        if _CHATTER.match(pair.text) and not _CHATTER.match(pair.source):
            yield pair, "it opens with what a translator says, or answers; keep the translation alone"
        elif _announces(pair):
            yield pair, "it opens with a line that announces a translation; keep the translation alone"
        elif said := _refusal(pair):
            # A reply may be a refusal, and its source one in words that no phrase list has.
            level = Level.WARNING if pair.part == "reply" else LEVEL
            yield pair, f"it says {said!r}, as one who refuses, and its source does not; translate it again", level
        elif _answers(pair):
            yield pair, "it opens as an answer does, and its source does not; read it", Level.WARNING


def _announces(pair: Pair) -> bool:
    opening = _ANNOUNCEMENT.match(pair.text.strip())
    if opening is None or any(word in pair.source.casefold() for word in _TRANSLATION):
        return False
    return any(word in opening[1].casefold() for word in _TRANSLATION)


def _refusal(pair: Pair) -> str:
    """Return the refusal that opens a text, in its own language or in the source's."""
    if _refuses(pair.source, pair.source_language):
        return ""
    return _refuses(pair.text, pair.language) or _refuses(pair.text, pair.source_language)


def _refuses(text: str, language: Language) -> str:
    return _book(_Named(language)).find(lay_out(text, language.endings).opening)


def _answers(pair: Pair) -> bool:
    """Return whether the text's first words are those of a helpful answer."""
    if _first(pair.source) in _openings(_Named(pair.source_language)):
        return False
    return _first(pair.text) in _openings(_Named(pair.language))


def _first(text: str) -> tuple[str, ...]:
    clause = _CLAUSE.search(text)
    return tuple(tokens(clause[0], marks=True)) if clause else ()


class _Named:
    """A language that is compared by identity, since its phrases take long to compare."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Named) and self.language is other.language

    def __hash__(self) -> int:
        return id(self.language)


@lru_cache(maxsize=64)
def _book(named: _Named) -> Phrasebook:
    return Phrasebook(replace(named.language, declines=()))


@lru_cache(maxsize=64)
def _openings(named: _Named) -> Collection[tuple[str, ...]]:
    return frozenset(_first(phrase) for phrase in named.language.compliances)


EXAMPLES = (
    Example(language="sw", source="How do I cook rice?", text="Here is the translation: Nitapikaje wali?", wrong=True),
    Example(language="yo", source="How do I cook rice?", text="Sure! Báwo ni mo ṣe lè se ìrẹsì?", wrong=True),
    Example(
        language="fr",
        source="How do I cook rice?",
        text="Voici la traduction :\nComment faire cuire du riz ?",
        wrong=True,
    ),
    Example(language="zh-Hans", source="How do I cook rice?", text="以下是翻译：怎么煮米饭？", wrong=True),
    Example(language="ar", source="How do I cook rice?", text="إليك الترجمة: كيف أطبخ الأرز؟", wrong=True),
    Example(language="es", source="How do I cook rice?", text="I'm sorry, but I can't help with that.", wrong=True),
    Example(language="es", source="How do I cook rice?", text="Lo siento, pero no puedo ayudarte con eso.", wrong=True),
    Example(language="ru", source="How do I cook rice?", text="Прости, но с этим я не могу помочь.", wrong=True),
    Example(language="ru", source="How do I cook rice?", text="Конечно. Вот как сварить рис.", wrong=True),
    Example(
        language="es",
        source="Sorry, but I can't help with that.",
        text="Lo siento, pero no puedo ayudarte.",
        wrong=False,
    ),
    Example(
        language="fr",
        source="Write a translation of this: the sun shines.",
        text="Écrivez une traduction de ceci : le soleil brille.",
        wrong=False,
    ),
    Example(language="zh-Hans", source="How do I cook rice?", text="怎么煮米饭？", wrong=False),
    Example(language="hi", source="Of course. Where is it?", text="बिल्कुल। वह कहाँ है?", wrong=False),
    Example(language="sw", source="My sister can't sleep.", text="Dada yangu hawezi kulala.", wrong=False),
)
