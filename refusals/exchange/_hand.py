"""What a person has changed is taken under that person's name, and no state above what stands behind it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from refusals.errors import InputError
from refusals.exchange._units import Standing, standing_of
from refusals.translations import Evidence, Review, State, Translation, evidence_digest

if TYPE_CHECKING:
    from refusals.cases import Case, Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """Who brings texts in, into which language, and on which day."""

    by: str
    language: str
    on: str


def plain(text: str) -> str:
    """Return a text as tools leave it equal: they normalise, and break lines anew."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def changed(case: Case, old: Translation | None, wording: Wording, asked: Standing, hand: Hand) -> Translation:
    """Return the new text as its writer's draft: that the writer finds it right is no check of it."""
    if asked.rank >= Standing.REVIEWED.rank and asked is not standing_of(old):
        raise InputError(
            f"{hand.by or 'whoever imports this'} has changed the text and cannot review it too; "
            f"import it as `checked`, then somebody else imports it as `{asked}`"
        )
    return Translation(
        case=case.id,
        language=hand.language,
        wording=wording,
        source=case.wording.digest,
        by="human",
        claimed=State.DRAFT,
        stale=False,
        translator=hand.by,
        on=hand.on,
        parallelism=old.parallelism if old is not None else "translated",
        place=old.place if old is not None else None,
    )


def confirmed(case: Case, old: Translation, asked: Standing, hand: Hand) -> Translation | None:
    """Return the same text in the state that was asked for, or None where that changes nothing.

    A file lowers a state only by asking for work: many tools know `translated` and nothing above.
    """
    current = standing_of(old)
    needs_work = asked.rank <= Standing.DRAFT.rank
    if needs_work and current.rank > Standing.DRAFT.rank:
        return replace(old, claimed=State.DRAFT, reviews=())
    if needs_work or asked.rank <= current.rank:
        return None
    sound = _sound(case, old)
    if asked is Standing.CHECKED:
        if _same(hand.by, old.translator):
            return sound if old.stale else None
        return replace(sound, claimed=State.CHECKED, evidence=sound.evidence or _evidence(sound, hand))
    _may_review(sound, asked, hand)
    review = Review(state=State(asked), by=hand.by, on=hand.on)
    evidence = sound.evidence or _evidence(sound, hand)
    return replace(sound, claimed=State(asked), evidence=evidence, reviews=(*sound.reviews, review))


def _sound(case: Case, old: Translation) -> Translation:
    """Return a translation without what was said of another text or another source."""
    if old.stale:
        source = case.wording.digest
        return replace(old, source=source, stale=False, previous="", claimed=State.DRAFT, evidence=None, reviews=())
    assert old.wording is not None
    if old.evidence is None or old.evidence.of != evidence_digest(old.wording, old.source):
        return replace(old, claimed=State.DRAFT, evidence=None, reviews=())
    return old


def _evidence(text: Translation, hand: Hand) -> Evidence:
    assert text.wording is not None
    return Evidence(of=evidence_digest(text.wording, text.source), by=hand.by, on=hand.on)


def _may_review(text: Translation, asked: Standing, hand: Hand) -> None:
    """Make sure that somebody else than the translator reviews, and somebody else than the reviewer adjudicates."""
    if hand.by and _same(hand.by, text.translator):
        raise InputError(f"{hand.by} translated this and cannot review it; somebody else has to")
    if text.by == "human" and not text.translator:
        raise InputError("a person translated this whose name is not known; write `translator` into its file first")
    others = [review for review in text.reviews if not _same(review.by, hand.by)]
    if asked is Standing.ADJUDICATED and not others:
        raise InputError("nobody else has reviewed this, so there is nothing to adjudicate; import it as `reviewed`")


def _same(one: str, other: str) -> bool:
    return bool(one) and plain(one).casefold() == plain(other).casefold()
