"""`refusals show` prints a case in every language."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

import click


@click.command("show")
@click.argument("identity", metavar="ID")
@click.option("--corpus", type=click.Path(path_type=Path), metavar="DIR", help="Folder with cases/ and translations/.")
def command(identity: str, corpus: Path | None) -> None:
    """Print the case (or all cases of the family) ID with its label, its reason and its texts."""
    from refusals.clean import clean
    from refusals.corpus import find_corpus, load_corpus
    from refusals.errors import InputError

    loaded = load_corpus(find_corpus(corpus, Path.cwd()))
    found = [(f, c) for f in loaded.families for c in f.cases if identity in (f.id, c.id)]
    if not found:
        close = get_close_matches(
            identity, [name for f in loaded.families for name in (f.id, *(c.id for c in f.cases))]
        )
        known = f"did you mean {close[0]!r}?" if close else f"a family is called like {loaded.families[0].id!r}"
        raise InputError(f"no case or family is called {identity!r}; {known}")
    for family, case in found:
        click.echo(f"{case.id}  [{family.kind}, {family.axis}, severity {family.severity}, {case.mechanism}]")
        click.echo(clean(f"  why: {case.why}"))
        click.echo(clean(f"  source {case.wording.digest}: {case.wording.prompt or case.wording.turns[-1].text}"))
        for tag in loaded.tags:
            text = loaded.translations.get((tag, case.id))
            if text is not None:
                said = text.wording.prompt if text.wording else f"untranslatable: {text.untranslatable}"
                stale = ", stale" if text.stale else ""
                click.echo(clean(f"  {tag} ({text.by}, {text.state}{stale}): {said}"))
