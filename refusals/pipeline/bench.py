"""The judges of a study with the models that they ask, for as long as they are needed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from refusals import judges, systems
from refusals.runner.line import Line, Purse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from refusals.corpus import Corpus
    from refusals.grading.anchors import Anchored
    from refusals.judges import Setting
    from refusals.runner.cache import Cache
    from refusals.study import JudgeSpec, SystemSpec


async def hold_anchors(spec: JudgeSpec, corpus: Corpus, purse: Purse, languages: Iterable[str]) -> Anchored | None:
    """Return how judges do on the anchors, asked anew and not from the cache; None where no model is behind them."""
    from refusals.grading.anchors import anchors, hold, needed

    if not needed(spec.use):
        return None
    async with judging(spec, corpus, purse) as setting:
        return await hold(judges.build(spec, setting), anchors(languages))


@asynccontextmanager
async def judging(spec: JudgeSpec, corpus: Corpus, purse: Purse, cache: Cache | None = None) -> AsyncIterator[Setting]:
    """Yield what the judges of a spec are made with, and close the models behind it at the end.

    Raises:
        InputError: if a model's spec is wrong.
    """
    lines: list[Line] = []

    def line(model: SystemSpec) -> Line:
        system = systems.at_once(systems.build(model, corpus), "a judge's model")
        lines.append(Line(model, system, purse, cache))
        return lines[-1]

    try:
        yield judges.Setting(
            languages=corpus.languages,
            model=None if spec.rubric is None else line(spec.rubric),
            panel=tuple(each if isinstance(each, str) else line(each) for each in spec.panel),
        )
    finally:
        for each in lines:
            await each.system.close()
