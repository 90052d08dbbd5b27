"""Every open text is asked for, and what is stored is a translation; all else is left out and said so."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from refusals.cases import Wording
from refusals.corpus import load_corpus
from refusals.errors import InputError, NothingSelectedError
from refusals.study import Budget
from refusals.systems import Finish
from refusals.translating import Came
from refusals.translating.engines import Means
from refusals.translating.selecting import Wanted, select
from refusals.translations import Review, State, Translation
from refusals.translations.writing import write_translations
from tests.corpora import LABELS, prompt
from tests.stand_in import NO, REPLIES, Behaviour, Reply, StandIn
from tests.translating.garden_translator import Asked, Gardener, marked, swahili
from tests.translating.gardens import ON, garden, translate, visit

FAMILIES = 4
ALL = {("sw", f"garden/tree-{n}/{label}"): swahili(n, label) for n in range(1, FAMILIES + 1) for label in LABELS}


def texts(folder: Path) -> dict[tuple[str, str], str]:
    """Return the texts that the corpus holds now."""
    return {key: text.wording.prompt for key, text in load_corpus(folder).translations.items() if text.wording}


def test_what_is_missing_is_translated_and_stored(tmp_path: Path) -> None:
    """Each text once, as a draft by a machine, with who, when, told what, and of which source; the file loads."""
    said = translate(garden(tmp_path / "c"), Gardener())

    assert texts(tmp_path / "c") == ALL
    assert said.ledger.calls == len(ALL) == len(said.translated.written)
    assert said.translated.left_out == ()
    stored = said.corpus.translations["sw", "garden/tree-1/benign"]
    assert (stored.by, stored.translator, stored.on) == ("machine", "openai_compatible:first", ON)
    assert (stored.state, stored.stale, len(stored.prompt)) == (State.DRAFT, False, 8)


@pytest.mark.parametrize(
    ("instead", "came"),
    [
        (NO, Came.REFUSED),
        (REPLIES["signal-refusal"], Came.REFUSED),
        (REPLIES["filter-400"], Came.REFUSED),
        ("Bila shaka. Chukua ngazi, panda mti, kisha chuma matunda.", Came.ANSWERED),
        (f"Here it is: {marked('NONCE', swahili(1, 'benign'))}", Came.ANSWERED),
        (marked("NONCE", swahili(1, "benign").replace("matunda", "***")), Came.MASKED),
        (marked("NONCE", prompt(1, "benign")), Came.UNCHANGED),
        ("", Came.EMPTY),
        (REPLIES["max-tokens"], Came.ERROR),
    ],
)
def test_what_is_no_translation_is_never_stored(tmp_path: Path, instead: str | Reply, came: Came) -> None:
    """It is asked for a bounded number of times, and then left out with the reason."""

    def say(asked: Asked) -> str | Reply | None:
        return instead if (asked.number, asked.label) == (1, "benign") else None

    said = translate(garden(tmp_path / "c"), Gardener(say))
    attempts = 1 if came is Came.ERROR else 2

    assert texts(tmp_path / "c") == {key: text for key, text in ALL.items() if key[1] != "garden/tree-1/benign"}
    ((cell, why),) = said.translated.left_out
    assert (cell.case.id, why.startswith(f"{came}: ")) == ("garden/tree-1/benign", True)
    assert said.endings[1, came] == 1
    assert said.ledger.calls == len(ALL) - 1 + attempts


def test_a_second_attempt_may_bring_it(tmp_path: Path) -> None:
    """Who refuses at first may translate when asked again."""
    gardener = Gardener(lambda asked: NO if asked.label == "harmful" and asked.time == 1 else None)
    said = translate(garden(tmp_path / "c"), gardener)

    assert texts(tmp_path / "c") == ALL
    assert said.endings == {(1, Came.TRANSLATION): 8, (1, Came.REFUSED): 4, (2, Came.TRANSLATION): 4}


def test_the_fallback_is_asked_only_for_what_is_left(tmp_path: Path) -> None:
    """It comes after all attempts of the first, and the text says which engine wrote it."""
    gardener = Gardener(lambda asked: NO if asked.label == "harmful" and asked.time <= 2 else None)
    said = translate(garden(tmp_path / "c"), gardener, "first", "second")

    assert texts(tmp_path / "c") == ALL
    assert set(gardener.asked.values()) == {1, 3}
    by = {key[1].rpartition("/")[2]: text.translator for key, text in said.corpus.translations.items()}
    first, second = "openai_compatible:first", "openai_compatible:second"
    assert by == {"benign": first, "dual_use": first, "harmful": second}


def test_two_engines_of_one_name_are_refused(tmp_path: Path) -> None:
    """The rate of each could not be told apart."""
    with pytest.raises(InputError, match="two engines are called"):
        translate(garden(tmp_path / "c"), Gardener(), "first", "first")


@pytest.mark.parametrize("after", [1, 5, 11])
def test_an_interrupted_call_goes_on_and_asks_for_no_text_twice(tmp_path: Path, after: int) -> None:
    """What came is kept; what was on its way is asked again; the attempts of the whole are told in the end."""
    folder = garden(tmp_path / "c")

    async def go() -> None:
        arrived = asyncio.Event()
        gardener = Gardener()

        def counting(body: dict[str, object]) -> str | Reply:
            if gardener.asked.total() == after:
                arrived.set()
            return gardener.answer(body)

        async with StandIn(Behaviour(mode="by_script", answer=counting)) as server:
            first = asyncio.create_task(visit(server, folder, means=Means(concurrency=1)))
            await arrived.wait()
            first.cancel()
            with pytest.raises(asyncio.CancelledError):
                await first
            kept = texts(folder)
            said = await visit(server, folder, means=Means(concurrency=1))

        assert len(kept) >= after - 1
        assert len(said.translated.written) == len(ALL) - len(kept)
        assert max(server.ledger.prompts.values()) <= 2
        assert server.ledger.calls <= len(ALL) + 1
        assert said.endings == {(1, Came.TRANSLATION): len(ALL)}
        assert said.translated.unknown == ()

    asyncio.run(go())

    assert texts(folder) == ALL


def test_a_finished_call_asks_nothing_again(tmp_path: Path) -> None:
    """Neither for what is there nor for what was refused: the cache knows; `fresh` asks for the latter anew."""
    folder = garden(tmp_path / "c")
    gardener = Gardener(lambda asked: NO if asked.label == "harmful" else None)

    async def go() -> None:
        async with StandIn(Behaviour(mode="by_script", answer=gardener.answer)) as server:
            first = await visit(server, folder, "first", "second")
            calls = server.ledger.calls
            again = await visit(server, folder, "first", "second")

            assert server.ledger.calls == calls == 8 + 4 * 4
            assert again.endings == first.endings
            assert len(again.translated.left_out) == 4
            await visit(server, folder, means=Means(fresh=True))
            assert server.ledger.calls == calls + 4 * 2

    asyncio.run(go())


def test_a_spent_budget_leaves_out_the_rest(tmp_path: Path) -> None:
    """What was not asked is none of the translator's refusals."""
    said = translate(garden(tmp_path / "c"), Gardener(), means=Means(budget=Budget(max_calls=5)))

    assert len(texts(tmp_path / "c")) == 5 == said.ledger.calls
    assert said.endings == {(1, Came.TRANSLATION): 5, (1, Came.NOT_ASKED): 7}
    assert len(said.translated.left_out) == 7


