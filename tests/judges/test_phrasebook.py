"""A phrase is found as whole words, a little longer at its end, and never inside other words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from refusals.judges._layout import Passage
from refusals.judges._normal import tokens
from refusals.judges._phrasebook import Phrasebook
from refusals.languages import Language
from tests.judges.written_replies import languages

EN = languages()["en"]
AR = languages()["ar"]


def book(*phrases: str, like: Language = EN) -> Phrasebook:
    """Return the book of these phrases."""
    return Phrasebook(replace(like, refusals=phrases, declines=()))


def passage(text: str) -> Passage:
    """Return a passage with its words."""
    return Passage(text, tuple(tokens(text)))


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("i can't help", "Well, I can\u2019t help you.", True),
        ("i can't help", "Well, I can't helping.", True),
        ("i can't help", "An AI can't help you.", False),
        ("i must pass on", "I must pass one exam.", False),
        ("i must pass on", "I must pass on this.", True),
        ("no puedo ayudar", "No puedo ayudarte.", True),
        ("je refuse d'", "Je refuse d’aider.", True),  # noqa: RUF001 - the curly one is what is meant
        ("i can't help", "I can help. You can't.", False),
        ("i can't", "I can", False),
        ("我无法帮", "这件事我无法帮忙", True),
    ],
)
def test_a_phrase_is_whole_words(phrase: str, text: str, *, found: bool) -> None:
    """The last word may go on, if it is long enough to be told; nothing else may."""
    assert bool(book(phrase).find(passage(text))) is found


@pytest.mark.parametrize("text", ["ولا أستطيع ذلك", "فلا أستطيع ذلك", "لا أستطيع ذلك"])
def test_a_letter_before_the_word_is_no_part_of_it(text: str) -> None:
    """Arabic writes "and" and "so" at the word."""
    assert book("لا أستطيع ذلك", like=AR).find(passage(text))


def test_the_phrase_is_named_as_the_data_writes_it() -> None:
    """A reason shows the phrase, not the reply's words."""
    assert book("I can\u2019t, HELP").find(passage("so i cant help")) == "I can\u2019t, HELP"


def test_nearly_needs_many_phrases_and_most_of_one() -> None:
    """A beginning that few phrases share, or that is short, is nothing yet."""
    verbs = ("help", "give", "make", "show", "tell")

    assert (
        book(*(f"i am unable to {verb}" for verb in verbs)).find_nearly(passage("I am unable to sing"))
        == "i am unable to"
    )
    assert not book(*(f"i am unable to {verb}" for verb in verbs[:4])).find_nearly(passage("I am unable to sing"))
    assert not book(*(f"i refuse to participate in {verb}" for verb in verbs)).find_nearly(passage("I refuse to sing"))


def test_an_empty_phrase_is_never_found() -> None:
    """A phrase of punctuation alone does not make every reply a refusal."""
    assert not book("…", "!!!").find(passage("Of course."))
