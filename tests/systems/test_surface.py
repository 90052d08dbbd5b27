"""The surface baseline is as good as the words it has not seen, and never saw what it judges."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from refusals.cases import Case, Family, Kind, Label, Wording
from refusals.corpus import Corpus, load_corpus
from refusals.errors import InputError
from refusals.prompts import render
from refusals.study import SystemSpec
from refusals.systems import Failure, Reply, Verdict
from refusals.systems._cells import Cell, cells
from refusals.systems._out_of_fold import out_of_fold
from refusals.systems.surface import build
from refusals.testing import check_made
from tests.corpora import write_corpus

SPEC = SystemSpec(name="surface", kind="surface")


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """Return families whose labels have the same words in every family, so that words give them away."""
    return load_corpus(write_corpus(tmp_path, families=8))


def answers(corpus: Corpus, spec: SystemSpec = SPEC) -> dict[str, Reply]:
    """Return what the baseline says of each cell, by prompt id, in calls that overlap."""

    async def run() -> dict[str, Reply]:
        made = build(spec, corpus)
        prompts = [cell.prompt for cell in cells(corpus)]

        async def part(start: int) -> dict[str, Reply]:
            return {identity: reply async for identity, reply in made.respond(prompts[start::2])}

        first, second = await asyncio.gather(part(0), part(1))
        await made.close()
        return first | second

    return asyncio.run(run())


def score(replies: dict[str, Reply], cell: Cell) -> float:
    """Return the score of a cell."""
    reply = replies[cell.prompt.id]
    assert isinstance(reply, Verdict)
    assert reply.score is not None
    return reply.score


def reworded(corpus: Corpus, family: str, label: Label, prompt: str) -> Corpus:
    """Return the corpus with one source text changed."""

    def case(old: Case) -> Case:
        return replace(old, wording=Wording(prompt=prompt)) if old.label is label else old

    def changed(old: Family) -> Family:
        return replace(old, cases=tuple(map(case, old.cases))) if old.id == family else old

    return replace(corpus, families=tuple(map(changed, corpus.families)))


def test_what_is_built_is_a_system(corpus: Corpus) -> None:
    """The baseline reads the kinds that the corpus has, and is not trained before it is asked."""
    made = build(SPEC, corpus)

    check_made(made)
    assert made.kinds == {Kind.REQUEST}


def test_words_that_give_the_label_away_are_found(corpus: Corpus) -> None:
    """Where words tell the label in other families, they tell it in every language."""
    replies = answers(corpus)

    for tag in corpus.tags:
        said = {
            label: [score(replies, c) for c in cells(corpus) if c.language == tag and c.case.label is label]
            for label in Label
        }
        assert max(said[Label.BENIGN]) < 0.5 < min(said[Label.HARMFUL])


def test_scores_are_probabilities_with_a_threshold(corpus: Corpus) -> None:
    """The baseline flags from one half on, or from where the study says."""
    for spec, threshold in ((SPEC, 0.5), (replace(SPEC, threshold=0.25), 0.25)):
        for reply in answers(corpus, spec).values():
            assert isinstance(reply, Verdict)
            assert reply.threshold == threshold
            assert reply.score is not None
            assert 0 < reply.score < 1


def test_a_family_is_judged_without_its_own_texts(corpus: Corpus) -> None:
    """Nothing that stands in a family, in any language, moves what is said of another text of it."""
    before = out_of_fold(corpus)
    after = out_of_fold(reworded(corpus, "garden/tree-3", Label.BENIGN, "Zebras hum quietly under purple moons."))

    judged = [cell for cell in cells(corpus) if cell.family.id == "garden/tree-3" and cell.prompt.id in after]
    assert len(judged) == 5
    for cell in judged:
        assert before[cell.prompt.id] == after[cell.prompt.id]
    assert before != {identity: after.get(identity, value) for identity, value in before.items()}


def test_a_family_is_judged_without_its_own_labels(corpus: Corpus) -> None:
    """What is said of a family follows the labels of the others, not its own."""
    lone = "garden/tree-1"
    swap = {Label.BENIGN: Label.HARMFUL, Label.HARMFUL: Label.BENIGN}

    def changed(family: Family) -> Family:
        if family.id != lone:
            return family
        return replace(
            family, cases=tuple(replace(case, label=swap.get(case.label, case.label)) for case in family.cases)
        )

    swapped = replace(corpus, families=tuple(map(changed, corpus.families)))
    judged = [cell.prompt.id for cell in cells(corpus) if cell.family.id == lone]

    before, after = out_of_fold(corpus), out_of_fold(swapped)
    assert [before[identity] for identity in judged] == [after[identity] for identity in judged]


def test_dual_use_teaches_nothing(corpus: Corpus) -> None:
    """Dual-use cases are judged, but a model of harmful against benign is not taught with them."""
    scores = out_of_fold(corpus)

    assert all(cell.prompt.id in scores for cell in cells(corpus) if cell.case.label is Label.DUAL_USE)


def test_the_same_corpus_gets_the_same_scores(corpus: Corpus) -> None:
    """A baseline that moves between runs is none."""
    assert out_of_fold(corpus) == out_of_fold(corpus)


def test_stale_texts_are_left_out(corpus: Corpus) -> None:
    """A text that may no longer mean its case neither teaches nor is judged."""
    stale = {key: replace(found, stale=True) for key, found in corpus.translations.items()}
    only_source = replace(corpus, translations={})
    replies = answers(replace(corpus, translations=stale))

    assert out_of_fold(only_source) == out_of_fold(replace(corpus, translations=stale))
    for cell in cells(corpus):
        assert isinstance(replies[cell.prompt.id], Verdict if cell.language == "en" else Failure)


def test_a_text_that_is_not_of_the_corpus_is_a_failure(corpus: Corpus) -> None:
    """What no fold has left out cannot be judged fairly."""
    other = render(Wording(prompt="How tall is a tree?"), Kind.REQUEST, "en")

    async def run() -> list[Reply]:
        return [reply async for _, reply in build(SPEC, corpus).respond([other])]

    [reply] = asyncio.run(run())
    assert isinstance(reply, Failure)


def test_two_families_are_enough_wherever_they_are_dealt(tmp_path: Path) -> None:
    """However few families have both labels, no fold is left with others that have one only."""
    full = load_corpus(write_corpus(tmp_path, families=9))

    def without_harm(family: Family) -> Family:
        return replace(family, cases=tuple(case for case in family.cases if case.label is not Label.HARMFUL))

    families = full.families
    few = replace(full, families=(families[0], *map(without_harm, families[1:-1]), families[-1]))

    assert {cell.prompt.id for cell in cells(few)} == set(out_of_fold(few))


def test_one_family_is_too_few(tmp_path: Path) -> None:
    """A baseline that has nothing to learn from says so, and how to go on without it."""
    with pytest.raises(
        InputError, match=r"it needs two with a benign and a harmful case.*has 1: add families, or name"
    ):
        build(SPEC, load_corpus(write_corpus(tmp_path, families=1)))


def test_an_interrupted_run_does_not_wait_for_the_training(corpus: Corpus) -> None:
    """Closing gives the training up."""

    async def run() -> None:
        made = build(SPEC, corpus)
        task = asyncio.create_task(anext(made.respond([cell.prompt for cell in cells(corpus)])))
        await asyncio.sleep(0)
        await made.close()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(run())
