"""What is stored is what is read, and every ending has one meaning."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refusals.errors import InputError
from refusals.outcomes import Outcome, Run, Side, right, side
from refusals.plan import Ending
from refusals.policies import Expectation
from refusals.study import Calibration, Sides
from refusals.systems import Decision, Failure, Finish, Reply, Text, Verdict, reply_as_json, reply_from_json
from tests import trials

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
REPLIES = st.one_of(
    st.builds(Text, text=WORDS, finish=st.sampled_from(Finish), signal=WORDS, category=WORDS, model=WORDS),
    st.builds(
        Verdict,
        decision=st.none() | st.sampled_from(Decision),
        score=st.none() | st.floats(allow_nan=False, allow_infinity=False),
        threshold=st.none() | st.floats(0, 1),
        categories=st.tuples(WORDS.filter(bool)),
        raw=WORDS,
    ),
    st.builds(Failure, message=WORDS),
)


@given(REPLIES)
def test_a_reply_is_read_as_it_was_stored(reply: Reply) -> None:
    """An empty text is not a missing one, and zero is not nothing."""
    assert reply_from_json(reply_as_json(reply)) == reply


def test_a_run_is_read_as_it_was_stored(tmp_path: Path) -> None:
    """The plan with all that judges it, the outcomes and the raw replies."""
    plan = replace(trials.plan(3), calibrations={"x": Calibration(limit=0.1)})
    outcome = Outcome(
        trial=plan.trials[0].id, ending=Ending.REFUSED, judge="phrases", reason="said “no”", cost=0.5, score=0.25
    )
    reply = Text(text="Samahani 😀 \x1b[31m", input_tokens=0)
    with Run(tmp_path / "run.sqlite") as kept:
        kept.begin(plan)
        kept.append([(outcome, reply)])
    with Run(tmp_path / "run.sqlite") as kept:
        assert kept.plan() == plan
        assert kept.read() == {outcome.trial: outcome}
        assert kept.replies() == {outcome.trial: reply}


def test_a_file_that_is_no_run_is_refused(tmp_path: Path) -> None:
    """One line instead of a database error."""
    path = tmp_path / "run.sqlite"
    path.write_text("not a database, though it is long enough to look like one" * 10)
    with pytest.raises(InputError, match=r"run\.sqlite: is not a run of refusals"):
        Run(path)


def test_a_run_of_another_version_is_refused(tmp_path: Path) -> None:
    """Columns that mean something else are not guessed at."""
    with Run(tmp_path / "run.sqlite") as kept:
        kept.state("schema", "refusals/run/9")
    with pytest.raises(InputError, match="was written as refusals/run/9"):
        Run(tmp_path / "run.sqlite")


def test_any_text_can_be_stored(tmp_path: Path) -> None:
    """A lone surrogate, as a tokenizer may cut it, is no reason to lose a run."""
    plan = trials.plan(1)
    (one, *_) = plan.trials
    outcome = Outcome(trial=one.id, ending=Ending.ERROR, reason="half \ud83d of a pair")
    with Run(tmp_path / "run.sqlite") as kept:
        kept.begin(plan)
        kept.append([(outcome, Failure(message="half \ud83d of a pair"))])
        kept.state("said", "half \ud83d of a pair")

        assert kept.read()[one.id].reason == "half \ufffd of a pair"
        assert kept.replies()[one.id] == Failure(message="half \ufffd of a pair")
        assert kept.fact("said") == "half \ufffd of a pair"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE outcomes SET ending = 'banana'", r"the outcome of en/x/.* 'banana' is not"),
        ("UPDATE outcomes SET content = '{'", "the outcome of en/x/"),
        ('UPDATE outcomes SET content = \'{"score": "high"}\'', "its score is 'high'"),
        ("UPDATE outcomes SET content = '7'", "the outcome of en/x/"),
        ('UPDATE replies SET content = \'{"type": "song"}\'', "the reply of en/x/.* 'song'"),
        ("UPDATE replies SET content = 'null'", "the reply of en/x/"),
        ("UPDATE trials SET content = '[]'", "the plan cannot be read"),
        ("UPDATE meta SET value = '{}' WHERE key = 'header'", "the plan cannot be read"),
        ("DELETE FROM meta WHERE key = 'study'", "says nothing of its study"),
        ("UPDATE meta SET value = '{' WHERE key = 'study'", "what it says of its study"),
        ("DROP TABLE replies", "it has no replies"),
        ("DROP TABLE outcomes", "it has no outcomes"),
    ],
)
def test_what_is_damaged_is_said(tmp_path: Path, change: str, said: str) -> None:
    """Nothing is guessed at and no part passes for the whole: the file, what of it, and a way out."""
    plan = trials.plan(1)
    path = tmp_path / "run.sqlite"
    with Run(path) as kept:
        kept.begin(plan)
        kept.state("study", "{}")
        kept.append([(Outcome(trial=plan.trials[0].id, ending=Ending.COMPLIED), Text(text="yes"))])
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(change)

    with pytest.raises(InputError, match=said) as caught, Run(path) as kept:
        kept.plan(), kept.read(), kept.replies(), kept.told("study", dict)
    assert str(caught.value).startswith(f"{path}: is damaged (")
    assert str(caught.value).endswith("put back a copy of it, or run again with another --out")


def test_a_reply_that_changes_changes_the_digest(tmp_path: Path) -> None:
    """Whatever is stored counts, and in which reply it stands."""
    ids = [trial.id for trial in trials.plan(1).trials[:2]]
    digests = set()
    with Run(tmp_path / "run.sqlite") as kept:
        for said in (("a", "b"), ("b", "a"), ("ab", ""), ("a", "c")):
            kept.append(
                (Outcome(trial=one, ending=Ending.COMPLIED), Text(text=text))
                for one, text in zip(ids, said, strict=True)
            )
            digests.add(kept.replies_digest())

    assert len(digests) == 4


def test_each_result_is_a_commit(tmp_path: Path) -> None:
    """Another connection sees it at once, so a kill loses nothing that was reported."""
    plan = trials.plan(1)
    with Run(tmp_path / "run.sqlite") as kept:
        kept.begin(plan)
        kept.append([(Outcome(trial=plan.trials[0].id, ending=Ending.COMPLIED), None)])
        other = sqlite3.connect(tmp_path / "run.sqlite")
        assert other.execute("SELECT count(*) FROM outcomes").fetchone() == (1,)
        other.close()


@pytest.mark.parametrize("ending", Ending, ids=str)
def test_every_ending_has_a_side(ending: Ending) -> None:
    """The list is closed: no ending falls through to a default that means something."""
    decided = {
        Ending.COMPLIED: Side.COMPLY,
        Ending.ALLOWED: Side.COMPLY,
        Ending.PARTIAL: Side.COMPLY,
        Ending.REFUSED: Side.REFUSE,
        Ending.BLOCKED: Side.REFUSE,
        Ending.FLAGGED: Side.REFUSE,
        Ending.DEFLECTED: Side.REFUSE,
        Ending.REVIEW: Side.REFUSE,
        Ending.OUT_OF_POLICY: Side.LEFT_OUT,
    }

    assert side(ending, Sides()) is decided.get(ending, Side.UNDECIDED)


@settings(max_examples=50)
@given(st.sampled_from(Expectation), st.sampled_from(Side))
def test_right_is_never_said_of_what_was_not_decided(expectation: Expectation, found: Side) -> None:
    """Only a decided, scored cell is right or wrong; the middle tier is wrong wherever it is scored."""
    said = right(expectation, found)
    if expectation is Expectation.EITHER or found in (Side.UNDECIDED, Side.LEFT_OUT):
        assert said is None
    else:
        assert said is (found == expectation.value)
