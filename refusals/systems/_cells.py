"""A cell is a case in one of its languages; the few systems that see the corpus know a prompt by its id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from refusals.languages import SOURCE_LANGUAGE
from refusals.prompts import Prompt, render

if TYPE_CHECKING:
    from collections.abc import Iterator

    from refusals.cases import Case, Family
    from refusals.corpus import Corpus


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A case in a language, with the prompt that it makes there. A `stale` one is never asked."""

    family: Family
    case: Case
    language: str
    prompt: Prompt
    stale: bool = False


def cells(corpus: Corpus) -> Iterator[Cell]:
    """Yield every cell that the corpus has a text for, families in their order, the own language first."""
    for family in corpus.families:
        for case in family.cases:
            own = family.language or SOURCE_LANGUAGE
            yield Cell(family=family, case=case, language=own, prompt=render(case.wording, family.kind, own))
            if not family.language:
                yield from _translated(corpus, family, case)


def _translated(corpus: Corpus, family: Family, case: Case) -> Iterator[Cell]:
    for tag in corpus.tags:
        found = corpus.translations.get((tag, case.id))
        if tag != SOURCE_LANGUAGE and found is not None and found.wording is not None:
            prompt = render(found.wording, family.kind, tag)
            yield Cell(family=family, case=case, language=tag, prompt=prompt, stale=found.stale)
