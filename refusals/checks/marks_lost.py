"""A language that is written with accents, tones or dots has them in every longer text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from refusals.checks import Example, Found, Level, Pair
from refusals.checks._protected import own_text

LEVEL = Level.WARNING
FEWEST = 20  # texts that the language's usual share of marked letters needs
EXPECTED = 5.0  # marked letters that a text of its length has, above which none at all is no chance


def look(pairs: Sequence[Pair]) -> Iterator[Found]:
    """Warn of Latin texts without a single marked letter, where the others of the language have many."""
    if len(pairs) < FEWEST or pairs[0].language.script != "Latn":
        return
    counted = [_letters(own_text(pair.text, pair.source)) for pair in pairs]
    share = sum(marked for marked, _ in counted) / max(1, sum(letters for _, letters in counted))
    for pair, (marked, letters) in zip(pairs, counted, strict=True):
        if not marked and share * letters > EXPECTED:
            usual = round(share * letters)
            yield pair, f"no letter has a mark, where texts of its length have about {usual}; are they lost?"


def _letters(text: str) -> tuple[int, int]:
    """Return how many letters have a mark or are none of the plain alphabet, and how many there are."""
    letters = [letter for letter in unicodedata.normalize("NFC", text) if letter.isalpha()]
    return sum(not letter.isascii() for letter in letters), len(letters)


EXAMPLES = (
    Example(
        language="yo",
        source="My neighbour grows tomatoes on her balcony. How often does she have to water them?",
        text="Aladuugbo mi n gbin tomati si odede oke re. Eemeloo lo ye ko maa bomi rin won?",
        wrong=True,
    ),
    Example(
        language="yo",
        source="My neighbour grows tomatoes on her balcony. How often does she have to water them?",
        text="Aládùúgbò mi ń gbin tòmátì sí ọ̀dẹ̀dẹ̀ òkè rẹ̀. Ẹ̀ẹ̀mélòó ló yẹ kó máa bomi rin wọ́n?",
        wrong=False,
    ),
    Example(
        language="sw",
        source="My neighbour grows tomatoes on her balcony.",
        text="Jirani yangu anapanda nyanya kwenye kibaraza chake.",
        wrong=False,
    ),
    Example(language="fr", source="Where is the bus?", text="Le bus est là ?", wrong=False),
)
