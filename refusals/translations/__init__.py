"""A translation is a text with a history: what it was made from, by whom, and how far it was checked."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from refusals.cases import Wording
    from refusals.errors import Place


class State(StrEnum):
    """How far a translation has been looked at, from least to most."""

    DRAFT = "draft"
    CHECKED = "checked"
    REVIEWED = "reviewed"
    ADJUDICATED = "adjudicated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a check found. `of` digests the text and the source that it saw; `answers` are (question, yes).

    `back` is a literal back-translation made without the source, `label` the one read from the text alone.
    """

    of: str
    by: str
    on: str
    back: str = ""
    label: str = ""
    answers: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """That a person has taken a translation to a state."""

    state: State
    by: str
    on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """A case in another language. `wording` is None where it is `untranslatable`, with the reason.

    `source` is the digest of the source text it was made from; where that differs from the
    case's own digest, the translation is stale, and `previous` may hold the old source text.
    `dismissed` are (check, reason): findings that do not hold.
    """

    case: str
    language: str
    wording: Wording | None
    source: str
    by: str
    claimed: State
    stale: bool
    untranslatable: str = ""
    translator: str = ""
    prompt: str = ""
    on: str = ""
    previous: str = ""
    parallelism: str = "translated"
    evidence: Evidence | None = None
    reviews: tuple[Review, ...] = ()
    dismissed: tuple[tuple[str, str], ...] = ()
    place: Place | None = None

    @property
    def state(self) -> State:
        """The state that it has: a draft, whatever it claims, where the evidence is of another text or source."""
        if self.evidence is None or self.wording is None:
            return State.DRAFT if self.wording is not None else self.claimed
        return self.claimed if self.evidence.of == evidence_digest(self.wording, self.source) else State.DRAFT


def evidence_digest(wording: Wording, source: str) -> str:
    """Return the digest of a text together with that of its source: what evidence is of."""
    return hashlib.sha256(f"{wording.digest} {source}".encode()).hexdigest()[:8]
