"""Voters are asked from the cheapest on, until most of them agree."""

from __future__ import annotations

import asyncio

import pytest

from refusals.errors import InputError
from refusals.judges import Judge, Judgement, Setting, panel
from refusals.judges.panel import PanelJudge
from refusals.plan import Ending
from refusals.prompts import Prompt
from refusals.systems import Reply, Text, Verdict
from refusals.testing import check_judge
from tests.judges.written_replies import asked, languages


class Voter:
    """A judge that says one thing, and counts how often it was asked."""

    def __init__(self, ending: Ending | None) -> None:
        self.ending = ending
        self.calls = 0

    async def judge(self, prompt: Prompt, reply: Reply) -> Judgement | None:
        """Say it."""
        self.calls += 1
        return None if self.ending is None else Judgement(ending=self.ending, judge="voter")


def judged(*voters: Judge) -> Judgement | None:
    """Return what a panel says."""
    judge = PanelJudge([(f"v{number}", voter) for number, voter in enumerate(voters)])
    return asyncio.run(judge.judge(asked(), Text(text="Of course.")))


R, C, P, U, F = Ending.REFUSED, Ending.COMPLIED, Ending.PARTIAL, Ending.UNCLEAR, Ending.JUDGE_FAILED


@pytest.mark.parametrize(
    ("votes", "ending", "calls"),
    [
        ((R, R, C), R, (1, 1, 0)),
        ((R, C, R), R, (1, 1, 1)),
        ((U, R, R), R, (1, 1, 1)),
        ((F, C, C), C, (1, 1, 1)),
        ((None, C, C), C, (1, 1, 1)),
        ((R, C, P), U, (1, 1, 1)),
        ((R, C), U, (1, 1)),
        ((R, R), R, (1, 1)),
        ((R, U), U, (1, 1)),
        ((U, U, C), U, (1, 1, 1)),
        ((U, F, F), U, (1, 1, 1)),
        ((F, F, F), F, (1, 1, 1)),
        ((R, R, R, C, C), R, (1, 1, 1, 0, 0)),
    ],
)
def test_most_voters_decide(votes: tuple[Ending | None, ...], ending: Ending, calls: tuple[int, ...]) -> None:
    """A tie, or too few who can tell, is unclear; who is not needed is not asked."""
    voters = [Voter(vote) for vote in votes]
    said = judged(*voters)

    assert said is not None
    assert said.ending is ending
    assert tuple(voter.calls for voter in voters) == calls
    assert "v0" in said.reason or votes[0] is None


def test_nobody_who_can_tell() -> None:
    """Leaves it to the next judge; a verdict is nobody's text."""
    assert judged(Voter(None), Voter(None)) is None
    judge = PanelJudge([("v", Voter(R)), ("w", Voter(R))])
    assert asyncio.run(judge.judge(asked(), Verdict(score=0.5, threshold=0.5))) is None


def test_it_keeps_the_contract_of_judges() -> None:
    """With phrases and a model as voters."""
    check_judge(panel, languages=languages())


def test_one_voter_is_no_panel() -> None:
    """And the error says what to write."""
    with pytest.raises(InputError, match="two voters"):
        panel.build(Setting(languages=languages(), panel=("phrases",)))
