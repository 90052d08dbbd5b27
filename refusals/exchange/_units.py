"""What a file for translators holds: units, each one text to translate beside all that is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from refusals.checks import parts_of
from refusals.errors import InputError, Place, nearest
from refusals.languages import SOURCE_LANGUAGE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from refusals.cases import Case, Label
    from refusals.corpus import Corpus
    from refusals.translations import Translation

_TELLS = {"text": "Translate the request. Do not answer it.", "reply": "Translate the reply. Do not improve it."}
_TELLS_TURN = "Translate what is said. Do not answer it."


class Standing(StrEnum):
    """How far a text is, from least to most: none, made of another source, or in the state of a translation."""

    MISSING = "missing"
    STALE = "stale"
    DRAFT = "draft"
    CHECKED = "checked"
    REVIEWED = "reviewed"
    ADJUDICATED = "adjudicated"

    @property
    def rank(self) -> int:
        """Its place in the order."""
        return list(Standing).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One text to translate. `id` is `<case>#<part>`, where a part is `text`, `reply`, `turns[0]` and so on.

    `digest` is that of the whole source of the case. `state` is a `Standing`, or the word that a
    file had in its place. What follows after it is told to a translator, and not read back.
    """

    id: str
    source: str
    digest: str
    text: str
    state: str
    label: str = ""
    why: str = ""
    previous: str = ""
    translator: str = ""
    machine: bool = False
    notes: tuple[str, ...] = ()
    place: Place | None = None

    @property
    def case(self) -> str:
        """The id of the case."""
        return self.id.partition("#")[0]

    @property
    def part(self) -> str:
        """Which of the texts of the case it is."""
        return self.id.partition("#")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """All units of a file. `language` is empty where a tool has dropped it; `notes` are for the whole of it."""

    language: str
    units: tuple[Unit, ...]
    direction: str = "ltr"
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why a text of a file is not taken, with its place and a way out."""

    message: str
    unit: str = ""
    place: Place | None = None

    def __str__(self) -> str:
        return " ".join(part for part in (str(self.place or ""), self.unit and f"{self.unit}:", self.message) if part)


def sheet_of(corpus: Corpus, tag: str, labels: Collection[Label], standings: Collection[Standing]) -> Sheet:
    """Return the texts of a language that have one of the labels and stand so.

    Families that are native to a language have nothing to translate; a case that is marked
    untranslatable is left out.

    Raises:
        InputError: if the corpus has no such language to translate into.
    """
    allowed = sorted(set(corpus.languages) - {SOURCE_LANGUAGE})
    if tag not in allowed:
        raise InputError(f"{tag!r} is no language to translate into; {nearest(tag, allowed)}")
    language = corpus.languages[tag]
    return Sheet(
        language=tag,
        direction=language.direction,
        notes=(f"{language.name} ({tag}): {language.register}",),
        units=tuple(
            unit
            for family in corpus.families
            if not family.language
            for case in family.cases
            if case.label in labels
            for unit in _units(case, corpus.translations.get((tag, case.id)))
            if unit.state in standings
        ),
    )


def standing_of(text: Translation | None) -> Standing:
    """Return how far a translation is."""
    if text is None:
        return Standing.MISSING
    return Standing.STALE if text.stale else Standing(text.state)


def _units(case: Case, text: Translation | None) -> Iterator[Unit]:
    if text is not None and text.wording is None:
        return
    words = dict(parts_of(text.wording)) if text is not None and text.wording is not None else {}
    for part, source in parts_of(case.wording):
        yield Unit(
            id=f"{case.id}#{part}",
            source=source,
            digest=case.wording.digest,
            text=words.get(part, ""),
            state=standing_of(text),
            label=case.label,
            why=case.why,
            previous=text.previous if text is not None and text.stale else "",
            translator=text.translator or text.by if text is not None else "",
            machine=text is not None and text.by == "machine",
            notes=(_TELLS.get(part, _TELLS_TURN),),
        )
