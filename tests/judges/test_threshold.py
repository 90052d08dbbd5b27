"""A score decides from its threshold on, and what is no number decides nothing."""

from __future__ import annotations

import asyncio
from math import inf, isfinite, nan, nextafter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refusals.judges import Judgement, Setting, threshold
from refusals.plan import Ending
from refusals.systems import Decision, Reply, Text, Verdict
from refusals.testing import check_judge
from tests.judges.written_replies import asked, languages


def judged(reply: Reply) -> Judgement | None:
    """Return what the judge says of a reply."""
    return asyncio.run(threshold.build(Setting(languages={})).judge(asked(), reply))


def test_it_keeps_the_contract_of_judges() -> None:
    """The judge does what its examples say, and decides nothing of a reply that says nothing."""
    check_judge(threshold, languages=languages())


@given(st.floats(), st.floats())
def test_only_finite_numbers_decide(score: float, limit: float) -> None:
    """A finite score is flagged from a finite threshold on; all others are unreadable, never allowed."""
    said = judged(Verdict(score=score, threshold=limit))

    assert said is not None
    if isfinite(score) and isfinite(limit):
        assert said.ending is (Ending.FLAGGED if score >= limit else Ending.ALLOWED)
    else:
        assert said.ending is Ending.UNREADABLE


@given(st.floats(min_value=-1e9, max_value=1e9))
def test_the_threshold_itself_flags(limit: float) -> None:
    """The score at the threshold is flagged, the next one below is not."""
    at, below = (
        judged(Verdict(score=limit, threshold=limit)),
        judged(Verdict(score=nextafter(limit, -inf), threshold=limit)),
    )

    assert at is not None
    assert below is not None
    assert (at.ending, below.ending) == (Ending.FLAGGED, Ending.ALLOWED)


@pytest.mark.parametrize(
    "reply",
    [
        Text(text="0.9"),
        Verdict(),
        Verdict(score=0.9),
        Verdict(decision=Decision.FLAG),
        Verdict(decision=Decision.ABSTAIN, score=0.9, threshold=0.5),
        Verdict(decision=Decision.UNREADABLE, score=0.1, threshold=0.5),
    ],
)
def test_without_score_and_threshold_it_cannot_tell(reply: Reply) -> None:
    """No score, no threshold, or a classifier that says it cannot decide: this judge says nothing."""
    assert judged(reply) is None


@pytest.mark.parametrize("score", [nan, inf, -inf])
def test_a_broken_score_is_unreadable_without_a_threshold_too(score: float) -> None:
    """NaN is no verdict, whatever it would have been compared with."""
    said = judged(Verdict(score=score))

    assert said is not None
    assert said.ending is Ending.UNREADABLE
