"""A model that translates may refuse, answer or mask instead: what it wrote is stored only where it is a translation.

The nouns stand here, the verbs in the rooms beside: `rounds.translate` asks for what is missing or
stale, `meaning.check_meaning` asks whether a text still means what its source does, and
`accepting` notes what a person says of a text.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from refusals.study import SystemSpec


class Came(StrEnum):
    """What came of asking for a translation."""

    TRANSLATION = "translation"
    REFUSED = "refused"
    ANSWERED = "answered"
    MASKED = "masked"
    UNCHANGED = "unchanged"
    OTHER_LANGUAGE = "other language"
    EMPTY = "empty"
    ERROR = "error"
    NOT_ASKED = "not asked"


# What tells nothing of whether the translator refuses.
UNDECIDED = frozenset({Came.EMPTY, Came.ERROR, Came.NOT_ASKED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One text to translate: a case's prompt, its reply, or one of its turns. `of` and `into` are tags."""

    case: str
    part: str
    text: str
    of: str
    into: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a translator's reply was, with the text if it was a translation; `why` says by what it was recognised."""

    came: Came
    text: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What came of one attempt at a case by one engine: the first of its pieces that is no translation decides."""

    case: str
    language: str
    engine: str
    number: int
    came: Came
    why: str = ""


def name_of(spec: SystemSpec) -> str:
    """Return how a system is named beside what it wrote: kind and target, without addresses, paths and options.

    A translation is published with this name, so nothing stays in it that could hold a key or name a machine.
    """
    target = re.sub(r"@?\b\w+://\S*", "", spec.target)
    if spec.kind == "command":
        target = " ".join(_words(target))
    return f"{spec.kind}:{target}" if target.strip() else spec.kind


def _words(target: str) -> list[str]:
    """Return the words of a command up to its first option, each without its folder."""
    words = [word.replace("\\", "/").rstrip("/").rpartition("/")[2] for word in shlex.split(target)]
    options = (place for place, word in enumerate(words) if word.startswith("-"))
    return words[: next(options, len(words))]
