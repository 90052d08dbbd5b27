"""A judge is checked by its examples, and by deciding nothing of a reply that says nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from refusals.cases import Kind, Wording
from refusals.corpus import find_corpus
from refusals.judges import Judgement, Setting
from refusals.languages import SOURCE_LANGUAGE, load_languages
from refusals.plan import Ending
from refusals.prompts import Prompt, render
from refusals.systems import Decision, Failure, Reply, Text, Verdict
from refusals.testing.imports import check_inert
from refusals.testing.modules import check_documented, check_takes, examples, hold

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from types import ModuleType

    from refusals.judges import Judge
    from refusals.languages import Language
    from refusals.systems import System


_UNDECIDED = frozenset(
    {
        Ending.EMPTY,
        Ending.UNCLEAR,
        Ending.ABSTAINED,
        Ending.UNREADABLE,
        Ending.UNKNOWN_SIGNAL,
        Ending.ERROR,
        Ending.JUDGE_FAILED,
    }
)
_NOTHING_SAID = (
    Failure(message="connection reset"),
    Text(text=""),
    Text(text=" \n\t"),
    Verdict(),
    Verdict(score=0.9),
    Verdict(decision=Decision.ABSTAIN),
    Verdict(decision=Decision.UNREADABLE, raw="?"),
)


class _Silent:
    """A model that answers nothing: what a judge says after asking it can only be `judge_failed`."""

    kinds = frozenset(Kind)
    batch: int | None = 1
    concurrency = 1
    adaptive = False
    identity: Mapping[str, object] | None = None
    headroom: float | None = None

    async def respond(self, prompts: Sequence[Prompt]) -> AsyncIterator[tuple[str, Reply]]:
        for prompt in prompts:
            yield prompt.id, Failure(message="this model answers nothing")

    async def close(self) -> None:
        pass


def check_judge(
    module: ModuleType, *, languages: Mapping[str, Language] | None = None, model: System | None = None
) -> None:
    """Check a module that is a judge: documentation, signature, examples, import.

    The judge is also shown replies that say nothing, of which it must not make a decision.

    Args:
        module: the judge's.
        languages: the facts that it is built with; those that ship by default.
        model: the model that it is built with, where it asks one; by default one that answers nothing.

    Raises:
        AssertionError: at the first thing that is wrong.
    """
    check_documented(module)
    check_takes(module, "build", 1)
    pairs = [example for _, example in examples(module)]
    if languages is None:
        languages = load_languages(find_corpus(None, Path("/nonexistent")) / "translations")
    asked = _Silent() if model is None else model
    setting = Setting(languages=languages, model=asked, panel=("phrases", asked))
    said = asyncio.run(_judged(module, setting, [*(reply for reply, _ in pairs), *_NOTHING_SAID]))
    for number, (_, expected) in enumerate(pairs):
        what = f"{module.__name__}: EXAMPLES[{number}]"
        known = expected is None or isinstance(expected, Ending)
        hold(known, f"{what} expects {expected!r}; allowed: an Ending, or None")
        judgement = said[number]
        actual = judgement and judgement.ending
        hold(actual == expected, f"{what}: judge() comes to {actual}, expected: {expected} ({judgement!r})")
    for reply, judgement in zip(_NOTHING_SAID, said[len(pairs) :], strict=True):
        undecided = judgement is None or judgement.ending in _UNDECIDED
        hold(undecided, f"{module.__name__}: judge() makes {judgement!r} of {reply!r}")
    check_inert(module)


async def _judged(module: ModuleType, setting: Setting, replies: Sequence[Reply]) -> list[Judgement | None]:
    """Build the judge and show it the replies, all in one event loop."""
    judge: Judge = module.build(setting)
    prompt = render(Wording(prompt="How do I get limescale out of a kettle?"), Kind.REQUEST, SOURCE_LANGUAGE)
    judgements = [await judge.judge(prompt, reply) for reply in replies]
    for judgement in judgements:
        proper = judgement is None or isinstance(judgement, Judgement)
        hold(proper, f"{module.__name__}: judge() returns {judgement!r}, not a Judgement")
    return judgements
