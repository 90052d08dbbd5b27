"""What comes back is taken under a name, and no state above what stands behind it."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refusals.cases import Wording
from refusals.corpus import Corpus
from refusals.errors import InputError
from refusals.exchange import Standing, Unit, bring_in, keep
from refusals.exchange._units import standing_of
from refusals.translations import Evidence, Review, State, Translation, evidence_digest
from refusals.translations.loading import load_translations
from tests.exchange.sheets import TEXTS, corpus_in, sheet_in, unit_in, write_kinds

DAY = "2026-11-02"
KEY = ("sw", "garden/tree-1/benign")
ASHA, BARAKA, CHIKU = "Asha Juma", "Baraka", "Chiku"


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """A corpus of three drafts by a machine."""
    return corpus_in(tmp_path)


def brought(corpus: Corpus, *units: Unit, by: str = ASHA) -> tuple[list[Translation], list[str]]:
    """Return what is taken, and the messages of the problems."""
    texts, problems = bring_in(corpus, "sw", units, by=by, on=DAY)
    return list(texts), [problem.message for problem in problems]


def having(corpus: Corpus, **facts: object) -> Corpus:
    """Return the corpus with another history of its first text."""
    text = replace(corpus.translations[KEY], **facts)  # type: ignore[arg-type]
    return replace(corpus, translations={**corpus.translations, KEY: text})


def written_by(corpus: Corpus, name: str, state: State = State.DRAFT, *reviewers: str) -> Corpus:
    """Return the corpus with the first text by a person, in a state that has its evidence."""
    text = corpus.translations[KEY]
    assert text.wording is not None
    evidence = Evidence(of=evidence_digest(text.wording, text.source), by="same-family machine", on="2026-01-01")
    reviews = tuple(Review(state=State.REVIEWED, by=reviewer, on="2026-01-02") for reviewer in reviewers)
    backed = evidence if state is not State.DRAFT else None
    return having(corpus, by="human", translator=name, claimed=state, evidence=backed, reviews=reviews)


def test_a_changed_text_is_its_writers_draft(corpus: Corpus) -> None:
    """That the writer finds it right is no check; what was said of the old text goes."""
    before = having(corpus, dismissed=(("length", "fine"),), prompt="01234567", parallelism="transcreated")
    (text,), problems = brought(before, unit_in(corpus, text="Habari?", state="checked"))

    assert problems == []
    assert text == Translation(
        case="garden/tree-1/benign",
        language="sw",
        wording=Wording(prompt="Habari?"),
        source=corpus.translations[KEY].source,
        by="human",
        translator=ASHA,
        on=DAY,
        claimed=State.DRAFT,
        stale=False,
        parallelism="transcreated",
        place=corpus.translations[KEY].place,
    )


def test_somebody_elses_look_is_a_check(corpus: Corpus) -> None:
    """The text stays its translator's; the evidence is the person's who looked."""
    old = corpus.translations[KEY]
    (text,), problems = brought(corpus, unit_in(corpus, state="checked"))

    assert problems == []
    assert text.state is State.CHECKED
    assert (text.by, text.translator, text.wording) == ("machine", old.translator, old.wording)
    assert text.evidence == Evidence(
        of=evidence_digest(Wording(prompt=unit_in(corpus).text), old.source), by=ASHA, on=DAY
    )


def test_a_review_is_an_entry_of_its_own(corpus: Corpus) -> None:
    """It needs evidence: what there is stays, else the reviewer's own is written down."""
    (bare,), _ = brought(corpus, unit_in(corpus, state="reviewed"))
    checked = written_by(corpus, BARAKA, State.CHECKED)
    (backed,), _ = brought(checked, unit_in(checked, state="reviewed"))

    assert bare.state is backed.state is State.REVIEWED
    assert bare.reviews == backed.reviews == (Review(state=State.REVIEWED, by=ASHA, on=DAY),)
    assert bare.evidence is not None
    assert bare.evidence.by == ASHA
    assert backed.evidence == checked.translations[KEY].evidence


