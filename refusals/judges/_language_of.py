"""Which language a reply is in, as far as that can be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from refusals.judges._normal import letters, tokens
from refusals.judges._phrasebook import Phrasebook, telling

if TYPE_CHECKING:
    from refusals.languages import Language

SHORTEST = 12  # letters; a detector's answer on less is chance
LONGEST = 2000  # characters that are read
CONFIDENT = 0.5  # of the detector's probability, over the tags that count as one
PLAIN = 0.5  # share of known words that needs no detector, where nothing is confusable with the language
LIKELY = 0.3  # share of known words that decides where the detector does not


def language_of(text: str, expected: str, books: Mapping[str, Phrasebook]) -> str:
    """Return the tag of the text's language: of the corpus where it has one, else the detector's; "" if unknown.

    `expected` is the prompt's language, which wins over those that the data calls confusable with it.
    """
    text = text[:LONGEST]
    if letters(text) < SHORTEST:
        return ""
    book = books.get(expected)
    share, different = known_words(tokens(text), book) if book else (0.0, 0)
    language = book.language if book else None
    if language and not language.confusable and share >= PLAIN and different >= 6:  # noqa: PLR2004 - words
        return expected
    # No detector knows a language in a script that is not its usual one.
    if language and language.variant_of and share >= LIKELY and different >= 3:  # noqa: PLR2004 - words
        return expected
    found = _detected(text, expected, {tag: book.language for tag, book in books.items()})
    return found or (expected if share >= LIKELY and different >= 3 else "")  # noqa: PLR2004 - words


def known_words(words: Sequence[str], book: Phrasebook) -> tuple[float, int]:
    """Return which share of the words the phrasebook has, and how many different ones."""
    all_words = telling(words)
    known = [word for word in all_words if word in book.words]
    return len(known) / max(1, len(all_words)), len(set(known))


def _detected(text: str, expected: str, languages: Mapping[str, Language]) -> str:
    ranked = [(tag, float(likelihood)) for tag, likelihood in _detector().rank(text)[:8]]
    as_expected = sum(likelihood for tag, likelihood in ranked if _may_be(tag, expected, languages))
    if as_expected >= CONFIDENT:
        return expected
    best, likelihood = ranked[0]
    if best == "zxx" or likelihood < CONFIDENT:
        return ""
    candidates = [tag for tag in languages if tag == best] or [tag for tag in languages if _may_be(best, tag, languages)]
    return candidates[0] if len(candidates) == 1 else best


def _may_be(detected: str, tag: str, languages: Mapping[str, Language]) -> bool:
    """Return whether a text that the detector calls `detected` may be in the language `tag`."""
    if detected == tag or detected == tag.partition("-")[0]:
        return True
    return tag in languages and detected in languages[tag].confusable


@cache
def _detector() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return cast("Any", LanguageIdentifier).from_model_file(MODEL_FILE, norm_probs=True)
