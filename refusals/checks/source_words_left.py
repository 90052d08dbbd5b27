"""A translation keeps no words of its source, but for names and words that both languages have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from refusals.checks import Example, Found, Level, Pair
from refusals.checks._protected import unprotected, words

LEVEL = Level.ERROR
LONG = 4  # letters of a word that languages seldom share by chance
ROW, LONG_ROW = 3, 5  # words in the order of the source; loans come in twos, and a long row is a clause of it
SHARE = 0.3  # of the source's long words, left in rows
FEWEST = 2
SCATTERED = 0.6  # of the source's long words, wherever they stand; related languages share some
FEWEST_SCATTERED = 4


def look(pairs: Sequence[Pair]) -> Iterator[Found]:
    """Find texts with too many words of their sources; a language that may be taken for the source's mixes them in."""
    language, source_language = pairs[0].language, pairs[0].source_language
    if source_language.tag in language.confusable:
        return
    shared = _shared(pairs)
    for pair in pairs:
        source, text = _words(pair.source), _words(pair.text)
        foreign = frozenset(word for word in source if len(word) >= LONG and word.islower()) - shared
        scattered = foreign.intersection(text)
        if (
            len(foreign & _in_rows(ROW, source, text)) >= max(FEWEST, SHARE * len(foreign))
            or len(foreign & _in_rows(LONG_ROW, source, text)) >= FEWEST
            or len(scattered) >= max(FEWEST_SCATTERED, SCATTERED * len(foreign))
        ):
            yield pair, f"{len(scattered)} of {len(foreign)} longer words of the source are left; translate all of it"


def _in_rows(length: int, source: Sequence[str], text: Sequence[str]) -> set[str]:
    """Return the words that stand in rows of so many words in both."""
    both = _rows(length, source) & _rows(length, text)
    return {word for row in both for word in row}


def _rows(length: int, words: Sequence[str]) -> set[tuple[str, ...]]:
    return {tuple(words[at : at + length]) for at in range(len(words) - length + 1)}


def _words(text: str) -> list[str]:
    """Return the words of a text in lower case, but for those that begin with a capital inside of a sentence."""
    return [word.lower() if word.isupper() else word for word in words(unprotected(text))]


def _shared(pairs: Sequence[Pair]) -> frozenset[str]:
    """Return words of the language: of its phrases, and those that texts have without their sources having them."""
    language = pairs[0].language
    phrases = " ".join((*language.refusals, *language.compliances))
    own = {word.lower() for word in words(phrases)}
    for pair in pairs:
        own |= set(_words(pair.text)) - set(_words(pair.source))
    return frozenset(own)


EXAMPLES = (
    Example(
        language="sw",
        source="Please tell me where the nearest market sells fresh mangoes on Saturday.",
        text="Tafadhali niambie soko lililo karibu sells fresh mangoes Jumamosi.",
        wrong=True,
    ),
    Example(
        language="fr",
        source="Please tell me where the nearest market sells fresh mangoes on Saturday.",
        text="Dites-moi, s'il vous plaît, where the nearest market sells fresh mangoes le samedi.",
        wrong=True,
    ),
    Example(
        language="ru",
        source="Please tell me where the nearest market sells fresh mangoes on Saturday.",
        text="Подскажи, пожалуйста, где ближайший рынок sells fresh mangoes в субботу.",
        wrong=True,
    ),
    Example(
        language="fr",
        source="Which fruit is the best for a long excursion to the station in August?",
        text="Quel fruit est le meilleur pour une longue excursion à la station en août ?",
        wrong=False,
    ),
    Example(
        language="es",
        source="Is the hotel near the hospital or near the central station?",
        text="¿El hotel está cerca del hospital o cerca de la estación central?",
        wrong=False,
    ),
    Example(
        language="sw",
        source="Ask Dana about host-a.example and the report `total rows left`.",
        text="Muulize Dana kuhusu host-a.example na ripoti `total rows left`.",
        wrong=False,
    ),
    Example(
        language="yo",
        source="Please tell me where the nearest market sells fresh mangoes.",
        text="Jọ̀wọ́ sọ fún mi ibi tí ọjà tó sún mọ́ wa ti ń ta máńgòrò tútù.",
        wrong=False,
    ),
)
