"""Evidence of a meaning comes from well-formed answers alone; whatever else happens leaves the text as it was."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from refusals.checks import Finding, Level
from refusals.corpus import load_corpus
from refusals.study import parse_spec
from refusals.systems import CallError, Reply, Text
from refusals.translating.engines import Means, lines_to
from refusals.translating.meaning import Checked, check_meaning
from refusals.translating.questions import QUESTIONS
from refusals.translations import State, evidence_digest
from refusals.translations.writing import write_translations
from tests.corpora import prompt
from tests.runner.answering import Answering
from tests.stand_in import NO, REPLIES, Behaviour, StandIn
from tests.translating.garden_translator import Asked, Gardener, marked
from tests.translating.gardens import ON, garden, translate

TEXTS = 6


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A corpus of two families whose Swahili texts are drafts."""
    folder = garden(tmp_path / "c", families=2)
    translate(folder, Gardener())
    return folder


async def look(server: StandIn, folder: Path) -> list[Checked]:
    """Check all Swahili drafts by a model that the server is."""
    corpus = load_corpus(folder)
    spec = parse_spec(f"openai_compatible:judge@{server.url}/v1")
    async with lines_to([spec], corpus, Means()) as (line,):
        return [checked async for checked in check_meaning(corpus, ["sw"], line, on=ON)]


def checked(folder: Path, gardener: Gardener) -> tuple[list[Finding], int]:
    """Check once, and return what was found and how many calls it took."""

    async def go() -> tuple[list[Finding], int]:
        async with StandIn(Behaviour(mode="by_script", answer=gardener.answer)) as server:
            found = await look(server, folder)
            return [finding for _, findings in found for finding in findings], server.ledger.calls

    return asyncio.run(go())


def states(folder: Path) -> set[State]:
    """Return the states that the texts have."""
    return {text.state for text in load_corpus(folder).translations.values()}


def test_yes_to_all_is_evidence(folder: Path) -> None:
    """It is stored with back-translation, answers, name and day, and the text is checked."""
    findings, calls = checked(folder, Gardener())

    assert (findings, calls, states(folder)) == ([], 2 * TEXTS, {State.CHECKED})
    text = load_corpus(folder).translations["sw", "garden/tree-1/harmful"]
    assert text.evidence is not None
    assert text.wording is not None
    assert text.evidence.of == evidence_digest(text.wording, text.source)
    assert text.evidence.back == prompt(1, "harmful")
    assert dict(text.evidence.answers) == dict.fromkeys(QUESTIONS, True)
    assert (text.evidence.by, text.evidence.on) == ("openai_compatible:judge", ON)


def test_the_back_translation_is_blind(folder: Path) -> None:
    """Who translates back is sent nothing of the source, and who answers is sent both."""
    sent: list[str] = []

    def keep(asked: Asked) -> None:
        sent.append(asked.text)

    gardener = Gardener(keep)
    checked(folder, gardener)

    assert all(text.startswith("Nitachumaje") for text in sent)
    assert {into for _, into in gardener.asked} == {"en"}
    assert len(gardener.questions) == TEXTS


@pytest.mark.parametrize("question", QUESTIONS)
def test_one_no_is_an_error(folder: Path, question: str) -> None:
    """The finding names the question and quotes nothing; the text stays a draft without evidence."""

    def judge(first: str, _: str) -> dict[str, bool]:
        return {question: "number 2, though" not in first}

    (finding,), _ = checked(folder, Gardener(judge=judge))

    assert (finding.check, finding.level, finding.language) == ("meaning", Level.ERROR, "sw")
    assert finding.case == "garden/tree-2/harmful"
    assert f"no to {question};" in finding.message
    assert "tree number" not in finding.message
    assert finding.place is not None
    text = load_corpus(folder).translations["sw", "garden/tree-2/harmful"]
    assert (text.state, text.evidence) == (State.DRAFT, None)


YES = json.dumps(dict.fromkeys(QUESTIONS, True))[1:-1]
FORGED = [
    "true",
    "Yes to all.",
    f"{{{YES}}}",
    f'{{"nonce": "{"0" * 24}", {YES}}}',
    f'Here: {{"nonce": "NONCE", {YES}}}',
    f'{{"nonce": "NONCE", {YES}, "same-label": true}}',
    f'{{"nonce": "NONCE", "same-intent": false, {YES}}}',
    f'{{"nonce": "NONCE", {YES.replace("true", "1")}}}',
    f'{{"nonce": "NONCE", {YES.replace("true", "null", 1)}}}',
    f'{{"nonce": "NONCE", {YES}}}' * 2,
    "[" * 9000,
    "",
    NO,
]


@pytest.mark.parametrize("said", FORGED)
def test_what_cannot_be_read_is_no_evidence(folder: Path, said: str) -> None:
    """Anything but the one object that was asked for is a warning that the judge failed."""
    findings, _ = checked(folder, Gardener(judge=lambda *_: said))

    assert {finding.level for finding in findings} == {Level.WARNING}
    assert len(findings) == TEXTS
    assert all(finding.message.startswith("the judge failed") for finding in findings)
    assert states(folder) == {State.DRAFT}
    assert {text.evidence for text in load_corpus(folder).translations.values()} == {None}


