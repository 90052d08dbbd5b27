"""What a person says of a text is noted, and carries no check or review over to what nobody has seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from refusals.cases import Case, Label, Wording
from refusals.errors import InputError, NothingSelectedError
from refusals.translating.accepting import reviewed, still_valid
from refusals.translations import Evidence, Review, State, Translation, evidence_digest

CASE = Case(id="garden/tree/benign", label=Label.BENIGN, wording=Wording(prompt="Hi!"), mechanism="direct", why="x")
SOURCE = CASE.wording.digest
WORDING = Wording(prompt="Habari!")
ON = "2026-11-23"


def text(state: State, source: str = SOURCE, **facts: object) -> Translation:
    """A text in a state that it has evidence for."""
    evidence = Evidence(of=evidence_digest(WORDING, source), by="a model", on="2026-01-01", back="Hi.")
    reviews = (Review(state=state, by="R. Viewer", on="2026-01-02"),)
    return replace(
        Translation(
            case=CASE.id,
            language="sw",
            wording=WORDING,
            source=source,
            by="human",
            claimed=state,
            stale=source != SOURCE,
            translator="T. Ranslator",
            previous="Hi" if source != SOURCE else "",
            evidence=None if state is State.DRAFT else evidence,
            reviews=reviews if state in (State.REVIEWED, State.ADJUDICATED) else (),
        ),
        **facts,  # type: ignore[arg-type]
    )


STALE = "00000000"


@pytest.mark.parametrize("state", State)
def test_what_still_holds_is_checked_at_most(state: State) -> None:
    """A named person renews the check, and is noted; a review was of another source and is not renewed."""
    after = still_valid(text(state, STALE), CASE, "A. Person", ON)

    assert (after.source, after.stale, after.previous) == (SOURCE, False, "")
    assert after.state is after.claimed is (State.DRAFT if state is State.DRAFT else State.CHECKED)
    if after.evidence:
        assert (after.evidence.by, after.evidence.on) == ("a model; still valid: A. Person", ON)


@pytest.mark.parametrize("state", State)
def test_without_a_name_it_is_a_draft(state: State) -> None:
    """Nobody stands for it."""
    assert still_valid(text(state, STALE), CASE, "", ON).state is State.DRAFT


def test_evidence_of_another_text_is_not_renewed() -> None:
    """It was no evidence before, and saying that the source is the same makes none of it."""
    edited = text(State.CHECKED, STALE, wording=Wording(prompt="Kwaheri!"))

    assert still_valid(edited, CASE, "A. Person", ON).state is State.DRAFT


def test_what_did_not_change_needs_no_word() -> None:
    """And none is noted."""
    with pytest.raises(NothingSelectedError, match="has not changed"):
        still_valid(text(State.CHECKED), CASE, "A. Person", ON)


@pytest.mark.parametrize("name", ["T. Ranslator", "t. ranslator", " T.  Ranslator "])
def test_nobody_vouches_for_their_own_text(name: str) -> None:
    """Neither as a reviewer nor as one who renews a check, however the name is written."""
    with pytest.raises(InputError, match="translated this"):
        reviewed(text(State.CHECKED), name, ON)
    with pytest.raises(InputError, match="translated this"):
        still_valid(text(State.CHECKED, STALE), CASE, name, ON)


def test_a_review_stands_beside_the_evidence() -> None:
    """What the check found stays."""
    before = text(State.CHECKED)
    after = reviewed(before, "A. Person", ON)

    assert after.state is State.REVIEWED
    assert after.evidence == before.evidence
    assert after.reviews == (Review(state=State.REVIEWED, by="A. Person", on=ON),)


@pytest.mark.parametrize(
    "before",
    [text(State.DRAFT), text(State.REVIEWED, wording=Wording(prompt="Kwaheri!"))],
    ids=["draft", "edited since"],
)
def test_a_review_is_evidence_where_there_is_none(before: Translation) -> None:
    """Of the text that the person has read, and in that person's name."""
    after = reviewed(before, "A. Person", ON)

    assert after.state is State.REVIEWED
    assert after.wording is not None
    assert after.evidence == Evidence(of=evidence_digest(after.wording, SOURCE), by="A. Person", on=ON)


def test_a_review_takes_nothing_back() -> None:
    """What was adjudicated stays so, and the same person does not review twice."""
    assert reviewed(text(State.ADJUDICATED), "A. Person", ON).state is State.ADJUDICATED
    with pytest.raises(NothingSelectedError, match="already"):
        reviewed(text(State.REVIEWED), "R. Viewer", ON)


def test_a_stale_text_is_not_reviewed() -> None:
    """Which source would the review be of?"""
    with pytest.raises(InputError, match="is stale"):
        reviewed(text(State.CHECKED, STALE), "A. Person", ON)
