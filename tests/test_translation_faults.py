"""The checks go on finding the faults that the page about them says they find."""

from functools import cache
from pathlib import Path

import pytest

from benchmarks.faults import Sort
from benchmarks.faults.kinds import KINDS
from benchmarks.faults.rooms import AMONG_OTHERS, Room
from refusals.corpus import load_corpus
from refusals.plugins import plugins

ROOT = Path(__file__).parent.parent
LANGUAGE, TEXTS = "es", 24  # a language with homoglyphs, marks and neighbours of its script
ENOUGH = 0.95
EXACT = [name for name, kind in KINDS.items() if kind.sort is Sort.EXACT]
ELSEWHERE = {"wrong form": "zh-Hans"}


@cache
def room(tag: str) -> Room:
    """Return the texts of a language, a few of which get faults."""
    return Room(load_corpus(ROOT), tag, TEXTS)


@pytest.mark.parametrize("name", EXACT)
def test_a_fault_that_a_check_must_find_is_found(name: str) -> None:
    """A check that lets a fault through which it found before lets wrong texts into the suite."""
    tally = room(ELSEWHERE.get(name, LANGUAGE)).tally(name)

    assert tally.injected > 0
    assert tally.found >= ENOUGH * tally.injected


def test_untouched_texts_have_no_errors() -> None:
    """Checks that cry wolf are dismissed unread."""
    assert room(LANGUAGE).alarms().errors == 0


@pytest.mark.parametrize("name", KINDS)
def test_the_page_has_every_kind(name: str) -> None:
    """A kind that is counted but not shown would be a figure nobody can hold against us."""
    page = (ROOT / "docs" / "translation-faults.md").read_text("utf-8")

    assert f"\n| {name} | " in page
    assert f"\n- *{name}*: {KINDS[name].said}\n" in page


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if not kind.given])
def test_a_fault_changes_its_text_and_is_the_same_each_time(name: str) -> None:
    """A fault that is none would be missed rightly; one that changes from run to run gives other figures."""
    injected = room(ELSEWHERE.get(name, LANGUAGE)).inject(name)

    assert injected == room(ELSEWHERE.get(name, LANGUAGE)).inject(name)
    assert [one for one in injected if one.before == one.after] == []


def test_only_the_checks_named_look_at_the_other_texts() -> None:
    """Faults are shown to a check all at once, unless what it says of one depends on the others."""
    faulty = [
        one.after for name in ("masked", "half translated", "preamble") for one in room(LANGUAGE).inject(name)[:4]
    ]
    alone = {name: found.load() for name, found in plugins("checks").items() if name not in AMONG_OTHERS}
    looks = {name: module.look for name, module in alone.items() if hasattr(module, "look")}

    assert {name: list(look(faulty)) for name, look in looks.items()} == {
        name: [found for pair in faulty for found in look([pair])] for name, look in looks.items()
    }
