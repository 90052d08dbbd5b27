"""What came back is held against the corpus: all that is wrong is told, all that has changed is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from refusals.cases import Turn, Wording
from refusals.checks import parts_of
from refusals.errors import InputError, nearest
from refusals.exchange._hand import Hand, changed, confirmed, plain
from refusals.exchange._units import Problem, Standing, standing_of
from refusals.yamlfile import unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from refusals.cases import Case
    from refusals.corpus import Corpus
    from refusals.exchange._units import Unit
    from refusals.translations import Translation


def bring_in(
    corpus: Corpus, tag: str, units: Iterable[Unit], *, by: str, on: str
) -> tuple[tuple[Translation, ...], tuple[Problem, ...]]:
    """Return the translations that differ from the corpus, and why others are not taken.

    A case is taken whole or not at all. Texts that are unchanged, in a state that is unchanged, are
    in neither.

    Args:
        corpus: what the file was made of.
        tag: the language of the texts.
        units: what the file holds.
        by: the name of the person who made the changes; without one no change is taken.
        on: the day, YYYY-MM-DD.
    """
    hand = Hand(by=_name(by), language=tag, on=on)
    cases = {case.id: case for family in corpus.families if not family.language for case in family.cases}
    problems: list[Problem] = []
    taken: list[Translation] = []
    for identity, found in _by_case(units).items():
        wrong = list(_wrong_units(found, cases))
        try:
            text = None if wrong else _taken(cases[identity], corpus.translations.get((tag, identity)), found, hand)
        except InputError as error:
            wrong, text = [Problem(message=error.message, unit=found[0].id, place=found[0].place)], None
        problems += wrong
        taken += [text] if text is not None else []
    if taken and not hand.by:
        problems.append(Problem(message=f"{len(taken)} texts or states are changed; --by NAME says by whom"))
        taken = []
    return tuple(taken), tuple(problems)


def _name(by: str) -> str:
    name = " ".join(by.split())
    wrong = unreadable(name)
    if wrong:
        raise InputError(f"--by: {wrong}")
    return name


def _by_case(units: Iterable[Unit]) -> dict[str, list[Unit]]:
    found: dict[str, list[Unit]] = {}
    for unit in units:
        found.setdefault(unit.case, []).append(unit)
    return found


def _wrong_units(units: Sequence[Unit], cases: Mapping[str, Case]) -> Iterator[Problem]:
    """Yield what is wrong with each unit of a case alone."""
    seen: dict[str, Unit] = {}
    for unit in units:
        for message in _wrong(unit, cases, seen.get(unit.id)):
            yield Problem(message=message, unit=unit.id, place=unit.place)
        seen.setdefault(unit.id, unit)


def _wrong(unit: Unit, cases: Mapping[str, Case], first: Unit | None) -> Iterator[str]:
    case = cases.get(unit.case)
    if case is None:
        yield f"no case to translate has the id {unit.case!r}; {_near(unit.case, cases)}"
        return
    sources = dict(parts_of(case.wording))
    if unit.part not in sources:
        yield f"the case has no part {unit.part!r}; {nearest(unit.part, list(sources))}"
        return
    if first is not None:
        yield f"the id stands here a second time (first at {first.place or 'an earlier place'}); keep one of them"
    if unit.digest and unit.digest != case.wording.digest:
        yield f"the source has changed since the export ({unit.digest} is now {case.wording.digest}); export again"
    elif plain(unit.source) != plain(sources[unit.part]):
        yield "the source text is not the one of the case, so the translator saw other words; export again"
    if unit.state not in set(Standing):
        yield f"the state is {unit.state!r}; {nearest(unit.state, [str(each) for each in Standing])}"
    wrong = unreadable(_lines(unit.text))
    if wrong:
        yield wrong


def _near(identity: str, cases: Mapping[str, Case]) -> str:
    return nearest(identity, sorted(cases)).partition("; allowed")[0] if cases else ""


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _taken(case: Case, old: Translation | None, units: Sequence[Unit], hand: Hand) -> Translation | None:
    asked = min((Standing(unit.state) for unit in units), key=lambda state: state.rank)
    wording = _wording(case, old, units, asked)
    if wording is None:
        return None
    if old is None or old.wording != wording:
        return changed(case, old, wording, asked, hand)
    return confirmed(case, old, asked, hand)


def _wording(case: Case, old: Translation | None, units: Sequence[Unit], asked: Standing) -> Wording | None:
    """Return the words of a case, or None where nobody has written any."""
    words = {unit.part: _lines(unit.text) for unit in units}
    empty = [part for part, text in words.items() if not text.strip()]
    nothing_there = old is None or old.wording is None
    if len(empty) == len(words) and nothing_there and asked.rank < Standing.DRAFT.rank:
        return None
    if empty:
        raise InputError(f"the {empty[0]} is empty; an import takes no text away and no part of a text")
    if old is not None and old.wording is None:
        raise InputError("the case is marked as untranslatable; take that out of its file first")
    kept = dict(parts_of(old.wording)) if old is not None and old.wording is not None and not old.stale else {}
    parts = [part for part, _ in parts_of(case.wording)]
    lacking = [part for part in parts if part not in words and part not in kept]
    if lacking:
        raise InputError(f"the {lacking[0]} of the case is not in the file; a case is translated whole")
    if len(words) < len(parts) and asked.rank > standing_of(old).rank:
        raise InputError(f"only {len(words)} of {len(parts)} texts of the case are in the file; it is looked at whole")
    words = {part: words.get(part, kept.get(part, "")) for part in parts}
    turns = (Turn(role=turn.role, text=words[f"turns[{at}]"]) for at, turn in enumerate(case.wording.turns))
    return Wording(prompt=words.get("text", ""), reply=words.get("reply"), turns=tuple(turns))