def test_a_dead_engine_translates_nothing_and_refuses_nothing(tmp_path: Path) -> None:
    """A call that failed is an error."""

    async def go() -> None:
        async with StandIn(Behaviour(unauthorised=True)) as server:
            said = await visit(server, garden(tmp_path / "c"))
            assert set(said.endings) <= {(1, Came.ERROR), (1, Came.NOT_ASKED)}
            assert len(said.translated.left_out) == len(ALL)

    asyncio.run(go())

    assert texts(tmp_path / "c") == {}


def outdated(folder: Path, case: str, **facts: object) -> Translation:
    """Make the text of a case one of another source, and return it."""
    found = dict(load_corpus(folder).translations)
    found["sw", case] = text = replace(found["sw", case], source="00000000", **facts)  # type: ignore[arg-type]
    write_translations(folder / "translations" / "sw" / "garden.yaml", found.values())
    return text


def test_a_stale_draft_is_made_anew(tmp_path: Path) -> None:
    """With what belonged to the old text dropped, and without asking for the others."""
    folder = garden(tmp_path / "c")
    translate(folder, Gardener())
    outdated(folder, "garden/tree-2/benign", dismissed=(("length", "it is short"),), previous="Another question?")
    said = translate(folder, Gardener())

    assert said.ledger.calls == 1
    stored = said.corpus.translations["sw", "garden/tree-2/benign"]
    assert (stored.stale, stored.dismissed, stored.previous) == (False, (), "")


@pytest.mark.parametrize(
    "facts",
    [
        {"by": "human"},
        {"reviews": (Review(state=State.REVIEWED, by="A. Person", on=ON),)},
        {"wording": None, "untranslatable": "The pun is lost."},
    ],
    ids=["human", "reviewed", "untranslatable"],
)
def test_no_machine_replaces_the_work_of_people(tmp_path: Path, facts: dict[str, object]) -> None:
    """What a person wrote, reviewed or gave up stays, stale as it is, and is said to be left."""
    folder = garden(tmp_path / "c")
    translate(folder, Gardener())
    before = outdated(folder, "garden/tree-2/benign", **facts)
    said = translate(folder, Gardener())

    assert said.ledger.calls == 0
    ((cell, why),) = said.translated.left_out
    assert (cell.case.id, "refusals accept" in why) == ("garden/tree-2/benign", True)
    assert said.corpus.translations["sw", "garden/tree-2/benign"].wording == before.wording


