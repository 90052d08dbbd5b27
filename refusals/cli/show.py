"""`refusals show` prints a case in every language."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("show")
@click.argument("identity", metavar="ID")
@click.option("--corpus", type=click.Path(path_type=Path), metavar="DIR", help="Folder with cases/ and translations/.")
def command(identity: str, corpus: Path | None) -> None:
    """Print the case (or all cases of the family) ID with its label, its reason and its texts."""
    from refusals.clean import clean
    from refusals.corpus import find_corpus, load_corpus
    from refusals.errors import InputError, nearest

    loaded = load_corpus(find_corpus(corpus, Path.cwd()))
    found = [(f, c) for f in loaded.families for c in f.cases if identity in (f.id, c.id)]
    if not found:
        raise InputError(
            f"no case or family is called {identity!r}; {nearest(identity, [f.id for f in loaded.families])}"
        )
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
