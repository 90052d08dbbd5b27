"""What there is to translate: what is missing in a language, and what a machine made of a source that has changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from refusals.cases import Case, Family, Turn, Wording
from refusals.checks import parts_of
from refusals.errors import InputError, NothingSelectedError, nearest
from refusals.languages import SOURCE_LANGUAGE
from refusals.translating import Piece

if TYPE_CHECKING:
    from refusals.corpus import Corpus
    from refusals.translations import Translation


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the user wants translated; an empty tuple means all. `limit` counts families, in the order of their ids."""

    tags: tuple[str, ...]
    domains: tuple[str, ...] = ()
    limit: int | None = None
    missing: bool = True
    stale: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One case in one language, and the text that it has so far. `kept` says why a machine leaves that alone."""

    family: Family
    case: Case
    language: str
    text: Translation | None
    kept: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it lacks a text of its source as it is now."""
        return self.text is None or self.text.stale

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The texts of the case, each on its own."""
        return tuple(
            Piece(case=self.case.id, part=part, text=text, of=SOURCE_LANGUAGE, into=self.language)
            for part, text in parts_of(self.case.wording)
        )


def select(corpus: Corpus, wanted: Wanted) -> tuple[Cell, ...]:
    """Return every selected case in every wanted language, done and open ones.

    Raises:
        InputError: if a language has no facts, or a domain does not exist.
        NothingSelectedError: if nothing is selected.
    """
    for tag in wanted.tags:
        if tag == SOURCE_LANGUAGE:
            raise InputError(f"{tag} is the language that is translated from; give another with --to TAG")
        if tag not in corpus.languages:
            path = corpus.folder / "translations" / tag / "_language.yaml"
            raise InputError(f"nothing is known of {tag!r}: write {path}, or {nearest(tag, sorted(corpus.languages))}")
    for domain in wanted.domains:
        known = [each.id for each in corpus.domains]
        if domain not in known:
            raise InputError(f"no domain is called {domain!r}; {nearest(domain, known)}")
    families = [f for f in corpus.families if not f.language and (not wanted.domains or f.domain in wanted.domains)]
    cells = tuple(_cells(corpus, families[: wanted.limit], wanted))
    if not cells:
        raise NothingSelectedError("no case is selected; take fewer options")
    return cells


def _cells(corpus: Corpus, families: Sequence[Family], wanted: Wanted) -> Iterator[Cell]:
    for tag in wanted.tags:
        for family in families:
            for case in family.cases:
                text = corpus.translations.get((tag, case.id))
                if text is None and family.kind not in corpus.languages[tag].kinds:
                    continue
                if (text is None and not wanted.missing) or (text is not None and text.stale and not wanted.stale):
                    continue
                yield Cell(family=family, case=case, language=tag, text=text, kept=_kept(text))


def _kept(text: Translation | None) -> str:
    """Return why a machine does not replace a stale text; empty where it does."""
    if text is None or not text.stale:
        return ""
    if text.wording is None:
        return "stale, and a person has called it untranslatable; `refusals accept` or a person decides"
    if text.by != "machine" or text.reviews:
        return "stale, and a person wrote or reviewed it; `refusals accept` or a person decides"
    return ""


def wording_of(case: Case, parts: dict[str, str]) -> Wording:
    """Return the words of a case with each of its texts replaced, by the names that `parts_of` gives them."""
    turns = tuple(Turn(role=turn.role, text=parts[f"turns[{n}]"]) for n, turn in enumerate(case.wording.turns))
    return Wording(prompt=parts.get("text", ""), reply=parts.get("reply"), turns=turns)
