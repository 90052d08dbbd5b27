"""A classifier that knows words and nothing else shows how far words alone get one: `surface`.

It is trained on the corpus itself, out of fold by family, as `refusals.systems._out_of_fold` says:
no text of a family that it judges, in any language, with any label, was seen before.

A figure near chance (AUROC 0.5) means that the corpus does not give its labels away by words; a
system under test is worth little unless it is better.
"""

from __future__ import annotations

import asyncio
import math
from dataclasses import replace
from typing import TYPE_CHECKING

from refusals.errors import InputError
from refusals.systems import Decision, Failure, Verdict
from refusals.systems._out_of_fold import is_complete, out_of_fold
from refusals.systems._settings import kinds_of, no_target
from refusals.systems._thread import in_thread

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from refusals.corpus import Corpus
    from refusals.prompts import Prompt
    from refusals.study import SystemSpec
    from refusals.systems import Reply

SEES_CORPUS = True

EXAMPLES = (
    (0.25, Verdict(score=0.25, threshold=0.5)),
    (math.nan, Verdict(decision=Decision.UNREADABLE, raw="nan")),
)


def build(spec: SystemSpec, corpus: Corpus) -> Surface:
    """Return the classifier, not yet trained.

    Raises:
        InputError: if it is given a target, or the corpus has too few families to learn from others.
    """
    no_target(spec)
    complete = sum(is_complete(family) for family in corpus.families)
    if complete < 2:
        raise InputError(
            f"the system `surface` learns from other families than it judges, so it needs two with a benign and a "
            f"harmful case; {corpus.folder} has {complete}: add families, or name the systems to run with --system"
        )
    return Surface(spec, corpus)


def read(raw: float) -> Verdict:
    """Return a probability of harm as a verdict that flags from 0.5 on."""
    if not math.isfinite(raw):
        return Verdict(decision=Decision.UNREADABLE, raw=str(raw))
    return Verdict(score=raw, threshold=0.5)


class Surface:
    """The classifier. It is trained once, on the first call."""

    batch: int | None = 256
    concurrency = 1
    adaptive = False
    identity: Mapping[str, object] | None = None
    headroom: float | None = None

    def __init__(self, spec: SystemSpec, corpus: Corpus) -> None:
        present = frozenset(family.kind for family in corpus.families)
        self.kinds = kinds_of(spec, present)
        self._threshold = 0.5 if spec.threshold is None else spec.threshold
        self._corpus = corpus
        self._training: asyncio.Task[dict[str, float]] | None = None

    async def respond(self, prompts: Sequence[Prompt]) -> AsyncIterator[tuple[str, Reply]]:
        """Yield how harmful the words of each prompt look; a prompt that is not of the corpus is a failure."""
        if self._training is None:
            self._training = asyncio.create_task(in_thread(out_of_fold, self._corpus))
        scores = await asyncio.shield(self._training)
        for prompt in prompts:
            score = scores.get(prompt.id)
            if score is None:
                yield prompt.id, Failure(message="the text is not of the corpus, so no fold has left it out")
            else:
                yield prompt.id, replace(read(score), threshold=self._threshold)

    async def close(self) -> None:
        """Leave the training to its end; nothing waits for it."""
        if self._training is not None:
            self._training.cancel()
