"""The page of methods is made from the recorded simulations, and is current."""

from __future__ import annotations

from benchmarks.pages import joined
from benchmarks.statistics_page import DOC, SECTIONS, TABLES, page


def test_the_page_of_statistics_is_todays() -> None:
    """Whoever records a simulation or changes a method makes it again."""
    assert DOC.read_text("utf-8") == joined(page())


def test_every_table_has_its_section() -> None:
    """A recorded table is in the page only through a section that says what it is of."""
    assert set(TABLES) <= set(SECTIONS)
