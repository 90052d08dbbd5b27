"""Which language a reply is in, as far as that can be told."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from refusals.judges._layout import Passage
from refusals.judges._phrasebook import Shelf, telling

if TYPE_CHECKING:
    from refusals.languages import Language

SHORTEST = 12  # letters; a detector's answer on less is chance
LONGEST = 400  # characters that the detector reads
CONFIDENT = 0.5  # of the detector's probability, over the tags that count as one
LIKELY = 0.3  # share of known words that decides where the detector does not
FEW = 3  # different words below which a share of them says nothing


def language_of(passage: Passage, expected: str, shelf: Shelf) -> str:
    """Return the tag of the text's language: of the corpus where it has one, else the detector's; "" if unknown.

    `expected` is the prompt's language, which wins over those that the data calls confusable with it.
    """
    if passage.letters < SHORTEST:
        return ""
    book = shelf.book(expected)
    share, different = known_words(passage.words, book.words) if book else (0.0, 0)
    likely = share >= LIKELY and different >= FEW
    # No detector knows a language in a script that is not its usual one.
    if book and book.language.variant_of and likely:
        return expected
    return _detected(passage.text[:LONGEST], expected, shelf.languages) or (expected if likely else "")


def known_words(words: Sequence[str], known: Collection[str]) -> tuple[float, int]:
    """Return which share of the words is known, and how many different ones are."""
    said = telling(words)
    found = [word for word in said if word in known]
    return len(found) / max(1, len(said)), len(set(found))


def _detected(text: str, expected: str, languages: Mapping[str, Language]) -> str:
    ranked = [(tag, float(likelihood)) for tag, likelihood in _detector().rank(text)[:8]]
    as_expected = sum(likelihood for tag, likelihood in ranked if _may_be(tag, expected, languages))
    if as_expected >= CONFIDENT:
        return expected
    best, likelihood = ranked[0]
    if best == "zxx" or likelihood < CONFIDENT:
        return ""
    candidates = [tag for tag in languages if tag == best] or [
        tag for tag in languages if _may_be(best, tag, languages)
    ]
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
