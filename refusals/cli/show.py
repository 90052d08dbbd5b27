"""`refusals show` prints a case in every language."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import click

from refusals.languages import SOURCE_LANGUAGE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from refusals.cases import Case, Wording
    from refusals.corpus import Corpus
    from refusals.errors import InputError
    from refusals.plan import Trial


@click.command("show")
@click.argument("identity", metavar="ID")
@click.option("--corpus", type=click.Path(path_type=Path), metavar="DIR", help="Folder with cases/ and translations/.")
@click.option("--run", type=click.Path(path_type=Path), metavar="DIR", help="What this run asked and got instead.")
@click.option("--show-text", is_flag=True, help="With --run: show prompts and replies under CI too.")
def command(identity: str, corpus: Path | None, run: Path | None, *, show_text: bool) -> None:
    """Print the case (or all cases of the family) ID with its label, its reason and its texts.

    \b
    refusals show cyber/port-scanning                       the family in every language
    refusals show cyber/port-scanning/benign --run RUN      what each system made of it

    With --run it prints, for each system and language of the run, what was sent, what came back,
    how that was judged, and why.
    """  # noqa: D301 - click reads the escape
    if run is not None:
        _print_run(identity, run, show_text=show_text)
        return
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


def _print_run(identity: str, run: Path, *, show_text: bool) -> None:
    import sys

    from refusals.cli._terminal import coloured, say, width
    from refusals.cli._texts import in_ci
    from refusals.cli._transcript import Manner, transcript
    from refusals.errors import InputError
    from refusals.pipeline.transcripts import cells_of

    cells = cells_of(run)
    found = [cell for cell in cells if identity in (cell.trial.case, cell.trial.family)]
    if not found:
        cases = sorted({cell.trial.case for cell in cells})
        like = (get_close_matches(identity, cases, n=1, cutoff=0.0) or cases)[0]
        raise InputError(f"the run has no case or family {identity!r}; it has such as {like!r}")
    manner = Manner(texts=show_text or not in_ci(), width=width() if sys.stdout.isatty() else None, colour=coloured())
    for cell in sorted(found, key=lambda cell: _place(cell.trial)):
        say(f"{transcript(cell, manner)}\n\n")


def _place(trial: Trial) -> tuple[str, str, bool, str, int]:
    return trial.case, trial.system, trial.language != SOURCE_LANGUAGE, trial.language, trial.repeat


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
