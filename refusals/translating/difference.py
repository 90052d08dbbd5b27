"""What has changed between two texts, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

# Words, spaces and single other characters; in scripts without spaces each run of letters is one word.
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")


class Change(StrEnum):
    """What happened to a run of words."""

    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Words in a row that had the same fate."""

    change: Change
    text: str


def difference(before: str, after: str) -> tuple[Run, ...]:
    """Return the runs of two texts in order; what was kept or removed makes up `before`, kept or added `after`."""
    return tuple(_runs(_WORDS.findall(before), _WORDS.findall(after)))


def _runs(before: list[str], after: list[str]) -> Iterator[Run]:
    for kind, start, end, other_start, other_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Run(change=Change.KEPT, text="".join(before[start:end]))
            continue
        if start < end:
            yield Run(change=Change.REMOVED, text="".join(before[start:end]))
        if other_start < other_end:
            yield Run(change=Change.ADDED, text="".join(after[other_start:other_end]))


def marked(before: str, after: str) -> str:
    """Return both texts in one, as `git diff --word-diff` writes it: `[-removed-]` and `{+added+}`."""
    forms = {Change.KEPT: "{}", Change.REMOVED: "[-{}-]", Change.ADDED: "{{+{}+}}"}
    return "".join(forms[run.change].format(run.text) for run in difference(before, after))
