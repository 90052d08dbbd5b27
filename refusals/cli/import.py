# ruff: noqa: N999 - a command is called as its file
"""`refusals import` takes back what translators and reviewers have done."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from refusals.exchange import Problem, Sheet
    from refusals.translations import Translation


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--by", default="", metavar="NAME", help="Who made the changes; needed as soon as there is one.")
@click.option("--to", "tag", metavar="TAG", help="The language that FILE must be in, or is in where it does not say.")
@click.option("--partly", is_flag=True, help="Take what is good, though there are problems with the rest.")
@click.option("--corpus", type=click.Path(path_type=Path), metavar="DIR", help="Folder with cases/ and translations/.")
def command(file: Path, by: str, tag: str | None, corpus: Path | None, *, partly: bool) -> int:
    """Take the texts and states of FILE (.xliff, .po, .xlsx or .jsonl, from `refusals export`) into the corpus.

    \b
    refusals import sw.xliff --by "Asha Juma"           Asha has translated, or reviewed others' texts
    refusals import sw.xliff --by "Asha Juma" --partly  take what is good, in spite of problems

    What has changed is taken under that name; what has not stays as it is, to the byte.

    \b
    a changed text          is a draft by a human: its writer's own word is no check of it
    checked (translated)    somebody else than the translator has looked at the text
    reviewed (signed-off)   the same, as an entry in `reviews`
    adjudicated (final)     the same, after a review by yet another person
    sent back (needs work)  a draft again

    All problems are listed at once with their places: a source that has changed since the export,
    an unknown or repeated id, an empty text, a review by the translator. With problems nothing is
    written, unless --partly is given, and the exit code is 2.
    """  # noqa: D301 - click reads the escape
    from refusals.corpus import find_corpus, load_corpus
    from refusals.exchange import bring_in, keep, read

    loaded = load_corpus(find_corpus(corpus, Path.cwd()))
    sheet = read(file)
    language = _language(sheet, tag, file, sorted(loaded.languages))
    texts, found = bring_in(loaded, language, sheet.units, by=by, on=f"{datetime.now(UTC):%Y-%m-%d}")
    problems = (*sheet.problems, *found)
    _tell(problems)
    if problems and not partly:
        left = f"; --partly takes what is good, {len(texts)} of the changes" if texts else ""
        click.echo(f"refusals: nothing was written, problems: {len(problems)}{left}", err=True)
        return 2
    paths = keep(loaded, language, texts)
    _sum_up(texts, paths)
    return 2 if problems else 0


def _language(sheet: Sheet, tag: str | None, file: Path, known: list[str]) -> str:
    from refusals.errors import InputError, nearest
    from refusals.languages import SOURCE_LANGUAGE

    if tag and sheet.language and tag != sheet.language:
        raise InputError(f"{file}: is in {sheet.language!r}, not in {tag!r}")
    language = tag or sheet.language
    allowed = [each for each in known if each != SOURCE_LANGUAGE]
    if not language:
        raise InputError(f"{file}: does not say in which language it is; --to TAG does")
    if language not in allowed:
        raise InputError(f"{file}: is in {language!r}, no language to translate into; {nearest(language, allowed)}")
    return language


def _tell(problems: Sequence[Problem]) -> None:
    from refusals.clean import clean

    for problem in problems:
        click.echo(f"refusals: {clean(str(problem))}", err=True)


def _sum_up(texts: Sequence[Translation], paths: Sequence[Path]) -> None:
    states = Counter(str(text.claimed) for text in texts)
    counted = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
    click.echo(f"{len(texts)} taken: {counted}" if texts else "nothing has changed")
    for path in paths:
        click.echo(f"wrote {path}")