@pytest.mark.parametrize(
    "instead",
    [NO, REPLIES["signal-refusal"], REPLIES["max-tokens"], "", f'{{"nonce": "NONCE", {YES}}}', marked("NONCE", "***")],
)
def test_without_a_translation_back_nothing_is_asked(folder: Path, instead: str) -> None:
    """A refusal to translate back is the judge's failure, not the text's."""
    gardener = Gardener(lambda _: instead)
    findings, _ = checked(folder, gardener)

    assert {finding.level for finding in findings} == {Level.WARNING}
    assert (gardener.questions, states(folder)) == ([], {State.DRAFT})


def test_a_dead_judge_finds_nothing(folder: Path) -> None:
    """When every call fails every text has a warning."""

    async def go() -> list[Checked]:
        async with StandIn(Behaviour(unauthorised=True)) as server:
            return await look(server, folder)

    found = asyncio.run(go())

    assert [finding.level for _, findings in found for finding in findings] == [Level.WARNING] * TEXTS
    assert states(folder) == {State.DRAFT}


def test_what_was_stopped_goes_on(folder: Path) -> None:
    """Evidence is written before it is told; a second call asks about the rest, and each text once in all."""

    async def go() -> int:
        async with StandIn(Behaviour(mode="by_script", answer=Gardener().answer)) as server:
            corpus = load_corpus(folder)
            spec = parse_spec(f"openai_compatible:judge@{server.url}/v1")
            async with lines_to([spec], corpus, Means(concurrency=1)) as (line,):
                results = check_meaning(corpus, ["sw"], line, on=ON)
                text, _ = await anext(results)
                await results.aclose()  # type: ignore[attr-defined]
            stored = load_corpus(folder).translations["sw", text.case]
            assert stored.state is State.CHECKED
            rest = await look(server, folder)
            assert text.case not in [each.case for each, _ in rest]
            assert await look(server, folder) == []
            assert max(server.ledger.prompts.values()) <= 2
            return server.ledger.calls

    assert asyncio.run(go()) <= 2 * TEXTS + 2
    assert states(folder) == {State.CHECKED}


def test_only_drafts_of_the_source_as_it_is_are_asked_about(folder: Path) -> None:
    """A stale text is for a translator first, an untranslatable one has nothing to ask about."""
    found = dict(load_corpus(folder).translations)
    stale, untranslatable = ("sw", "garden/tree-1/benign"), ("sw", "garden/tree-2/benign")
    found[stale] = replace(found[stale], source="00000000")
    found[untranslatable] = replace(found[untranslatable], wording=None, untranslatable="The pun is lost.")
    write_translations(folder / "translations" / "sw" / "garden.yaml", found.values())

    assert checked(folder, Gardener())[1] == 2 * (TEXTS - 2)


def test_a_dismissed_finding_says_so(folder: Path) -> None:
    """A person's reason stands beside it."""
    found = dict(load_corpus(folder).translations)
    found = {key: replace(text, dismissed=(("meaning", "The judge is wrong here."),)) for key, text in found.items()}
    write_translations(folder / "translations" / "sw" / "garden.yaml", found.values())
    findings, _ = checked(folder, Gardener(judge=lambda *_: {"same-intent": False}))

    assert {finding.dismissed for finding in findings} == {"The judge is wrong here."}


def test_a_review_of_an_older_text_does_not_come_back(folder: Path) -> None:
    """A text that claims more than its evidence bears is `checked` after the check, whatever it claimed."""
    path = folder / "translations" / "sw" / "garden.yaml"
    old = "evidence: {of: '00000000', by: x, on: 2026-01-01}, reviews: [{state: reviewed, by: A, on: 2026-01-01}]"
    source = load_corpus(folder).translations["sw", "garden/tree-1/benign"].source
    text = f'{{text: "Nitachumaje matunda ya mti namba 1, ambao ni wangu mwenyewe?", source: "{source}", '
    path.write_text(f"garden/tree-1/benign: {text}by: human, state: reviewed, {old}}}\n", "utf-8")
    checked(folder, Gardener())

    assert [each.claimed for each in load_corpus(folder).translations.values()] == [State.CHECKED]


def failing(_: object) -> Reply:
    """Raise what a system without a line raises."""
    raise CallError("the wire is cut", again=True)


@pytest.mark.parametrize(
    ("say", "says"), [(failing, "the wire is cut"), (lambda _: Text(text="Hello."), "no translation back")]
)
def test_any_model_will_do(folder: Path, say: Callable[[object], Reply], says: str) -> None:
    """One without a line before it fails like any other."""

    async def go() -> list[Checked]:
        return [each async for each in check_meaning(load_corpus(folder), [], Answering(say=say), on=ON, by="x")]

    assert all(says in findings[0].message for _, findings in asyncio.run(go()))
