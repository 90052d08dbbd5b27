"""Engines are systems like any other, each behind a line with attempts, budget and cache, and closed in the end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from refusals import systems
from refusals.errors import InputError
from refusals.runner.cache import Cache
from refusals.runner.line import Line, Purse
from refusals.study import Budget
from refusals.translating import name_of

if TYPE_CHECKING:
    from refusals.corpus import Corpus
    from refusals.study import SystemSpec

MAX_TOKENS = 4096  # that an engine may write; a text that is cut off is no translation


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """How engines are asked. `cache` is a file, by default `runs/cache.sqlite` in the corpus; `fresh` uses none."""

    cache: Path | None = None
    fresh: bool = False
    concurrency: int | None = None
    budget: Budget = field(default_factory=Budget)


@asynccontextmanager
async def lines_to(specs: Sequence[SystemSpec], corpus: Corpus, means: Means) -> AsyncIterator[tuple[Line, ...]]:
    """Yield a line to each engine, in the same order; all share one budget and one cache.

    Raises:
        InputError: if a spec is wrong, or two have the same name in what is stored of them.
    """
    names = [name_of(spec) for spec in specs]
    for place, name in enumerate(names):
        if name in names[:place]:
            raise InputError(f"two engines are called {name!r}; take another model as the fallback")
    purse = Purse(means.budget)
    cache = None if means.fresh else Cache(means.cache or corpus.folder / "runs" / "cache.sqlite")
    lines: list[Line] = []
    try:
        for spec in specs:
            roomy = replace(spec, max_tokens=MAX_TOKENS)
            asked = systems.at_once(systems.build(roomy, corpus), "an engine")
            lines.append(Line(roomy, asked, purse, cache, concurrency=means.concurrency))
        yield tuple(lines)
    finally:
        for line in lines:
            await line.system.close()
        if cache is not None:
            cache.close()