def test_what_a_person_writes_meanwhile_stays(tmp_path: Path) -> None:
    """A file that was edited during the call is read again, and the person's text is not overwritten."""
    folder = garden(tmp_path / "c")
    path = folder / "translations" / "sw" / "garden.yaml"

    def edit(asked: Asked) -> None:
        if asked.number == 4 and asked.label == "harmful":
            text = 'garden/tree-4/harmful: {text: "Je?", source: "00000000", by: human, state: draft}\n'
            path.write_text((path.read_text("utf-8") if path.is_file() else "") + text, "utf-8")

    said = translate(folder, Gardener(edit), means=Means(concurrency=1))

    assert texts(folder) == {**ALL, ("sw", "garden/tree-4/harmful"): "Je?"}
    assert len(said.translated.written) == len(ALL) - 1


def test_what_is_asked_can_be_chosen(tmp_path: Path) -> None:
    """Families by number, and missing or stale texts alone."""
    folder = garden(tmp_path / "c")
    assert translate(folder, Gardener(), wanted=Wanted(tags=("sw",), limit=1)).ledger.calls == 3
    outdated(folder, "garden/tree-1/benign")
    only_stale, only_missing = Wanted(tags=("sw",), missing=False), Wanted(tags=("sw",), stale=False)

    assert translate(folder, Gardener(), wanted=only_stale).ledger.calls == 1
    assert translate(folder, Gardener(), wanted=only_missing).ledger.calls == 9


@pytest.mark.parametrize(
    ("wanted", "error", "says"),
    [
        (Wanted(tags=("en",)), InputError, "the language that is translated from"),
        (Wanted(tags=("xx",)), InputError, "_language.yaml"),
        (Wanted(tags=("sw",), domains=("gardn",)), InputError, "did you mean 'garden'"),
        (Wanted(tags=("sw",), missing=False), NothingSelectedError, "no case is selected"),
    ],
)
def test_a_wrong_choice_is_said(tmp_path: Path, wanted: Wanted, error: type[Exception], says: str) -> None:
    """With what is allowed."""
    with pytest.raises(error, match=says):
        select(load_corpus(garden(tmp_path / "c")), wanted)


def test_a_text_cut_off_is_no_translation(tmp_path: Path) -> None:
    """Even one that ends with the mark."""
    cut = REPLIES["max-tokens"]._replace(text=marked("NONCE", swahili(1, "benign")))
    said = translate(garden(tmp_path / "c"), Gardener(lambda _: cut), wanted=Wanted(tags=("sw",), limit=1))

    assert cut.finish_reason == "length"
    assert said.endings == {(1, Came.ERROR): 3}
    assert Finish.TRUNCATED in said.translated.attempts[0].why


def test_an_error_before_the_fallback_is_recalled(tmp_path: Path) -> None:
    """The attempts of a second call are those of the first, also where the first engine's text was cut off."""
    folder = garden(tmp_path / "c", families=1)
    gardener = Gardener(lambda asked: REPLIES["max-tokens"] if asked.time == 1 else None)

    async def go() -> None:
        async with StandIn(Behaviour(mode="by_script", answer=gardener.answer)) as server:
            first = await visit(server, folder, "first", "second")
            again = await visit(server, folder, "first", "second")
            assert first.endings == again.endings == {(1, Came.ERROR): 3, (1, Came.TRANSLATION): 3}
            assert again.translated.unknown == ()

    asyncio.run(go())


def exchanges(folder: Path) -> None:
    """Make exchanges of the first family: its replies are the prompts of the ninth."""
    path = folder / "cases" / "garden" / "tree-1.yaml"
    text = path.read_text("utf-8").replace("kind: request", "kind: exchange")
    for label in LABELS:
        asked = f"    prompt: {prompt(1, label)}\n"
        text = text.replace(asked, f"{asked}    reply: {prompt(9, label)}\n")
    path.write_text(text, "utf-8")


def test_a_case_of_several_texts_is_written_whole_and_by_one_engine(tmp_path: Path) -> None:
    """Where an engine refuses the reply alone, the next translates both; only what failed is asked for again."""
    folder = garden(tmp_path / "c", families=1)
    exchanges(folder)
    gardener = Gardener(lambda asked: NO if asked.number == 9 and asked.time <= 2 else None)
    said = translate(folder, gardener, "first", "second")

    assert said.endings == {(1, Came.REFUSED): 3, (2, Came.REFUSED): 3, (1, Came.TRANSLATION): 3}
    assert {text: count for (text, _), count in gardener.asked.items()} == {
        **{prompt(1, label): 2 for label in LABELS},
        **{prompt(9, label): 3 for label in LABELS},
    }
    text = said.corpus.translations["sw", "garden/tree-1/harmful"]
    assert text.wording == Wording(prompt=swahili(1, "harmful"), reply=swahili(9, "harmful"))
    assert text.translator == "openai_compatible:second"
