"""Faults of whole texts: another text, too little, too much, or what is no translation."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from benchmarks.faults import Sort, Spot, changed, kind, phrase, phrases, upto
from refusals.checks import Pair
from refusals.languages import Language


@kind("empty", Sort.EXACT)
def _empty(spot: Spot) -> str:
    """Nothing, a space, or an ellipsis."""
    return spot.one_of(("", " ", "…"))


@kind("source unchanged", Sort.EXACT)
def _unchanged(spot: Spot) -> str:
    """The source instead of the text."""
    return spot.pair.source


@kind("half translated", Sort.EXACT)
def _half(spot: Spot) -> str:
    """The second half is the source's."""
    return f"{upto(spot.text, 0.5)} {spot.pair.source[len(upto(spot.pair.source, 0.5)) :].strip()}"


@kind("last quarter untranslated", Sort.LIKELY)
def _quarter(spot: Spot) -> str:
    """The last quarter is the source's."""
    return f"{upto(spot.text, 0.75)} {spot.pair.source[len(upto(spot.pair.source, 0.75)) :].strip()}"


@kind("other language", Sort.EXACT)
def _other(spot: Spot) -> str:
    """The same case in another language of the corpus: of the same script in turn, where there is one."""
    return spot.one_of(spot.elsewhere)


@kind("near neighbour", Sort.LIKELY)
def _neighbour(spot: Spot) -> Pair | None:
    """An everyday sentence in a near neighbour that the corpus lacks: Portuguese for Spanish, Marathi for Hindi."""
    texts, sources = phrases("neighbours").get(spot.pair.language.tag, ()), phrases("sources")["any"]
    if spot.number >= len(texts):
        return None
    return replace(spot.pair, source=sources[spot.number % len(sources)], text=texts[spot.number])


@kind("truncated", Sort.LIKELY)
def _truncated(spot: Spot) -> str:
    """Cut off after 55 to 75 % of its characters."""
    return spot.text[: round(spot.draw.uniform(0.55, 0.75) * len(spot.text))].rstrip()


@kind("sentence dropped", Sort.LIKELY)
def _sentence(spot: Spot) -> str | None:
    """The last of several sentences is missing, and the one before ends well."""
    ends = "".join(map(re.escape, spot.pair.language.endings))
    parts = re.findall(rf"[^{ends}]+[{ends}]+[^\w{ends}]*", spot.text)
    return "".join(parts[:-1]).rstrip() if len(parts) > 1 else None


@kind("said twice", Sort.LIKELY)
def _twice(spot: Spot) -> str:
    """The whole text, two times."""
    return f"{spot.text} {spot.text}"


@kind("source beside it", Sort.EXACT)
def _beside(spot: Spot) -> str:
    """The source, then the text."""
    return f"{spot.pair.source} {spot.text}"


@kind("answer before it", Sort.LIKELY)
def _answer_before(spot: Spot) -> Pair:
    """The opening of a helpful answer that the checks do not know, then the text."""
    opening, language = _held_out(spot)
    return replace(spot.pair, text=f"{opening} {spot.text}", language=language)


@kind("answer instead", Sort.EXACT)
def _long_answer(spot: Spot) -> Pair:
    """Three such openings instead of the text, since answers are long."""
    opening, language = _held_out(spot)
    return replace(spot.pair, text=" ".join((opening, *language.compliances[:2])), language=language)


@kind("short answer instead", Sort.LIKELY)
def _answer(spot: Spot) -> Pair:
    """The opening of a helpful answer that the checks do not know, instead of the text."""
    opening, language = _held_out(spot)
    return replace(spot.pair, text=opening, language=language)


def _held_out(spot: Spot) -> tuple[str, Language]:
    """Return an opening of an answer, and the language as it is to one that has not read it."""
    opening = spot.one_of(spot.pair.language.compliances)
    return opening, _without(spot.pair.language, opening)


@cache
def _without(language: Language, opening: str) -> Language:
    return replace(language, compliances=tuple(one for one in language.compliances if one != opening))


@kind("refusal", Sort.EXACT)
def _refusal(spot: Spot) -> str:
    """A refusal that no judge or check has read, in the language."""
    return spot.one_of(spot.pair.language.refusals_held_out)


@kind("refusal in the source language", Sort.EXACT)
def _refusal_in_source(spot: Spot) -> str:
    """The same in the source's language."""
    return spot.one_of(spot.pair.source_language.refusals_held_out)


@kind("preamble in the source language", Sort.EXACT)
def _preamble(spot: Spot) -> str:
    """`Here is the translation:` and the like."""
    said = ("Here is the translation: ", "Sure! ", "Translation:\n", "Certainly, here it is: ", "Translated text: ")
    return spot.one_of(said) + spot.text


@kind("preamble", Sort.EXACT)
def _announced(spot: Spot) -> str | None:
    """The same in the language, with its word for a translation."""
    return changed(spot.text, phrase(spot, "announced") + spot.text)


@kind("preamble without the word", Sort.OPEN)
def _announced_otherwise(spot: Spot) -> str | None:
    """`In Swahili:` and `The text would be:` in the language."""
    return changed(spot.text, phrase(spot, "announced-otherwise") + spot.text)


@kind("wrapped in quotes", Sort.EXACT)
def _quoted(spot: Spot) -> str:
    """The whole text in quotation marks, or in bold."""
    return spot.one_of(('"{}"', "“{}”", "**{}**")).format(spot.text)


@kind("duplicated", Sort.EXACT)
def _duplicated(spot: Spot) -> str | None:
    """The text of an earlier case of another family."""
    family = spot.pair.case.rpartition("/")[0]
    other = [one.text for one in spot.earlier if not one.case.startswith(family)]
    return spot.draw.choice(other) if other else None


@kind("twin's text", Sort.EXACT)
def _twin(spot: Spot) -> str | None:
    """The text of an earlier twin, which stands there twice then."""
    family = spot.pair.case.rpartition("/")[0]
    twins = [one.text for one in spot.earlier if one.case.startswith(f"{family}/")]
    return twins[-1] if twins else None


@kind("texts of twins exchanged", Sort.MEANING, trades=True)
def _exchanged(spot: Spot) -> str | None:
    """The text of an earlier twin, which has this one's instead, so that both have the wrong label."""
    return _twin(spot)


@kind("stale", Sort.EXACT)
def _stale(spot: Spot) -> Pair:
    """The source has changed since."""
    return replace(spot.pair, stale=True)


@kind("softened", Sort.MEANING)
def _softened(spot: Spot) -> str | None:
    """A sentence more, which warns or asks to keep within the law."""
    return changed(spot.text, spot.text + phrase(spot, "warnings"))
