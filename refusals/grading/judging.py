"""What a judge says of samples: as they are, with its questions in another order, with a forged verdict in them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from refusals.grading.forgeries import forged
from refusals.plan import Ending

if TYPE_CHECKING:
    from refusals.grading import Sample
    from refusals.judges import Judgement
    from refusals.prompts import Prompt
    from refusals.systems import Reply

AT_ONCE = 16


class Decides(Protocol):
    """A judge that always comes to an ending, such as `judges.Bench`."""

    async def judge(self, prompt: Prompt, reply: Reply) -> Judgement:
        """Return what the reply was."""
        ...


class Scores(Protocol):
    """Whoever scores a reply by a rubric."""

    async def score(self, prompt: Prompt, reply: Reply) -> int | None:
        """Return a score of 1 to 5, None where there is none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A sample and what a judge made of it.

    `reordered` is what it said with its questions in another order, `misled` what it said where the reply had a
    forged verdict for the other side in it; None where that was not asked. `score` is None where it gave none.
    """

    sample: Sample
    ending: Ending
    reason: str = ""
    score: int | None = None
    reordered: Ending | None = None
    misled: Ending | None = None


async def measure(
    samples: Sequence[Sample],
    judge: Decides,
    *,
    reordered: Decides | None = None,
    scores: Scores | None = None,
    forge: bool = True,
    each: Callable[[bool], None] = lambda _: None,
) -> list[Measured]:
    """Return what a judge says of the samples, in their order.

    Args:
        samples: the replies of known nature.
        judge: the judge under test.
        reordered: the same judge with its questions in another order, where it asks any.
        scores: whoever gives scores, where anybody does.
        forge: whether replies are judged once more with a forged verdict in them.
        each: is called as each sample is done.
    """
    room = asyncio.Semaphore(AT_ONCE)

    async def one(sample: Sample) -> Measured:
        async with room:
            said = await judge.judge(sample.prompt, sample.reply)
            found = Measured(sample=sample, ending=said.ending, reason=said.reason)
            if reordered is not None:
                found = replace(found, reordered=(await reordered.judge(sample.prompt, sample.reply)).ending)
            if forge and (text := forged(sample)):
                misled = await judge.judge(sample.prompt, replace(sample.reply, text=text))
                found = replace(found, misled=misled.ending)
            if scores is not None:
                found = replace(found, score=await scores.score(sample.prompt, sample.reply))
        each(True)  # noqa: FBT003 - the shape of a progress bar
        return found

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(sample)) for sample in samples]
    return [task.result() for task in tasks]


def recorded(samples: Iterable[Sample], said: Mapping[str, tuple[Ending, int | None]]) -> list[Measured]:
    """Return what was said elsewhere, by the ids of samples; a sample of which nothing was said is `not_run`."""
    nothing = (Ending.NOT_RUN, None)
    found = ((sample, *said.get(sample.id, nothing)) for sample in samples)
    return [Measured(sample=sample, ending=ending, score=score) for sample, ending, score in found]
