"""Which language a reply is in, as far as that can be told."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, cast

from refusals.judges._layout import Passage
from refusals.judges._phrasebook import Shelf, telling

if TYPE_CHECKING:
    from refusals.languages import Language

SHORTEST = 12  # letters; a detector's answer on less is chance
LONGEST = 400  # characters that the detector reads
CONFIDENT = 0.5  # of the detector's probability, over the tags that count as one
NOT_RULED_OUT = 0.2  # of the detector's probability for a language, so that its neighbours may stand for it
NO_LANGUAGE = "zxx"  # the detector's tag for what is none
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
    parent = book.language.variant_of if book else ""
    if parent and likely:
        return expected
    read = " ".join(passage.text[:LONGEST].split())  # spaces that do not break are letters to the detector
    return _detected(read, parent or expected, shelf.languages) or (expected if likely else "")


def known_words(words: Sequence[str], known: Collection[str]) -> tuple[float, int]:
    """Return which share of the words is known, and how many different ones are."""
    said = telling(words)
    found = [word for word in said if word in known]
    return len(found) / max(1, len(said)), len(set(found))


def relatives(tag: str, languages: Mapping[str, Language]) -> list[str]:
    """Return the tag with the language that it is a variant of and all variants of either, itself first."""
    root = languages[tag].variant_of or tag if tag in languages else tag
    return list(dict.fromkeys([tag, root, *(other for other, fact in languages.items() if fact.variant_of == root)]))


def kin(tag: str, languages: Mapping[str, Language]) -> list[str]:
    """Return the tags of the corpus that differ from this one in script or region only, itself included."""
    return [other for other in languages if other.partition("-")[0] == tag.partition("-")[0]]


def _detected(text: str, expected: str, languages: Mapping[str, Language]) -> str:
    likely = likelihoods(text)
    own = likely.get(expected) or likely.get(expected.partition("-")[0])
    among = languages[expected].confusable if expected in languages else ()
    others = sum(likely.get(tag, 0.0) for tag in among if tag not in (expected, expected.partition("-")[0]))
    # A neighbour counts as the language only where the detector wavers, or does not know the language at all.
    if (own is None or own >= NOT_RULED_OUT) and (own or 0.0) + others >= CONFIDENT:
        return expected
    best = max(likely, key=lambda tag: likely[tag])
    if best == NO_LANGUAGE or likely[best] < CONFIDENT:
        return ""
    known = [best] if best in languages else kin(best, languages)
    return known[0] if len(known) == 1 else best


@lru_cache(maxsize=4096)  # assistants say the same again and again
def likelihoods(text: str) -> dict[str, float]:
    """Return the detector's probability of each tag that it knows."""
    return {tag: float(likelihood) for tag, likelihood in _detector().rank(text)}


@cache
def _detector() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return cast("Any", LanguageIdentifier).from_model_file(MODEL_FILE, norm_probs=True)