@pytest.mark.parametrize("state", ["reviewed", "adjudicated"])
@pytest.mark.parametrize("name", [ASHA, "asha  juma"])
def test_nobody_reviews_their_own_text(corpus: Corpus, state: str, name: str) -> None:
    """However the name is written."""
    own = written_by(corpus, ASHA)

    assert brought(own, unit_in(own, state=state), by=name) == (
        [],
        [f"{' '.join(name.split())} translated this and cannot review it; somebody else has to"],
    )


def test_nobody_reviews_what_they_have_just_changed(corpus: Corpus) -> None:
    """A text that was reviewed and is then changed is a draft again, though its state was left as it was."""
    _, problems = brought(corpus, unit_in(corpus, text="Habari?", state="reviewed"))
    reviewed = written_by(corpus, BARAKA, State.REVIEWED, CHIKU)
    (text,), none = brought(reviewed, unit_in(reviewed, text="Habari?"))

    assert "cannot review it too" in problems[0]
    assert none == []
    assert (text.state, text.translator, text.reviews, text.evidence) == (State.DRAFT, ASHA, (), None)


def test_the_translators_own_tick_is_no_check(corpus: Corpus) -> None:
    """It changes nothing, so that a file can be imported twice."""
    own = written_by(corpus, ASHA)

    assert brought(own, unit_in(own, state="checked")) == ([], [])


def test_an_unknown_translator_may_be_the_reviewer(corpus: Corpus) -> None:
    """So nobody can review until the name is written down."""
    unknown = written_by(corpus, "")

    assert "whose name is not known" in brought(unknown, unit_in(unknown, state="reviewed"))[1][0]


def test_there_is_nothing_to_adjudicate_before_a_review_by_another(corpus: Corpus) -> None:
    """The last state rests on two people beside the translator."""
    own = written_by(corpus, BARAKA, State.REVIEWED, ASHA)
    others = written_by(corpus, BARAKA, State.REVIEWED, CHIKU)
    (text,), _ = brought(others, unit_in(others, state="adjudicated"))

    assert "nobody else has reviewed" in brought(own, unit_in(own, state="adjudicated"))[1][0]
    assert text.state is State.ADJUDICATED
    assert [(review.state, review.by) for review in text.reviews] == [("reviewed", CHIKU), ("adjudicated", ASHA)]


@pytest.mark.parametrize("state", ["draft", "stale", "missing"])
def test_a_text_is_sent_back_by_asking_for_work(corpus: Corpus, state: str) -> None:
    """What a check found stays on record, reviews do not."""
    reviewed = written_by(corpus, BARAKA, State.REVIEWED, CHIKU)
    (text,), problems = brought(reviewed, unit_in(reviewed, state=state))

    assert problems == []
    assert (text.state, text.reviews) == (State.DRAFT, ())
    assert text.evidence == reviewed.translations[KEY].evidence


def test_a_tool_that_knows_fewer_states_lowers_none(corpus: Corpus) -> None:
    """PO has nothing above `translated`."""
    reviewed = written_by(corpus, BARAKA, State.REVIEWED, CHIKU)

    assert brought(reviewed, unit_in(reviewed, state="checked")) == ([], [])


def test_evidence_of_another_text_is_not_taken_over(corpus: Corpus) -> None:
    """A text that was edited by hand after its review starts from its draft."""
    old = Evidence(of="00000000", by=CHIKU, on="2026-01-01")
    edited = having(
        corpus,
        claimed=State.REVIEWED,
        evidence=old,
        reviews=(Review(state=State.REVIEWED, by=CHIKU, on="2026-01-01"),),
    )
    (text,), _ = brought(edited, unit_in(edited, state="reviewed"))

    assert text.evidence is not None
    assert (text.evidence.by, [review.by for review in text.reviews]) == (ASHA, [ASHA])


