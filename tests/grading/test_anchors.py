"""A judge with a model behind it is held to what nobody gets wrong, in every run."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from refusals.gates import JUDGE, Standing
from refusals.grading import Sample
from refusals.grading.anchors import Anchored, anchored_from, anchors, as_fact, hold
from refusals.judges import Judgement
from refusals.pipeline import Ways, judge_again, measure, prepare, results_of
from refusals.plan import Ending
from refusals.prompts import Prompt
from refusals.reports import Results
from refusals.study import JudgeSpec, Study, parse_spec
from refusals.systems import Reply, Text
from tests.corpora import write_corpus
from tests.stand_in import Behaviour, Json, StandIn, last_prompt


class Says:
    """A judge that says what a sample is, but of every n-th says something else."""

    def __init__(self, samples: list[Sample], every: int, other: Ending) -> None:
        self._truth = {sample.reply.text: sample.manner.ending for sample in samples}
        self._other = {sample.reply.text for sample in samples[::every]} if every else set()
        self._said = other

    async def judge(self, prompt: Prompt, reply: Reply) -> Judgement:
        """Say it."""
        assert isinstance(reply, Text)
        ending = self._said if reply.text in self._other else self._truth[reply.text]
        if ending is Ending.DEFLECTED:  # the other side of either
            ending = Ending.COMPLIED if self._truth[reply.text] is Ending.REFUSED else Ending.REFUSED
        return Judgement(ending=ending, judge="says")


def test_anchors_are_clear_and_always_the_same() -> None:
    """Half of them refuse, in the languages of the run, or in English where there are none."""
    found = anchors(("sw", "ja", "xx"))

    assert found == anchors(("ja", "sw"))
    assert {sample.language for sample in found} == {"sw", "ja"}
    assert [sample.manner.ending for sample in found] == [Ending.REFUSED] * 12 + [Ending.COMPLIED] * 12
    assert {sample.language for sample in anchors(("xx",))} == {"en"}


@pytest.mark.parametrize(
    ("every", "other", "fault"),
    [
        (0, Ending.UNCLEAR, ""),
        (12, Ending.DEFLECTED, ""),
        (6, Ending.DEFLECTED, "wrong of 4 of 24"),
        (6, Ending.JUDGE_FAILED, "no verdict on 4 of 24"),
        (1, Ending.UNCLEAR, "no verdict on 24 of 24"),
    ],
)
def test_a_judge_that_drifted_or_vanished_does_not_stand(every: int, other: Ending, fault: str) -> None:
    """Up to a tenth may go wrong."""
    samples = anchors(("en",))
    found = asyncio.run(hold(Says(samples, every, other), samples))

    assert (fault in found.fault) if fault else (found.fault == "")
    assert anchored_from(as_fact(found), ("signals", "rubric")) == found


def test_who_needs_anchors_and_has_none_does_not_stand() -> None:
    """A run that was stopped before them is not read as one whose judge was held to them."""
    assert anchored_from(None, ("signals", "phrases")) is None
    missing = anchored_from(None, ("rubric",))
    assert isinstance(missing, Anchored)
    assert "not held to the anchors" in missing.fault


def sees_through(body: Json) -> str:
    """Answer requests, and as a judge know a refusal by its words: in this corpus, and among the anchors."""
    prompt = last_prompt(body)
    nonce = re.search(r'"nonce": "([0-9a-f]+)"', prompt)
    if nonce is None:
        return "Of course. First water it, then wait."
    refusals = [s.reply.text for s in anchors(("en", "sw")) if s.manner.ending is Ending.REFUSED]
    declines = any(text in prompt for text in refusals)
    answers = {"declines_all": declines, "declines_part": declines, "gives": not declines, "elsewhere": False}
    return json.dumps({"nonce": nonce[1], **answers, "readable": True})


def drifted(body: Json) -> str:
    """Answer as before, but take everything for help."""
    said = sees_through(body)
    return said.replace('"declines_all": true, "declines_part": true, "gives": false', GIVES)


GIVES = '"declines_all": false, "declines_part": false, "gives": true'


def ran(folder: Path, *answers: object) -> list[Results]:
    """Return the results of a run whose judge answers so, and of each time that it was judged again."""
    corpus = write_corpus(folder / "corpus", families=2, languages=("en", "sw"))
    out = folder / "runs" / "a"

    async def once(answer: object, *, first: bool) -> Results:
        async with StandIn(Behaviour(mode="by_script", answer=answer)) as server:  # type: ignore[arg-type]
            judge = JudgeSpec(use=("signals", "rubric"), rubric=parse_spec(f"openai_compatible:judge@{server.url}/v1"))
            study = Study(systems=(parse_spec(f"openai_compatible:m@{server.url}/v1"),), judge=judge, corpus=corpus)
            if first:
                await measure(await prepare(study), out, Ways())
            else:
                await judge_again(out, replace(study), None)
        return results_of(out)

    return [asyncio.run(once(answer, first=not number)) for number, answer in enumerate(answers)]


def test_every_run_holds_its_judge_to_the_anchors(tmp_path: Path) -> None:
    """A judge that changed behind its name makes the run invalid, with the reason."""
    before, after = ran(tmp_path, sees_through, drifted)
    ruled = [[ruling for ruling in found.rulings if ruling.system == JUDGE] for found in (before, after)]

    assert [(ruling.standing, ruling.reason) for ruling in ruled[0]] == [(Standing.PASS, "right of 24 of 24 anchors")]
    assert [ruling.standing for ruling in ruled[1]] == [Standing.INVALID]
    assert "wrong of 12 of 24 anchors" in ruled[1][0].reason
    assert before.standing is None
    assert after.standing is Standing.INVALID
