"""A check looks at texts beside their sources and says what is wrong, where, and how sure it is.

Each module beside this one is a check; its file name is the name that a finding is dismissed under.
It has

- `LEVEL`, the level of its findings;
- one of `look(pairs) -> Iterator[Found]`, which is given all pairs of one language at once,
  `lint(corpus) -> Iterator[Finding]`, which is given the whole corpus (whose `tags` are the languages asked for), and
  `sum_up(findings, corpus) -> Iterator[Finding]`, which is given what all others have found;
- `EXAMPLES`, good and bad pairs in several languages (for `look`): `look` must find the bad ones
  among them, and no other.

A finding says what was found and what to do; it never quotes a harmful text in full.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, cast

from refusals.cases import Case, Wording
from refusals.corpus import Corpus
from refusals.errors import InputError, Place, nearest
from refusals.languages import SOURCE_LANGUAGE, Language, Term
from refusals.plugins import plugin, plugins
from refusals.translations import Translation

if TYPE_CHECKING:
    from types import ModuleType


class Level(StrEnum):
    """How sure a check is that something is wrong. Errors make `refusals check` exit with 1."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One text of a case beside its source. `part` says which: `text`, `reply`, `turns[0]` and so on."""

    language: Language
    source_language: Language
    case: str
    part: str
    source: str
    text: str
    stale: bool = False
    place: Place | None = None


# A pair, what is wrong with it, and the level where it is not the check's own.
Found = tuple[Pair, str] | tuple[Pair, str, Level]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a check has found. `dismissed` is the reason why it does not hold, empty where it does."""

    check: str
    level: Level
    message: str
    language: str = ""
    case: str = ""
    part: str = ""
    place: Place | None = None
    dismissed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A pair for the tests and the manual: `language` is a tag, `wrong` whether the check must find it.

    `glossary` stands in for that of the language.
    """

    language: str
    source: str
    text: str
    wrong: bool
    stale: bool = False
    glossary: tuple[Term, ...] = ()


def check(corpus: Corpus, languages: Iterable[str] = (), names: Iterable[str] = ()) -> tuple[Finding, ...]:
    """Return the findings of all checks, or of those named, sorted by place; dismissed ones are marked.

    Raises:
        InputError: if a check cannot be loaded, or there is no such check or language.
    """
    chosen, wanted = tuple(languages) or corpus.tags, set(names)
    for tag in chosen:
        if tag not in corpus.tags:
            raise InputError(f"the corpus has no language {tag!r}; {nearest(tag, list(corpus.tags))}")
    for name in wanted:
        plugin("checks", name)
    modules = {name: found.load() for name, found in plugins("checks").items()}
    asked = {name: module for name, module in modules.items() if not wanted or name in wanted}
    last = {name: module for name, module in asked.items() if hasattr(module, "sum_up")}
    by_language = {tag: pairs_of(corpus, tag) for tag in chosen}
    findings = [
        finding
        for name, module in (modules if last else asked).items()
        for finding in _dismissed(_found(name, module, corpus, by_language), corpus)
    ]
    sums = [finding for module in last.values() for finding in _sum_up(module, findings, corpus)]
    return tuple(sorted([finding for finding in findings if finding.check in asked] + sums, key=_order))


def _found(
    name: str, module: ModuleType, corpus: Corpus, by_language: Mapping[str, Sequence[Pair]]
) -> Iterator[Finding]:
    if hasattr(module, "lint"):
        lint = cast("Callable[[Corpus], Iterator[Finding]]", module.lint)
        yield from lint(replace(corpus, tags=tuple(tag for tag in corpus.tags if tag in by_language)))
    if not hasattr(module, "look"):
        return
    look = cast("Callable[[Sequence[Pair]], Iterator[Found]]", module.look)
    for tag, pairs in by_language.items():
        for pair, message, *level in look(pairs) if pairs else ():
            yield Finding(
                check=name,
                level=level[0] if level else module.LEVEL,
                message=message,
                language=tag,
                case=pair.case,
                part=pair.part,
                place=pair.place,
            )


def _sum_up(module: ModuleType, findings: Sequence[Finding], corpus: Corpus) -> Iterator[Finding]:
    return cast("Callable[[Sequence[Finding], Corpus], Iterator[Finding]]", module.sum_up)(findings, corpus)


def pairs_of(corpus: Corpus, tag: str) -> tuple[Pair, ...]:
    """Return every text of a language beside its source, in the order of families; none for the source language."""
    return tuple(
        pair
        for family in corpus.families
        for case in family.cases
        if (text := corpus.translations.get((tag, case.id))) is not None
        for pair in _pairs(corpus, case, text)
    )


def _pairs(corpus: Corpus, case: Case, text: Translation) -> Iterator[Pair]:
    if text.wording is None:
        return
    for (part, source), (_, words) in zip(parts_of(case.wording), parts_of(text.wording), strict=False):
        yield Pair(
            language=corpus.languages[text.language],
            source_language=corpus.languages[SOURCE_LANGUAGE],
            case=case.id,
            part=part,
            source=source,
            text=words,
            stale=text.stale,
            place=text.place,
        )


def parts_of(wording: Wording) -> Iterator[tuple[str, str]]:
    """Yield the texts of a wording with their names."""
    if not wording.turns:
        yield "text", wording.prompt
    if wording.reply is not None:
        yield "reply", wording.reply
    for number, turn in enumerate(wording.turns):
        yield f"turns[{number}]", turn.text


def _dismissed(findings: Iterable[Finding], corpus: Corpus) -> Iterator[Finding]:
    for finding in findings:
        text = corpus.translations.get((finding.language, finding.case))
        reason = dict(text.dismissed).get(finding.check, "") if text else ""
        yield replace(finding, dismissed=reason)


def _order(finding: Finding) -> tuple[str, str, int, str]:
    place = finding.place
    return finding.language, place.path if place else "", place.line if place else 0, finding.check