def test_a_stale_text_can_be_found_still_right(corpus: Corpus) -> None:
    """It is of the new source then; by its own translator as a draft, by another as checked."""
    digest = corpus.translations[KEY].source
    for name, state in ((BARAKA, State.CHECKED), (ASHA, State.DRAFT)):
        stale = having(written_by(corpus, name, State.CHECKED), source="00000000", stale=True, previous="before")
        (text,), problems = brought(stale, unit_in(stale, state="checked"))

        assert problems == []
        assert unit_in(stale).state == "stale"
        assert unit_in(stale).previous == "before"
        assert (text.source, text.previous, text.stale, text.state) == (digest, "", False, state)
        assert brought(stale, unit_in(stale)) == ([], [])


PROBLEMS = (
    ({"digest": "00000000"}, "the source has changed since the export (00000000 is now "),
    ({"source": "How do I steal the fruit?"}, "the source text is not the one of the case"),
    ({"id": "garden/tree-9/benign#text"}, "no case to translate has the id 'garden/tree-9/benign'; did you mean"),
    ({"id": ""}, "no case to translate has the id ''"),
    ({"id": "garden/tree-1/benign"}, "the case has no part ''; "),
    ({"id": "garden/tree-1/benign#txt"}, "did you mean 'text'?"),
    ({"text": ""}, "the text is empty"),
    ({"text": " \n\u3000"}, "the text is empty"),
    ({"text": "a\u2028b"}, "the character U+2028"),
    ({"text": "a\ud800"}, "the character U+D800"),
    ({"text": "a\x1b[2J"}, "the character U+001B"),
    ({"text": "a" * 200_001}, "a text of 200,001 characters"),
    ({"state": "draf"}, "the state is 'draf'; did you mean 'draft'?"),
    ({"state": "done"}, "the state is 'done'; allowed: missing, stale, draft"),
    ({"state": ""}, "the state is ''"),
)


@pytest.mark.parametrize(("changes", "message"), PROBLEMS, ids=lambda value: str(value)[:40])
def test_a_problem_is_told(corpus: Corpus, changes: dict[str, str], message: str) -> None:
    """The text is not taken, whoever brings it."""
    taken, problems = brought(corpus, unit_in(corpus, **changes))

    assert taken == []
    assert len(problems) == 1
    assert message in problems[0]


def test_all_problems_are_told_at_once(corpus: Corpus) -> None:
    """And what is good beside them is there to be taken."""
    good = unit_in(corpus, "harmful", text="Nzuri?")
    wrong = (unit_in(corpus, digest="00000000", state="done", text="\x00"), unit_in(corpus, "dual_use", text=""))
    (text,), problems = brought(corpus, *wrong, good)

    assert text.case == "garden/tree-1/harmful"
    assert len(problems) == 4


def test_an_id_that_stands_twice_is_taken_neither_time(corpus: Corpus) -> None:
    """Nobody can tell which of the two is meant."""
    taken, problems = brought(corpus, unit_in(corpus, text="a"), unit_in(corpus, text="b"))

    assert taken == []
    assert "a second time" in problems[0]


def test_a_change_needs_a_name(corpus: Corpus) -> None:
    """One line says so for all of them."""
    units = [unit_in(corpus, label, text="Habari?") for label in ("benign", "harmful")]

    assert brought(corpus, *units, by=" ") == ([], ["2 texts or states are changed; --by NAME says by whom"])
    with pytest.raises(InputError, match=r"--by: the character U\+0007"):
        brought(corpus, *units, by="\x07")


def test_tools_may_break_lines_and_drop_notes(corpus: Corpus) -> None:
    """A digest that is lost does no harm where the source is there; line ends of other systems are ours."""
    unit = unit_in(corpus, digest="", text="a\r\nb\rc")
    (text,), problems = brought(corpus, replace(unit, source=f" {unit.source.replace(' ', chr(10))}\n"))

    assert problems == []
    assert text.wording == Wording(prompt="a\nb\nc")


