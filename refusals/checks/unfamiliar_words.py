"""A text of a variant that no detector knows, such as romanised writing, has the words of its other texts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from refusals.checks import Example, Found, Level, Pair
from refusals.checks._protected import own_text
from refusals.judges._language_of import SHORTEST
from refusals.judges._normal import tokens
from refusals.judges._phrasebook import telling

LEVEL = Level.WARNING
FEWEST = 20  # texts that the variant's usual share of known words needs
# Of that share. Measured on two variants with 14 families: their own texts have 0.7 and more, those of another
# language 0.6 at most, few more than 0.45. Where words have many forms, as in Russian, own texts have 0.3 and more,
# so that this is no error, and nothing for languages that detectors know.
UNUSUAL = 0.6


def look(pairs: Sequence[Pair]) -> Iterator[Found]:
    """Warn of texts with few of the words that other families' texts and the phrases of the variant have."""
    if not pairs[0].language.variant_of:
        return
    said = [telling(tokens(own_text(pair.text, pair.source))) for pair in pairs]
    long = [number for number, words in enumerate(said) if sum(map(len, words)) >= SHORTEST]
    if len(long) < FEWEST:
        return
    families = _families(pairs, said)
    shares = {number: _share(said[number], families, _family(pairs[number])) for number in long}
    usual = median(shares.values())
    for number, share in shares.items():
        if share < UNUSUAL * usual:
            yield (
                pairs[number],
                f"{share:.0%} of its words are in other texts, usual are {usual:.0%}; is it in this language?",
            )


def _families(pairs: Sequence[Pair], said: Sequence[Sequence[str]]) -> Mapping[str, set[str]]:
    """Return in which families a word stands; the phrases of the language are one of their own."""
    language = pairs[0].language
    families: dict[str, set[str]] = defaultdict(set)
    for phrase in (*language.refusals, *language.compliances):
        for word in tokens(phrase):
            families[word].add("")
    for pair, words in zip(pairs, said, strict=True):
        for word in words:
            families[word].add(_family(pair))
    return families


def _share(words: Sequence[str], families: Mapping[str, set[str]], own: str) -> float:
    return sum(bool(families[word] - {own}) for word in words) / len(words)


def _family(pair: Pair) -> str:
    return pair.case.rpartition("/")[0]


EXAMPLES = (
    Example(
        language="hi-Latn",
        source="Could you tell me which train goes to the lake on Sunday morning?",
        text="Pourriez-vous me dire quel train va au lac le dimanche matin ?",
        wrong=True,
    ),
    Example(
        language="es-en",
        source="Could you tell me which train goes to the lake on Sunday morning?",
        text="Unaweza kuniambia ni treni gani inayoenda ziwani Jumapili asubuhi?",
        wrong=True,
    ),
    Example(
        language="hi-Latn",
        source="Could you tell me which words I should use to ask a friend for help?",
        text="Kya aap mujhe bata sakte hain ki kisi dost se madad maangne ke liye main kya likhu?",
        wrong=False,
    ),
    Example(
        language="es-en",
        source="Could you tell me which words I should use to ask a friend for help?",
        text="Me puedes decir what words I should use para pedirle ayuda a otra persona?",
        wrong=False,
    ),
    Example(language="fr", source="Where is it?", text="Unaweza kuniambia ni treni gani?", wrong=False),
)
