"""Several people decide one cell: most of them are the answer, and each of them is kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refusals.corpus import Corpus, load_corpus
from refusals.errors import InputError
from refusals.systems import Decision, Failure, Rating, Reply, Verdict, reply_as_json, reply_from_json
from refusals.systems._raters import majority
from tests.corpora import write_corpus
from tests.systems.test_recorded import CASE, answers, line, system

SAID = st.lists(st.sampled_from(sorted({*Decision} - {Decision.UNREADABLE})), min_size=1, max_size=7)


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """Return two families in English and Swahili."""
    return load_corpus(write_corpus(tmp_path / "corpus", families=2))


def rated(corpus: Corpus, *lines: dict[str, Any]) -> Reply:
    """Return the answer to the one cell that all lines are of."""
    return answers(system(corpus, "".join(line(each) for each in lines)), corpus)[CASE, "en"]


@given(SAID)
def test_most_is_more_than_half(said: list[Decision]) -> None:
    """A decision is that of more than half of all raters, whatever their order, or there is none."""
    ratings = [Rating(rater=f"r{number}", decision=decision) for number, decision in enumerate(said)]
    found = majority(ratings)
    most = [decision for decision in Decision if 2 * said.count(decision) > len(said)]

    assert found.decision is (most[0] if most else Decision.ABSTAIN)
    assert majority(reversed(ratings)) == found
    assert reply_from_json(json.loads(json.dumps(reply_as_json(found)))) == found


def test_lines_of_several_raters_are_one_answer(corpus: Corpus) -> None:
    """The majority decides, and what each has said, with the role, is in the reply that the run keeps."""
    found = rated(
        corpus,
        {"rater": "B", "role": "native speaker", "flagged": True},
        {"rater": 7, "decision": "allow"},
        {"rater": "A", "role": "expert", "decision": "flag"},
    )

    assert found == Verdict(
        decision=Decision.FLAG,
        ratings=(
            Rating(rater="7", decision=Decision.ALLOW),
            Rating(rater="A", role="expert", decision=Decision.FLAG),
            Rating(rater="B", role="native speaker", decision=Decision.FLAG),
        ),
    )


def test_a_tie_abstains(corpus: Corpus) -> None:
    """Where raters are even there is no answer; and one of three who does not abstain is no majority."""
    for said in (("allow", "flag"), ("allow", "review", "flag"), ("allow", "abstain"), ("abstain", "abstain", "flag")):
        found = rated(corpus, *({"rater": n, "decision": each} for n, each in enumerate(said)))

        assert isinstance(found, Verdict)
        assert found.decision is Decision.ABSTAIN
        assert [rating.decision for rating in found.ratings] == list(said)


def test_a_rating_of_another_wording_does_not_count(corpus: Corpus) -> None:
    """It is left out of the vote; where nobody has rated today's wording there is no answer."""
    old = {"rater": "A", "flagged": True, "id": "0" * 24}

    found = rated(corpus, old, {"rater": "B", "flagged": False})
    assert found == Verdict(decision=Decision.ALLOW, ratings=(Rating(rater="B", decision=Decision.ALLOW),))
    assert rated(corpus, old) == Failure(message="the recorded answer is to another wording of this case")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (({"rater": "A", "flagged": True},) * 2, ":2:2 this cell, or one of the same text, has line 1 of the rater A"),
        (({"flagged": True}, {"rater": "A", "flagged": True}), ":2:2 this cell, or one of the same text, has line 1 "),
        (({"rater": "A", "flagged": True}, {"flagged": True}), ":2:2 this cell, or one of the same text, has line 1 "),
        (({"rater": "A", "text": "Yes."},), ":1:52 a rater's line has a `decision` (allow, review, flag, abstain)"),
        (({"rater": "A", "error": "ill"},), ":1:52 a rater's line has a `decision`"),
        (({"rater": "A", "decision": "maybe"},), ":1:52 a rater's line has a `decision`"),
        (({"rater": True, "flagged": True},), ":1:52 the rater is True; write a name or a number"),
        (({"rater": " ", "flagged": True},), ":1:52 the rater is ' '; write a name or a number"),
        (({"rater": "A", "role": [], "flagged": True},), ":1:66 the role is []; write a name or a number"),
    ],
)
def test_a_rating_that_does_not_fit_has_a_place(corpus: Corpus, lines: tuple[dict[str, Any], ...], said: str) -> None:
    """Nobody votes twice, and votes are decisions."""
    with pytest.raises(InputError) as caught:
        rated(corpus, *lines)

    assert said in str(caught.value)