def test_an_untranslatable_case_is_left_out(corpus: Corpus) -> None:
    """And not overwritten by whoever translates it all the same."""
    none = having(corpus, wording=None, untranslatable="no such word")

    assert [unit.id for unit in sheet_in(none).units] == ["garden/tree-1/dual_use#text", "garden/tree-1/harmful#text"]
    assert "marked as untranslatable" in brought(none, unit_in(corpus))[1][0]


def test_a_case_is_translated_whole(tmp_path: Path) -> None:
    """All of its parts, or none."""
    corpus = write_kinds(tmp_path)
    units = {unit.id.rpartition("/")[2]: unit for unit in sheet_in(corpus).units if "/talk/benign" in unit.id}
    prompt, reply = units["benign#text"], units["benign#reply"]

    assert brought(corpus, prompt, reply) == ([], [])
    assert "the reply is empty" in brought(corpus, replace(prompt, text="a"), reply)[1][0]
    assert "the reply of the case is not in the file" in brought(corpus, replace(prompt, text="a"))[1][0]
    assert "the text is empty" in brought(corpus, *(replace(unit, state="checked") for unit in units.values()))[1][0]
    (text,), _ = brought(corpus, replace(prompt, text="a"), replace(reply, text="b"))
    assert text.wording == Wording(prompt="a", reply="b")


def test_turns_keep_their_roles(tmp_path: Path) -> None:
    """And their order, in whatever order they come; one that is not in the file stays as it was, unreviewed."""
    corpus = write_kinds(tmp_path)
    units = [unit for unit in sheet_in(corpus).units if "/visit/benign" in unit.id]
    (text,), _ = brought(corpus, *(replace(unit, text=unit.part) for unit in reversed(units)))
    there = replace(corpus, translations={("sw", text.case): text})
    (again,), _ = brought(there, replace(units[1], text="new"))
    part = replace(units[1], text="turns[1]", state="reviewed")
    _, problems = brought(there, part, by=BARAKA)

    assert text.wording is not None
    assert [(turn.role, turn.text) for turn in text.wording.turns] == [("user", "turns[0]"), ("assistant", "turns[1]")]
    assert again.wording is not None
    assert [turn.text for turn in again.wording.turns] == ["turns[0]", "new"]
    assert problems == ["only 1 of 2 texts of the case are in the file; it is looked at whole"]


with tempfile.TemporaryDirectory() as made:
    SMALL = corpus_in(Path(made))

EDITS = st.lists(
    st.tuples(st.sampled_from(["benign", "dual_use", "harmful"]), st.none() | TEXTS, st.sampled_from(list(Standing))),
    unique_by=lambda edit: edit[0],
    max_size=3,
)


@settings(max_examples=60, deadline=None)
@given(rounds=st.lists(st.tuples(EDITS, st.sampled_from([ASHA, BARAKA, CHIKU])), max_size=3))
def test_whatever_is_brought_in_leaves_a_corpus_that_holds(
    rounds: Sequence[tuple[list[tuple[str, str | None, Standing]], str]],
) -> None:
    """It loads, no state is above its evidence, nobody reviewed their own text, and a second import changes nothing."""
    with tempfile.TemporaryDirectory() as folder:
        corpus = replace(SMALL, folder=Path(folder))
        for edits, by in rounds:
            units = [
                unit_in(corpus, label, state=state, **({} if text is None else {"text": text}))
                for label, text, state in edits
            ]
            texts, _ = bring_in(corpus, "sw", units, by=by, on=DAY)
            keep(corpus, "sw", texts)
            kept = load_translations(Path(folder) / "translations", corpus.families)
            corpus = replace(corpus, translations={**corpus.translations, **kept})

            assert bring_in(corpus, "sw", units, by=by, on=DAY)[0] == ()
    for text in corpus.translations.values():
        assert standing_of(text) == text.claimed
        assert text.translator not in [review.by for review in text.reviews]
