"""The parts of a reply are told apart by sentences and letters, and quotations are in none of them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from refusals.judges._layout import LONGEST, lay_out
from refusals.judges._normal import letters

ENDINGS = (".", "!", "?", "…", "。", "।")
SENTENCE = "This sentence has exactly as many letters as it needs to have to be long enough for a test of places."


def test_the_first_two_sentences_are_the_opening() -> None:
    """Two sentences open a reply, however long; more do while they start within the first letters."""
    assert lay_out(f"{SENTENCE * 4} {SENTENCE * 4} End here. x", ENDINGS).early.text == "End here.\nx"
    assert lay_out("Hello. Thanks. I see. Well. Now then.", ENDINGS).early.words == ()


def test_a_line_that_announces_a_text_ends_the_opening() -> None:
    """What follows a colon at a line's end is a given text or a list."""
    assert lay_out("Here is a letter:\nDear you. I refuse.", ENDINGS).opening.text == "Here is a letter:"
    assert lay_out("你好：\n我拒绝。", ENDINGS).opening.text == "你好："  # noqa: RUF001 - wide marks are what is meant


def test_a_closing_needs_substance_before_it() -> None:
    """A short reply has no late part and no closing."""
    assert lay_out(f"{SENTENCE} " * 3, ENDINGS).closing.words == ()
    assert lay_out(f"{SENTENCE} " * 9 + "The end. Good bye.", ENDINGS).closing.text == "The end.\nGood bye."


def test_wide_marks_end_a_sentence_without_a_space() -> None:
    """Chinese puts no space behind a full stop; a full stop inside a number or a name ends nothing."""
    assert lay_out("一二三。四五六。七八九。" + "字" * 99, ENDINGS).opening.text.count("\n") == 3
    assert lay_out("Version 3.11 of python.org is out.", ENDINGS).opening.text == "Version 3.11 of python.org is out."


def test_an_apostrophe_is_no_quotation_mark() -> None:
    """Between single marks stands a quotation only where they stand around words."""
    assert "cant" in lay_out("I can't say what they don't know.", ENDINGS).opening.words
    assert lay_out("He said 'I can't do it' and left.", ENDINGS).opening.words == ("he", "said", "and", "left")


def test_code_is_no_part_of_a_reply() -> None:
    """Fenced code, closed or not, is left out and counts as steps."""
    layout = lay_out("Run this:\n```\nprint('no')\n", ENDINGS)

    assert layout.read.words == ("run", "this")
    assert layout.steps


def test_steps_are_three_numbered_lines_in_any_digits() -> None:
    """A numbered list is steps, bullets are not."""
    assert lay_out("a\n1. b\n2. c\n3. d", ENDINGS).steps
    assert lay_out("a\n\u0661. b\n\u0662. c\n\u0663. d", ENDINGS).steps
    assert not lay_out("a\n- b\n- c\n- d", ENDINGS).steps


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=())) | st.text("a.?。 \n“”«»\"'`>—:1"))
def test_any_text_has_a_layout(text: str) -> None:
    """No text breaks it, and no part says more than the text."""
    layout = lay_out(text, ENDINGS)

    assert len(layout.opening.text.replace("\n", "")) <= max(len(text), 1)
    assert letters(layout.read.text) <= letters(text)
    assert layout.after >= 0


def test_an_endless_sentence_is_cut() -> None:
    """Where nothing ends a sentence, length does, so that the opening stays an opening."""
    assert len(lay_out("word " * 10_000, ENDINGS).opening.text) <= 2 * LONGEST + 2
