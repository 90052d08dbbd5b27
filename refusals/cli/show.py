"""`refusals show` prints a case in every language."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

    from refusals.cases import Case, Wording
    from refusals.corpus import Corpus
    from refusals.errors import InputError


@click.command("show")
@click.argument("identity", metavar="ID")
@click.option("--corpus", type=click.Path(path_type=Path), metavar="DIR", help="Folder with cases/ and translations/.")
def command(identity: str, corpus: Path | None) -> None:
    """Print the case (or all cases of the family) ID with its label, its reason and its texts."""
    from refusals.clean import clean
    from refusals.corpus import find_corpus, load_corpus

    loaded = load_corpus(find_corpus(corpus, Path.cwd()))
    found = [(f, c) for f in loaded.families for c in f.cases if identity in (f.id, c.id)]
    if not found:
        raise _unknown(identity, loaded)
    for family, case in found:
        click.echo(f"{case.id}  [{family.kind}, {family.axis}, severity {family.severity}, {case.mechanism}]")
        click.echo(f"  why: {clean(case.why)}")
        _print_text(f"source {case.wording.digest}", _lines(case.wording))
        _print_translations(loaded, case)


def _print_translations(loaded: Corpus, case: Case) -> None:
    for tag in loaded.tags:
        text = loaded.translations.get((tag, case.id))
        if text is not None:
            lines = _lines(text.wording) if text.wording else [f"untranslatable: {text.untranslatable}"]
            _print_text(f"{tag} ({text.by}, {text.state}{', stale' if text.stale else ''})", lines)


def _lines(wording: Wording) -> Iterable[str]:
    yield from (f"{turn.role}: {turn.text}" for turn in wording.turns)
    yield from (each for each in (wording.prompt,) if each)
    yield from (f"reply: {each}" for each in (wording.reply,) if each is not None)


def _print_text(head: str, lines: Iterable[str]) -> None:
    from refusals.clean import clean

    click.echo(f"  {head}: " + "\n    ".join(clean(line) for line in lines))


def _unknown(identity: str, loaded: Corpus) -> InputError:
    from refusals.errors import InputError

    close = get_close_matches(identity, [name for f in loaded.families for name in (f.id, *(c.id for c in f.cases))])
    known = f"did you mean {close[0]!r}?" if close else f"a family is called like {loaded.families[0].id!r}"
    return InputError(f"no case or family is called {identity!r}; {known}")
