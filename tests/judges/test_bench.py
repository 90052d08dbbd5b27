"""The first judge that can tell decides, and what an earlier one found of the language is kept."""

from __future__ import annotations

import asyncio

from refusals.judges import Bench, Judge, Judgement
from refusals.plan import Ending
from refusals.prompts import Prompt
from refusals.systems import Reply, Text
from tests.judges.written_replies import asked


class Saying:
    """A judge that always says the same."""

    def __init__(self, said: Judgement | None) -> None:
        self.said = said

    async def judge(self, prompt: Prompt, reply: Reply) -> Judgement | None:
        """Return what it always says."""
        return self.said


def judged(*said: Judgement | None) -> Judgement:
    """Return what a bench of such judges comes to."""
    judges: list[tuple[str, Judge]] = [(str(number), Saying(one)) for number, one in enumerate(said)]
    return asyncio.run(Bench(judges).judge(asked(), Text(text="Of course.")))


UNCLEAR = Judgement(ending=Ending.UNCLEAR, judge="phrases", reason="too short", language="sw")
REFUSED = Judgement(ending=Ending.REFUSED, judge="rubric")


def test_the_first_that_can_tell_decides() -> None:
    """None and unclear pass the reply on."""
    assert judged(None, REFUSED, UNCLEAR) == REFUSED


def test_the_language_that_was_found_is_kept() -> None:
    """A judge that names no language does not make an earlier one's finding forgotten."""
    assert judged(UNCLEAR, REFUSED) == Judgement(ending=Ending.REFUSED, judge="rubric", language="sw")
    assert judged(UNCLEAR, Judgement(ending=Ending.REFUSED, judge="x", language="fr")).language == "fr"


def test_without_a_decision_it_is_unclear() -> None:
    """No judge, or none that can tell, is no decision."""
    assert judged().ending is Ending.UNCLEAR
    assert judged(None, UNCLEAR, None) == UNCLEAR
