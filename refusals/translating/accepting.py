"""What a person says of a translation: that it still holds though its source has changed, or that it is good.

That it still holds makes the text one of the new source. A check that it had passed is renewed only by
somebody with a name who is not its translator, and the evidence says so; else it is a draft again.
Nobody's review is carried over to a source that they have not seen: from `reviewed` it falls to
`checked`, and a new review takes it up again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from refusals.errors import InputError, NothingSelectedError
from refusals.translations import Evidence, Review, State, Translation, evidence_digest

if TYPE_CHECKING:
    from refusals.cases import Case


def still_valid(text: Translation, case: Case, by: str, on: str) -> Translation:
    """Return the text as one of the source as it is now; `by` may be empty.

    Raises:
        NothingSelectedError: if its source has not changed.
        InputError: if it was translated by the one who says so.
    """
    if not text.stale:
        raise NothingSelectedError(f"{text.case} ({text.language}): its source has not changed; nothing to accept")
    if by:
        _not_the_translator(text, by, "leave out --by, and it becomes a draft")
    source = case.wording.digest
    moved = replace(text, source=source, stale=False, previous="", claimed=State.DRAFT)
    if not by or text.state is State.DRAFT:
        return moved
    if text.wording is None:  # that there is no way to say it needs no evidence
        return replace(moved, claimed=text.claimed)
    assert text.evidence is not None
    renewed = replace(
        text.evidence, of=evidence_digest(text.wording, source), by=f"{text.evidence.by}; still valid: {by}", on=on
    )
    return replace(moved, claimed=State.CHECKED, evidence=renewed)


def reviewed(text: Translation, by: str, on: str) -> Translation:
    """Return the text as one that a person has reviewed; where no check of it stands, the review is the evidence.

    Raises:
        InputError: if it is stale, or was translated by the one who reviews it.
        NothingSelectedError: if the same person has reviewed it already.
    """
    if text.stale:
        raise InputError(f"{text.case} ({text.language}): is stale; say --still-valid first, or translate it again")
    _not_the_translator(text, by, "somebody else must review it")
    holds = text.state is not State.DRAFT
    if holds and text.state is not State.CHECKED and _same_person(by, [review.by for review in text.reviews]):
        raise NothingSelectedError(f"{text.case} ({text.language}): {by} has reviewed it already")
    review = Review(state=State.REVIEWED, by=by, on=on)
    claimed = State.ADJUDICATED if text.state is State.ADJUDICATED else State.REVIEWED
    evidence = text.evidence
    if text.wording is not None and not holds:
        evidence = Evidence(of=evidence_digest(text.wording, text.source), by=by, on=on)
    return replace(text, claimed=claimed, evidence=evidence, reviews=(*text.reviews, review))


def _not_the_translator(text: Translation, by: str, way_out: str) -> None:
    if _same_person(by, [text.translator]):
        raise InputError(f"{text.case} ({text.language}): {by} translated this and cannot vouch for it; {way_out}")


def _same_person(name: str, others: list[str]) -> bool:
    return _folded(name) in map(_folded, others)


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
