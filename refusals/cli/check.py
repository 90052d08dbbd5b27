"""`refusals check` lints cases and translations."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from refusals.checks import Finding


@click.command("check")
@click.option("--corpus", type=click.Path(path_type=Path), metavar="DIR", help="Folder with cases/ and translations/.")
@click.option("--language", multiple=True, metavar="TAG[,TAG]", help="Only texts in these languages.")
@click.option("--check", "names", multiple=True, metavar="NAME[,NAME]", help="Only these checks.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as one JSON array.")
@click.option("--github", is_flag=True, help="Print them as annotations of a GitHub workflow.")
@click.option("--dismissed", is_flag=True, help="Show dismissed findings too.")
def command(
    corpus: Path | None,
    language: tuple[str, ...],
    names: tuple[str, ...],
    *,
    as_json: bool,
    github: bool,
    dismissed: bool,
) -> int:
    """Look at every text beside its source, and at the corpus as a whole.

    Each finding is a line: place, level, check, language, case, what was found. A finding that does
    not hold is dismissed in the translation's file, with the reason:

    \b
    cyber/port-scanning/benign:
      text: …
      dismissed:
        length: the language has one word for all of it

    Exit code 1 if an error is left, else 0. `refusals plugins` lists the checks.
    """  # noqa: D301 - click reads the escape
    from refusals.checks import Level, check
    from refusals.corpus import find_corpus, load_corpus

    loaded = load_corpus(find_corpus(corpus, Path.cwd()))
    found = check(loaded, _tags(language, loaded.tags), _words(names))
    shown = [finding for finding in found if dismissed or not finding.dismissed]
    if as_json:
        click.echo(json.dumps([_as_json(finding) for finding in shown], ensure_ascii=False, indent=1))
    elif github:
        _annotate(shown)
    else:
        _print(shown, found)
    return 1 if any(finding.level is Level.ERROR and not finding.dismissed for finding in found) else 0


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
