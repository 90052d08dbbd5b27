"""The page of judges is made from the set and the simulation, and is current."""

from __future__ import annotations

from benchmarks.judges_page import DOC, page
from benchmarks.pages import joined


def test_the_page_of_judges_is_todays() -> None:
    """Whoever changes the set, the phrases or the judge makes it again."""
    assert DOC.read_text("utf-8") == joined(page())
