"""Words that differ only in how they are written become the same tokens, in any script."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refusals.judges._normal import is_visible, letters, tokens
from tests.judges.written_replies import languages

TEXTS = [phrase for language in languages().values() for phrase in language.refusals_held_out]
SAME = (
    ("I can't help", "I can\u2019t help"),
    ("I can't help", "I **can\u02bct** help"),
    ("I can't help", "\uff29 can`t \u200bhelp"),
    ("sorry, but i can't", "SORRY BUT I CAN'T!"),
    ("لا يمكنني", "لَا يُمْكِنُنِي"),
    ("لا استطيع", "لا أستطيع"),
    ("لا أستطيع", "لا أســتطيع"),
    ("माफ कीजिए", "माफ़ कीजिए"),
    ("не могу ещё", "НЕ МОГУ ЕЩЕ"),  # noqa: RUF001 - capitals are what is meant
    ("抱歉，我无法", "抱歉,我无法"),  # noqa: RUF001 - the wide comma is what is meant
    ("抱歉我无法", "抱 歉 我 无 法"),
    ("42", "٤٢"),
    ("42", "४२"),
    ("mi ò lè ràn ọ́ lọ́wọ́", "mi o le ran o lowo"),
)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_writings_of_the_same_words_are_one(one: str, other: str) -> None:
    """Apostrophes, case, width, emphasis, marks, points, digits and punctuation make no difference."""
    assert tokens(one) == tokens(other)


def test_marks_may_be_kept() -> None:
    """With `marks`, words that only a mark tells apart stay two."""
    assert tokens("kọ", marks=True) != tokens("kọ̀", marks=True)
    assert tokens("لا يُمكنني", marks=True) == tokens("لا يمكنني", marks=True)


@given(text=st.sampled_from(TEXTS), form=st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]), marks=st.booleans())
def test_the_normal_form_makes_no_difference(text: str, form: str, *, marks: bool) -> None:
    """Composed or not, a text has the same tokens."""
    assert tokens(unicodedata.normalize(form, text), marks=marks) == tokens(text, marks=marks)


@given(st.text(st.characters(exclude_categories=())))
def test_folding_again_changes_nothing(text: str) -> None:
    """Tokens are stable, hold no space, and none is empty."""
    once = tokens(text)

    assert tokens(" ".join(once)) == once
    assert all(once)
    assert not any(part.isspace() for word in once for part in word)


@given(st.text(st.characters(categories=("Cc", "Cf", "Cs", "Co", "Zs", "Zl", "Zp"))))
def test_what_shows_nothing_is_not_visible(text: str) -> None:
    """Spaces, controls and other characters without a shape are nothing to see."""
    assert not is_visible(text + "\u3164\u2800\u115f\ufe0f")
    assert is_visible(text + "x")


def test_a_wide_letter_says_more() -> None:
    """A Chinese character counts as three letters; digits and marks count for nothing."""
    assert letters("abc") == letters("我") == 3
    assert letters("123 !?") == 0
