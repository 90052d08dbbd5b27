"""A text is in its language, as far as detectors can tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from refusals.checks import Example, Found, Level, Pair
from refusals.checks._protected import own_text
from refusals.judges._language_of import CONFIDENT, LONGEST, NO_LANGUAGE, SHORTEST, likelihoods
from refusals.judges._normal import letters
from refusals.languages import Language

LEVEL = Level.ERROR
RULED_OUT = 0.02  # of the detector's probability: below that, its neighbour does not stand for a language
SURE = 0.95  # of the detector's probability for that neighbour


def look(pairs: Sequence[Pair]) -> Iterator[Found]:
    """Find texts that two detectors take for another language, and warn where one of them cannot tell.

    Short texts are left out, and so are variants such as romanised writing, which no detector knows.
    """
    for pair in pairs:
        text = own_text(pair.text, pair.source)[:LONGEST]
        if pair.language.variant_of or letters(text) < SHORTEST:
            continue
        first = _other(likelihoods(text), pair.language)
        if not first:
            continue
        second = _second_opinion(text)
        if _agrees(first, _other(second, pair.language), is_known=_is_known(pair.language)):
            yield pair, f"two detectors take it for another language, one for {first}; translate it again"
        else:
            message = f"a detector takes it for {first}, another one does not; read it"
            yield pair, message, Level.WARNING


def _other(likely: Mapping[str, float], language: Language) -> str:
    """Return which other language the text is in; empty if it may be in its own, or that cannot be told."""
    if not likely:
        return ""
    own = _with_primary(language.tag)
    best = max(likely, key=lambda tag: likely[tag])
    if best in own or best == NO_LANGUAGE or likely[best] < CONFIDENT:
        return ""
    neighbours = {tag for near in language.confusable for tag in _with_primary(near)}
    known = [likely[tag] for tag in own if tag in likely]
    is_sure = known and max(known) < RULED_OUT and likely[best] > SURE
    return best if best not in neighbours or is_sure else ""


def _with_primary(tag: str) -> set[str]:
    return {tag, tag.partition("-")[0]}


def _agrees(first: str, second: str, *, is_known: bool) -> bool:
    """Return whether the second detector confirms: it knows the language, or names the same other one."""
    return bool(second) and (is_known or first == second)


def _second_opinion(text: str) -> dict[str, float]:
    """Return what the other detector thinks; nothing if it has no opinion, which it says by raising."""
    from langdetect.lang_detect_exception import LangDetectException

    detector = _factory().create()
    detector.append(text)
    likely: dict[str, float] = {}
    try:
        for guess in detector.get_probabilities():
            tag = guess.lang.partition("-")[0]
            likely[tag] = likely.get(tag, 0.0) + float(guess.prob)
    except LangDetectException:
        return {}
    return likely


def _is_known(language: Language) -> bool:
    known = {tag.partition("-")[0] for tag in _factory().get_lang_list()}
    return not known.isdisjoint(_with_primary(language.tag))


@cache
def _factory() -> Any:
    """Return langdetect's detectors, seeded: without that, the same text is now one language and then another."""
    from langdetect.detector_factory import PROFILES_DIRECTORY, DetectorFactory

    factory = DetectorFactory()
    factory.load_profile(PROFILES_DIRECTORY)
    factory.set_seed(0)
    return factory


EXAMPLES = (
    Example(
        language="es",
        source="Could you tell me which train goes to the lake on Sunday morning?",
        text="Können Sie mir sagen, welcher Zug am Sonntagmorgen zum See fährt?",
        wrong=True,
    ),
    Example(
        language="es",
        source="Could you tell me which train goes to the lake on Sunday morning?",
        text="Você poderia me dizer qual trem vai para o lago no domingo de manhã?",
        wrong=True,
    ),
    Example(
        language="ru",
        source="Could you tell me which train goes to the lake on Sunday morning?",
        text="Чи не могли б ви сказати, який потяг їде до озера в неділю вранці?",
        wrong=True,
    ),
    Example(
        language="yo",
        source="Could you tell me which train goes to the lake on Sunday morning?",
        text="Pourriez-vous me dire quel train va au lac le dimanche matin ?",
        wrong=True,
    ),
    Example(
        language="es",
        source="Could you tell me which train goes to the lake on Sunday morning?",
        text="¿Me podrías decir qué tren va al lago el domingo por la mañana?",
        wrong=False,
    ),
    Example(
        language="sw",
        source="Could you tell me which train goes to the lake on Sunday morning?",
        text="Unaweza kuniambia ni treni gani inayoenda ziwani Jumapili asubuhi?",
        wrong=False,
    ),
    Example(
        language="yo",
        source="Could you tell me which train goes to the lake on Sunday morning?",
        text="Ṣé o lè sọ fún mi ọkọ̀ ojú irin tó ń lọ sí adágún náà ní àárọ̀ ọjọ́ Àìkú?",
        wrong=False,
    ),
    Example(language="zh-Hans", source="Which train goes to the lake?", text="哪趟火车去湖边？", wrong=False),
    Example(language="fr", source="Dana, 42", text="Dana, 42", wrong=False),
)
