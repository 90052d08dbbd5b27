"""A difference of two texts holds both of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from refusals.translating.difference import Change, difference, marked

TEXTS = st.text(max_size=60) | st.lists(st.sampled_from(["a", "the", " ", ", ", "tree", "果", "مثال"])).map("".join)


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_from_it(before: str, after: str) -> None:
    """No character of either is lost or made up."""
    runs = difference(before, after)

    assert "".join(run.text for run in runs if run.change is not Change.ADDED) == before
    assert "".join(run.text for run in runs if run.change is not Change.REMOVED) == after


@given(TEXTS)
def test_equal_texts_do_not_differ(text: str) -> None:
    """Then everything was kept."""
    assert {run.change for run in difference(text, text)} <= {Change.KEPT}
    assert marked(text, text) == text


def test_words_that_changed_are_marked() -> None:
    """As `git diff --word-diff` does."""
    assert marked("a tree of mine", "a tall tree of yours") == "a{+ tall+} tree of [-mine-]{+yours+}"
