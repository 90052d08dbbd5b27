"""The control at one end refuses everything, in the language that it is asked in."""

import asyncio
from pathlib import Path

import pytest

from refusals.cases import Kind, Wording
from refusals.corpus import Corpus, load_corpus
from refusals.errors import InputError
from refusals.prompts import Prompt, render
from refusals.study import SystemSpec
from refusals.systems import Failure, Reply, Text
from refusals.systems._cells import cells
from refusals.systems.always_refuse import build
from refusals.testing import check_made
from tests.corpora import write_corpus

SPEC = SystemSpec(name="always_refuse", kind="always_refuse")


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """Return families in English and in a language that is like no other."""
    return load_corpus(write_corpus(tmp_path, families=6, languages=("en", "xx")))


def answers(corpus: Corpus, prompts: list[Prompt]) -> dict[str, Reply]:
    """Return what the control says of each prompt, by id."""

    async def run() -> dict[str, Reply]:
        return {identity: reply async for identity, reply in build(SPEC, corpus).respond(prompts)}

    return asyncio.run(run())


def test_what_is_built_is_a_system(corpus: Corpus) -> None:
    """A control is a chat model, so it reads what can be answered: everything but exchanges."""
    made = build(SPEC, corpus)

    check_made(made)
    assert made.kinds == {Kind.REQUEST, Kind.CONVERSATION, Kind.TRANSCRIPT}
    assert made.identity is None


def test_every_prompt_is_refused_in_its_language(corpus: Corpus) -> None:
    """A refusal is one that no judge's list holds, in the prompt's language, and not always the same."""
    known = list(cells(corpus))
    got = answers(corpus, [cell.prompt for cell in known])

    for tag in ("en", "xx"):
        phrases = set(corpus.languages[tag].refusals_held_out)
        said = {reply.text for cell in known if cell.language == tag and isinstance(reply := got[cell.prompt.id], Text)}
        assert said <= phrases
        assert len(said) > 1
        assert not said & set(corpus.languages[tag].refusals)


def test_the_same_prompt_is_answered_the_same(corpus: Corpus) -> None:
    """An answer follows from the prompt, not from order or chance."""
    prompts = [cell.prompt for cell in cells(corpus)]

    assert answers(corpus, prompts) == answers(corpus, prompts[::-1])


def test_a_language_without_phrases_is_a_failure(corpus: Corpus) -> None:
    """Nobody refuses in a language that nothing is known of."""
    prompt = render(Wording(prompt="How tall is a tree?"), Kind.REQUEST, "zz")

    assert {prompt.id: Failure(message="_language.yaml of zz has no `refusals-held-out`")} == answers(corpus, [prompt])


def test_a_target_is_refused(corpus: Corpus) -> None:
    """A control drives nothing, so a target is a mistake."""
    with pytest.raises(InputError, match="takes no target; write always_refuse, not always_refuse:en"):
        build(SystemSpec(name="a", kind="always_refuse", target="en"), corpus)
