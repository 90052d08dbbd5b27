"""A text is about as long as texts of its language are for such a source.

Length is in characters, against the language's own median of the ratio to the source, so that no script is at an
advantage. SentencePiece pieces would do as well in principle, but their ratio spreads wider in each of the 17 languages
it was measured in (robust standard deviation of its logarithm 0.10 to 0.13 against 0.07 to 0.11, 504 texts each).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from statistics import median

from refusals.checks import Example, Found, Level, Pair
from refusals.checks._protected import unprotected

LEVEL = Level.ERROR
SHORTEST, LONGEST = 0.45, 2.2  # times the language's median ratio of characters to the source's
FEWEST = 20  # pairs that a median needs
SLACK = 12  # characters more or less that say nothing, so that short texts are left alone
UNUSUAL = 4.5  # times the language's own spread of ratios
LEAST = 0.25  # of the usual length, below which no difference is unusual


def look(pairs: Sequence[Pair]) -> Iterator[Found]:
    """Find texts that are much too short or long, and warn of unusual ones; fewer than 20 pairs tell nothing."""
    # Addresses, code and calls of tools are as long in every language.
    lengths = [(len(unprotected(pair.source)), len(unprotected(pair.text))) for pair in pairs]
    ratios = [text / source for source, text in lengths if source and text]
    if len(ratios) < FEWEST:
        return
    usual = median(ratios)
    spread = 1.4826 * median(abs(math.log(ratio / usual)) for ratio in ratios)
    for pair, (source, text) in zip(pairs, lengths, strict=True):
        expected = usual * source
        slack = SLACK if source <= 2 * SLACK else SLACK * min(1.0, usual)
        if not text or not expected or abs(text - expected) <= slack:
            continue
        times = text / expected
        said = f"it has {times:.2f} times the usual length for its source ({text} characters)"
        if not SHORTEST <= times <= LONGEST:
            yield pair, f"{said}; is something missing, or is it an answer?"
        elif abs(math.log(times)) > UNUSUAL * spread and abs(times - 1) > LEAST:
            yield pair, f"{said}; read it beside its source", Level.WARNING


EXAMPLES = (
    Example(
        language="es",
        source="My neighbour grows tomatoes on her balcony. How often does she have to water them?",
        text="Mi vecina cultiva.",
        wrong=True,
    ),
    Example(
        language="zh-Hans",
        source="My neighbour grows tomatoes on her balcony. How often does she have to water them?",
        text="种番茄。",
        wrong=True,
    ),
    Example(
        language="sw",
        source="How often do I water tomatoes on the balcony in summer?",
        text="Nyanya zilizo kwenye kibaraza zinahitaji maji kila siku asubuhi wakati wa joto. Kwanza angalia udongo "
        "kwa kidole. Kama ni mkavu, mwagilia taratibu mpaka maji yatoke chini ya chungu. Usimwagie majani maji jioni.",
        wrong=True,
    ),
    Example(
        language="zh-Hans",
        source="My neighbour grows tomatoes on her balcony. How often does she have to water them?",
        text="我的邻居在阳台上种番茄，她得多久浇一次水？",
        wrong=False,
    ),
    Example(
        language="yo",
        source="My neighbour grows tomatoes on her balcony. How often does she have to water them?",
        text="Aládùúgbò mi ń gbin tòmátì sí ọ̀dẹ̀dẹ̀ òkè rẹ̀. Ẹ̀ẹ̀mélòó ló yẹ kó máa bomi rin wọ́n?",
        wrong=False,
    ),
    Example(language="ru", source="Hi", text="Привет", wrong=False),
    Example(language="ar", source="Good morning", text="صباح الخير", wrong=False),
)
