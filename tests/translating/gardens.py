"""A garden corpus that lacks its Swahili texts, and what a stand-in makes of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from refusals.corpus import Corpus, load_corpus
from refusals.study import parse_spec
from refusals.translating import Came
from refusals.translating.engines import Means, lines_to
from refusals.translating.rounds import Translated, Translator
from refusals.translating.selecting import Wanted, select
from tests.corpora import write_corpus
from tests.stand_in import Behaviour, Ledger, StandIn
from tests.translating.garden_translator import Gardener

ON = "2026-11-23"


def garden(folder: Path, *, families: int = 4) -> Path:
    """Write a corpus whose Swahili texts are all missing, and return its folder."""
    write_corpus(folder, families=families, languages=("en", "sw"))
    (folder / "translations" / "sw" / "garden.yaml").unlink()
    return folder


@dataclass(frozen=True, slots=True)
class Said:
    """What a call of `translate` brought, the corpus after it, and the server's count."""

    translated: Translated
    corpus: Corpus
    ledger: Ledger

    @property
    def endings(self) -> Counter[tuple[int, Came]]:
        """Attempts by their number and what came of them."""
        return Counter((attempt.number, attempt.came) for attempt in self.translated.attempts)


async def visit(
    server: StandIn, folder: Path, *engines: str, wanted: Wanted | None = None, means: Means | None = None
) -> Said:
    """Translate into Swahili by engines of these names, all of which are the server."""
    corpus = load_corpus(folder)
    specs = [parse_spec(f"openai_compatible:{name}@{server.url}/v1") for name in engines or ("first",)]
    async with lines_to(specs, corpus, means or Means()) as lines:
        translator = Translator(corpus, lines, ON)
        translated = await translator.translate(select(corpus, wanted or Wanted(tags=("sw",))))
    return Said(translated, load_corpus(folder), server.ledger)


def translate(
    folder: Path, gardener: Gardener, *engines: str, wanted: Wanted | None = None, means: Means | None = None
) -> Said:
    """Do so once, with a server of its own that the gardener is."""

    async def go() -> Said:
        async with StandIn(Behaviour(mode="by_script", answer=gardener.answer)) as server:
            return await visit(server, folder, *engines, wanted=wanted, means=means)

    return asyncio.run(go())
