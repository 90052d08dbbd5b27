"""A check looks at texts beside their sources and says what is wrong, where, and how sure it is.

Each module beside this one is a check; its file name is the name that a finding is dismissed under.
It has

- `LEVEL`, the level of its findings;
- `look(pairs) -> Iterator[(pair, message)]`, which is given all pairs of one language at once, or
  `lint(corpus) -> Iterator[Finding]`, which is given the whole corpus;
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
from refusals.errors import Place
from refusals.languages import Language
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
    case: str
    part: str
    source: str
    text: str
    stale: bool = False
    place: Place | None = None


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
    """A pair for the tests and the manual: `language` is a tag, `wrong` whether the check must find it."""

    language: str
    source: str
    text: str
    wrong: bool
    stale: bool = False


def check(corpus: Corpus, languages: Iterable[str] = (), names: Iterable[str] = ()) -> tuple[Finding, ...]:
    """Return the findings of all checks, or of those named, sorted by place; dismissed ones are marked.

    Raises:
        InputError: if there is no check of a name, or it cannot be loaded.
    """
    chosen = tuple(languages) or tuple(tag for tag in corpus.tags)
    wanted = {name: plugin("checks", name) for name in names} or plugins("checks")
    modules = {name: found.load() for name, found in wanted.items()}
    by_language = {tag: pairs_of(corpus, tag) for tag in chosen}
    findings = [finding for name, module in modules.items() for finding in _look(name, module, corpus, by_language)]
    return tuple(sorted(_dismissed(findings, corpus), key=_order))


def _look(
    name: str, module: ModuleType, corpus: Corpus, by_language: Mapping[str, Sequence[Pair]]
) -> Iterator[Finding]:
    if hasattr(module, "lint"):
        yield from cast("Callable[[Corpus], Iterator[Finding]]", module.lint)(corpus)
        return
    look = cast("Callable[[Sequence[Pair]], Iterator[tuple[Pair, str]]]", module.look)
    for tag, pairs in by_language.items():
        for pair, message in look(pairs):
            yield Finding(
                check=name,
                level=module.LEVEL,
                message=message,
                language=tag,
                case=pair.case,
                part=pair.part,
                place=pair.place,
            )


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
