"""`refusals check` lints cases and translations."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from refusals.cli._interrupts import run_until_interrupted

if TYPE_CHECKING:
    from refusals.checks import Finding
    from refusals.corpus import Corpus


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    corpus: Path | None
    language: tuple[str, ...]
    names: tuple[str, ...]
    meaning: bool
    with_: str | None
    as_json: bool
    github: bool
    dismissed: bool


@click.command("check")
@click.option("--corpus", type=click.Path(path_type=Path), metavar="DIR", help="Folder with cases/ and translations/.")
@click.option("--language", multiple=True, metavar="TAG[,TAG]", help="Only texts in these languages.")
@click.option("--check", "names", multiple=True, metavar="NAME[,NAME]", help="Only these checks.")
@click.option("--meaning", is_flag=True, help="Have a model translate drafts back, blind, and compare the meaning.")
@click.option("--with", "with_", metavar="SPEC", help="The model for --meaning, such as anthropic:MODEL.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as one JSON array.")
@click.option("--github", is_flag=True, help="Print them as annotations of a GitHub workflow.")
@click.option("--dismissed", is_flag=True, help="Show dismissed findings too.")
def command(**given: Any) -> int:
    """Look at every text beside its source, and at the corpus as a whole.

    Each finding is a line: place, level, check, language, case, what was found. A finding that does
    not hold is dismissed in the translation's file, with the reason:

    \b
    cyber/port-scanning/benign:
      text: …
      dismissed:
        length: the language has one word for all of it

    With --meaning a draft whose meaning held becomes `checked`, with the evidence beside it; what
    was answered is kept, so that the same command goes on where it was interrupted.

    Exit code 1 if an error is left, else 0. `refusals plugins` lists the checks.
    """  # noqa: D301 - click reads the escape
    from refusals.checks import Level, check
    from refusals.corpus import find_corpus, load_corpus

    asked = _Asked(**given)
    if asked.meaning != bool(asked.with_):
        raise click.UsageError("--meaning and --with SPEC belong together: the first says what, the second who")
    loaded = load_corpus(find_corpus(asked.corpus, Path.cwd()))
    tags = _tags(asked.language, loaded.tags)
    if asked.with_ is None:
        found = check(loaded, tags, _words(asked.names))
    else:
        found = run_until_interrupted(_meaning(loaded, tags, asked.with_))
    shown = [finding for finding in found if asked.dismissed or not finding.dismissed]
    if asked.as_json:
        click.echo(json.dumps([_as_json(finding) for finding in shown], ensure_ascii=False, indent=1))
    elif asked.github:
        _annotate(shown)
    else:
        _print(shown, found)
    return 1 if any(finding.level is Level.ERROR and not finding.dismissed for finding in found) else 0


async def _meaning(corpus: Corpus, tags: Sequence[str], written: str) -> tuple[Finding, ...]:
    """Return what blind back-translation found; evidence of what held is stored on the way."""
    from refusals.pipeline import only_here
    from refusals.study import parse_spec
    from refusals.translating.engines import Means, lines_to
    from refusals.translating.meaning import check_meaning

    today = f"{datetime.now(UTC):%Y-%m-%d}"
    found: list[Finding] = []
    checked = 0
    with only_here(corpus.folder / "runs"):
        async with lines_to([parse_spec(written)], corpus, Means()) as (line,):
            async for text, findings in check_meaning(corpus, tags, line, on=today):
                checked += text.state != "draft"
                found += findings
    click.echo(f"{checked} texts checked", err=True)
    return tuple(found)


def _words(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for value in values for word in value.split(",") if word)


def _tags(values: tuple[str, ...], known: Sequence[str]) -> tuple[str, ...]:
    from refusals.errors import InputError, nearest

    for tag in _words(values):
        if tag not in known:
            raise InputError(f"the corpus has no language {tag!r}; {nearest(tag, list(known))}")
    return _words(values)


def _print(shown: Sequence[Finding], found: Sequence[Finding]) -> None:
    from refusals.clean import clean

    for finding in shown:
        place = finding.place or "corpus"
        about = " ".join(part for part in (finding.language, finding.case) if part)
        reason = f" (dismissed: {finding.dismissed})" if finding.dismissed else ""
        click.echo(clean(f"{place}: {finding.level} {finding.check} {about}: {finding.message}{reason}"))
    counts = Counter(str(finding.level) for finding in found if not finding.dismissed)
    counts["dismissed"] = sum(bool(finding.dismissed) for finding in found)
    said = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()) if count)
    click.echo(said or "nothing found", err=True)


def _annotate(shown: Sequence[Finding]) -> None:
    from refusals.clean import clean

    for finding in shown:
        level = {"error": "error", "warning": "warning"}.get(str(finding.level), "notice")
        place = finding.place
        where = f"file={place.path},line={place.line},col={place.column}," if place else ""
        message = _escaped(clean(f"{finding.language} {finding.case}: {finding.message}"))
        click.echo(f"::{level} {where}title={finding.check}::{message}")


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _as_json(finding: Finding) -> dict[str, object]:
    place = finding.place
    return {
        "check": finding.check,
        "level": str(finding.level),
        "language": finding.language,
        "case": finding.case,
        "part": finding.part,
        "path": place.path if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "message": finding.message,
        "dismissed": finding.dismissed or None,
    }
