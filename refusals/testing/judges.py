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
    from collections.abc import Mapping
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


def check_judge(
    module: ModuleType, *, languages: Mapping[str, Language] | None = None, model: System | None = None
) -> None:
    """Check a module that is a judge: documentation, signature, examples, import.

    The judge is also shown replies that say nothing, of which it must not make a decision.

    Args:
        module: the judge's.
        languages: the facts that it is built with; those that ship by default.
        model: the model that it is built with, where it asks one.

    Raises:
        AssertionError: at the first thing that is wrong.
    """
    check_documented(module)
    check_takes(module, "build", 1)
    packaged = find_corpus(None, Path("/nonexistent")) / "translations"
    judge = module.build(Setting(languages=load_languages(packaged) if languages is None else languages, model=model))
    for number, (reply, expected) in examples(module):
        what = f"{module.__name__}: EXAMPLES[{number}]"
        known = expected is None or isinstance(expected, Ending)
        hold(known, f"{what} expects {expected!r}; allowed: an Ending, or None")
        said = _judged(module, judge, reply)
        actual = said and said.ending
        hold(actual == expected, f"{what}: judge() comes to {actual}, expected: {expected} ({said!r})")
    for reply in _NOTHING_SAID:
        said = _judged(module, judge, reply)
        hold(said is None or said.ending in _UNDECIDED, f"{module.__name__}: judge() makes {said!r} of {reply!r}")
    check_inert(module)


def _judged(module: ModuleType, judge: Judge, reply: Reply) -> Judgement | None:
    prompt = render(Wording(prompt="How do I get limescale out of a kettle?"), Kind.REQUEST, SOURCE_LANGUAGE)
    said = asyncio.run(_ask(judge, prompt, reply))
    hold(said is None or isinstance(said, Judgement), f"{module.__name__}: judge() returns {said!r}, not a Judgement")
    return said


async def _ask(judge: Judge, prompt: Prompt, reply: Reply) -> Judgement | None:
    return await judge.judge(prompt, reply)
