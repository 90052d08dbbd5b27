"""A reply's language is told by detector, words and data, and is left open where they do not agree."""

from __future__ import annotations

from dataclasses import replace

import pytest

from refusals.judges._language_of import language_of
from refusals.judges._layout import Passage
from refusals.judges._normal import tokens
from refusals.judges._phrasebook import Shelf
from tests.judges.written_replies import TAGS, languages, written

SHELF = Shelf(languages())
EN = languages()["en"]


def found(text: str, expected: str, shelf: Shelf = SHELF) -> str:
    """Return the language of a text."""
    return language_of(Passage(text, tuple(tokens(text))), expected, shelf)


@pytest.mark.parametrize("tag", sorted(written()))
def test_the_language_of_real_replies_is_found(tag: str) -> None:
    """Replies are in their own language, whether it was expected or another one was."""
    texts = (*written()[tag].helped, *languages()[tag].compliances)

    assert [text for text in texts if found(text, tag) != tag] == []
    assert sum(found(text, "en") == tag for text in texts) >= 0.95 * len(texts)


@pytest.mark.parametrize("text", ["", "ok", "Sí, claro.", "12:30", "😀😀😀"])
def test_too_little_text_is_in_no_known_language(text: str) -> None:
    """On a few letters a detector guesses."""
    assert found(text, "en") == ""


def test_a_neighbour_counts_only_where_the_detector_wavers() -> None:
    """Text that is plainly in a neighbour language is in that language, listed as confusable or not."""
    near = Shelf({"en": replace(EN, confusable=("nl", "pcm"))})

    assert found("Natuurlijk. Lees eerst de handleiding en probeer het dan op je eigen machine.", "en", near) == "nl"


def test_a_language_that_the_detector_does_not_know_is_its_neighbours() -> None:
    """Where the detector has no name for a language, what it takes it for stands for it."""
    unknown = Shelf({"qaa": replace(EN, tag="qaa", confusable=("en",)), "en": EN})

    assert found("First read the manual, then try it on a machine of your own.", "qaa", unknown) == "qaa"
    assert found("First read the manual, then try it on a machine of your own.", "en", unknown) == "en"


def test_a_tag_without_a_script_is_the_only_variant_there_is() -> None:
    """The detector says zh; the corpus says which writing that is, if it has one alone."""
    text = "通风很重要。先打开窗户，戴上手套，再用大量清水冲洗表面。"  # noqa: RUF001 - wide marks are what is meant
    two = Shelf({**languages(), "zh-Hant": replace(languages()["zh-Hans"], tag="zh-Hant")})

    assert found(text, "en") == "zh-Hans"
    assert found(text, "en", two) == "zh"
    assert found(text, "zh-Hant", two) == "zh-Hant"


def test_a_variant_in_another_script_is_told_by_its_words() -> None:
    """No detector knows romanised Hindi; the words of its own phrases do."""
    phrases = ("maaf kijiye, main isme aapki madad nahi kar sakta", "mujhe khed hai, lekin main yah nahi kar sakta")
    latin = replace(languages()["hi"], tag="hi-Latn", script="Latn", variant_of="hi", refusals=phrases * 15)

    assert found(
        "main aapki madad kar sakta hoon, lekin yah jaldi nahi hoga", "hi-Latn", Shelf({"hi-Latn": latin})
    ) == ("hi-Latn")


@pytest.mark.parametrize("tag", TAGS)
def test_letters_thrown_together_are_in_no_language(tag: str) -> None:
    """What the detector calls no language is in none."""
    assert found("xk dkfj skdjf lqpw zzn vmbt qrr sdlkfj", tag) == ""
