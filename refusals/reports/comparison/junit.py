"""The JUnit comparison is for continuous integration: what was asked and is not met fails there, nothing else does."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.parsers import expat

from refusals.reports.comparison._sentences import caveats, notes, verdict_on
from refusals.reports.junit import quoted, ruled, suite_of

if TYPE_CHECKING:
    from refusals.reports.comparison import Compared

FILE = "compare.xml"


def render(compared: Compared) -> str:
    """Return XML with a case a ruling: each language's cells and alarm, and the margin of each measure."""
    sentence = " ".join((verdict_on(compared).sentence, *caveats(compared)))
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name={quoted(sentence)}>\n'
    said = suite_of("comparison", [ruled(ruling) for ruling in compared.rulings], notes=notes(compared))
    written = f"{head}{said}</testsuites>\n"
    expat.ParserCreate().Parse(written.encode("utf-8"), True)  # noqa: FBT003 - a positional-only flag: this is all
    return written
