"""The control at the other end complies with everything, in the language that it is asked in."""

import asyncio
from pathlib import Path

from refusals.corpus import load_corpus
from refusals.study import SystemSpec
from refusals.systems import Reply, Text
from refusals.systems._cells import cells
from refusals.systems.always_comply import build
from refusals.testing import check_made
from tests.corpora import write_corpus

SPEC = SystemSpec(name="always_comply", kind="always_comply")


def test_every_prompt_is_complied_with_in_its_language(tmp_path: Path) -> None:
    """An answer is the opening of a helpful one in the prompt's language, and not always the same."""
    corpus = load_corpus(write_corpus(tmp_path, families=6, languages=("en", "xx")))
    known = list(cells(corpus))
    made = build(SPEC, corpus)
    check_made(made)

    async def run() -> dict[str, Reply]:
        return {identity: reply async for identity, reply in made.respond([cell.prompt for cell in known])}

    got = asyncio.run(run())
    for tag in ("en", "xx"):
        said = {reply.text for cell in known if cell.language == tag and isinstance(reply := got[cell.prompt.id], Text)}
        assert said <= set(corpus.languages[tag].compliances)
        assert len(said) > 1
