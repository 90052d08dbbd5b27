"""`refusals accept` notes what a person says of a translation."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from refusals.cases import Case
    from refusals.corpus import Corpus
    from refusals.translations import Translation


@click.command("accept")
@click.argument("identity", metavar="ID")
@click.option("--to", required=True, metavar="TAG", help="The language of the translation.")
@click.option("--still-valid", is_flag=True, help="It holds for the source as it is now, though that has changed.")
@click.option("--reviewed", is_flag=True, help="A person has read it beside its source and stands for it.")
@click.option("--by", metavar="NAME", default="", help="Who says so; needed with --reviewed.")
@click.option("--corpus", type=click.Path(path_type=Path), metavar="DIR", help="Folder with cases/ and translations/.")
def command(identity: str, to: str, by: str, corpus: Path | None, *, still_valid: bool, reviewed: bool) -> None:
    """Accept the translation of the case ID: as still valid after a change of its source, or as reviewed.

    With --still-valid the change is shown. A check that the text had passed is renewed in the name of
    --by; without a name the text becomes a draft. Nobody can vouch for what they translated.
    """
    from refusals.corpus import find_corpus, load_corpus
    from refusals.pipeline import only_here
    from refusals.translating.pages import Pages

    by = " ".join(by.split())
    if still_valid == reviewed:
        raise click.UsageError("say either --still-valid or --reviewed", click.get_current_context())
    if reviewed and not by:
        raise click.UsageError("--reviewed needs --by NAME", click.get_current_context())
    folder = find_corpus(corpus, Path.cwd())
    with only_here(folder / "runs"):
        loaded = load_corpus(folder)
        case, text = _found(loaded, identity, to)
        pages = Pages(loaded)
        after = _accepted(loaded, case, text, by, still_valid=still_valid)
        if not pages.put(after, text):
            raise click.ClickException(f"{identity} ({to}): somebody has changed it meanwhile; look at it again")
    click.echo(f"{identity} ({to}): {after.state}, of source {after.source}")


def _accepted(loaded: Corpus, case: Case, text: Translation, by: str, *, still_valid: bool) -> Translation:
    from refusals.translating import accepting

    today = f"{datetime.now(UTC):%Y-%m-%d}"
    if not still_valid:
        return accepting.reviewed(text, by, today)
    after = accepting.still_valid(text, case, by, today)
    click.echo(_change(loaded, case, text))
    return after


def _change(loaded: Corpus, case: Case, text: Translation) -> str:
    from refusals.clean import clean
    from refusals.translating.difference import marked
    from refusals.translating.history import as_text, previous_source

    now, before = as_text(case.wording), previous_source(loaded.folder, text)
    if not before:
        return f"The source that it was made from is unknown. The source now:\n{clean(now, lines=True)}"
    return f"The source has changed:\n{clean(marked(before, now), lines=True)}"


def _found(loaded: Corpus, identity: str, tag: str) -> tuple[Case, Translation]:
    from refusals.errors import InputError, nearest

    cases = {case.id: case for family in loaded.families for case in family.cases}
    if identity not in cases:
        close = [case for case in cases if case.startswith(f"{identity}/")] or list(cases)
        raise InputError(f"no case is called {identity!r}; {nearest(identity, close[:20])}")
    if (tag, identity) not in loaded.translations:
        known = sorted(language for language, case in loaded.translations if case == identity)
        raise InputError(f"{identity} has no translation into {tag!r}; {nearest(tag, known)}")
    return cases[identity], loaded.translations[tag, identity]
