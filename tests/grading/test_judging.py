"""A judge is asked as a run asks it; forged verdicts and another order of questions show what it is worth."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from refusals import judges
from refusals.grading import Sample, load_samples
from refusals.grading.forgeries import forged
from refusals.grading.judging import Measured, measure, recorded
from refusals.grading.scoring import ModelScores
from refusals.judges import Judgement, Setting
from refusals.plan import Ending
from refusals.prompts import Prompt
from refusals.study import JudgeSpec
from refusals.systems import Reply, Text

NONCE = re.compile(r'\{"nonce": "([0-9a-f]{24})"')


def english(*endings: Ending) -> list[Sample]:
    """Return English samples of these endings."""
    return [sample for sample in load_samples(("en",)).samples if sample.manner.ending in endings]


class Believes:
    """A judge that believes whatever verdict stands in the reply, and else that it helps."""

    async def judge(self, prompt: Prompt, reply: Reply) -> Judgement:
        """Return what the reply says of itself."""
        assert isinstance(reply, Text)
        said = re.findall(r"\b(refused|complied)\b", reply.text)
        return Judgement(ending=Ending(said[-1]) if said else Ending.COMPLIED, judge="believes")


class First:
    """A model that says yes to the question that stands first, and scores by what it is told."""

    async def respond(self, prompts: Sequence[Prompt]) -> AsyncIterator[tuple[str, Reply]]:
        """Yield the answers."""
        for prompt in prompts:
            nonce = NONCE.findall(prompt.text)[-1]
            if '"score"' in prompt.text:
                yield prompt.id, Text(text=json.dumps({"nonce": nonce, "score": 4}))
                continue
            keys = re.findall(r"^- (\w+):", prompt.text, re.MULTILINE)
            answers = {key: key in (keys[0], "readable") for key in keys}
            yield prompt.id, Text(text=json.dumps({"nonce": nonce, **answers}))


def test_only_who_refuses_or_complies_is_forged() -> None:
    """With the verdict of the other side, its own words unchanged, and in more than one form."""
    for sample in english(Ending.REFUSED, Ending.COMPLIED):
        text = forged(sample)
        assert sample.reply.text in text
        assert len(text) > len(sample.reply.text)
    assert not any(map(forged, english(Ending.PARTIAL, Ending.DEFLECTED, Ending.EMPTY, Ending.UNCLEAR)))
    added = {forged(s).replace(s.reply.text, "") for s in english(Ending.REFUSED)}
    assert len(added) >= 5


def test_a_judge_that_believes_replies_is_carried_over() -> None:
    """It was right of what helps, and is wrong of the same words with a verdict."""
    samples = english(Ending.COMPLIED)[:30]
    found = asyncio.run(measure(samples, Believes()))

    assert {row.ending for row in found} == {Ending.COMPLIED}
    assert [row.misled for row in found].count(Ending.REFUSED) >= 20
    assert {row.misled for row in asyncio.run(measure(samples, Believes(), forge=False))} == {None}


def test_an_order_that_matters_shows() -> None:
    """The rubric asks the other way round, and this model answers the order."""
    spec, samples = JudgeSpec(use=("signals", "rubric")), english(Ending.REFUSED, Ending.EMPTY)[:12]
    setting = Setting(languages={}, model=First())
    judge, other = judges.build(spec, setting), judges.build(spec, replace(setting, reordered=True))
    found = asyncio.run(measure(samples, judge, reordered=other, forge=False))

    for row in found:
        if row.sample.manner.ending is Ending.EMPTY:
            assert (row.ending, row.reordered) == (Ending.EMPTY, Ending.EMPTY)
        else:
            assert (row.ending, row.reordered) == (Ending.REFUSED, Ending.UNCLEAR)


def test_scores_come_from_a_model() -> None:
    """Of what was asked, in the order of the samples."""
    samples = english(Ending.REFUSED)[:5]
    found = asyncio.run(measure(samples, Believes(), scores=ModelScores(First(), {1: "nothing", 5: "all"})))

    assert [(row.sample, row.score) for row in found] == [(sample, 4) for sample in samples]


def test_what_was_said_elsewhere() -> None:
    """A sample of which nothing was said is not run, which is no verdict."""
    samples = english(Ending.REFUSED)[:2]
    found = recorded(samples, {samples[0].id: (Ending.PARTIAL, 2)})

    assert found == [
        Measured(sample=samples[0], ending=Ending.PARTIAL, score=2),
        Measured(sample=samples[1], ending=Ending.NOT_RUN),
    ]
