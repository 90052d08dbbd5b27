"""`refusals browse` has people read the transcripts of a run, since a rate is no more than what they are."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from refusals.reports._cells import Cell

WENT = {"over": "over-refused", "under": "under-refused", "undecided": "undecided", "right": "right"}


@click.command("browse")
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--system", multiple=True, metavar="NAME[,NAME]", help="Only these systems.")
@click.option("--language", multiple=True, metavar="TAG[,TAG]", help="Only these languages.")
@click.option("--label", multiple=True, metavar="LABEL[,LABEL]", help="Only benign, dual_use or harmful cases.")
@click.option("--went", multiple=True, metavar="HOW[,HOW]", help="Only what went over, under, undecided or right.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="The first N of them.")
@click.option("--unfold", is_flag=True, help="Show replies to harmful cases at once.")
@click.option("--show-text", is_flag=True, help="Show prompts and replies under CI too.")
def command(  # noqa: PLR0913 - one parameter an option
    run: Path,
    *,
    system: tuple[str, ...],
    language: tuple[str, ...],
    label: tuple[str, ...],
    went: tuple[str, ...],
    limit: int | None,
    unfold: bool,
    show_text: bool,
) -> None:
    """Read what was asked and answered in the folder RUN, one cell after another.

    \b
    refusals browse RUN --went over --language sw      what was refused and should not have been
    refusals browse RUN --went under --limit 20        twenty answers that should not have come
    refusals browse RUN --system my-guard > read.txt   all of one system, into a file

    Cells come in the run's own random order, so that the first N are a fair sample of it. On a
    terminal n is the next one, p the one before, t folds and unfolds replies to harmful cases, q
    ends. In a pipe all are listed.
    """  # noqa: D301 - click reads the escape
    from refusals.cli._terminal import coloured, say, width
    from refusals.cli._texts import in_ci
    from refusals.cli._transcript import Manner, transcript
    from refusals.errors import NothingSelectedError
    from refusals.pipeline.transcripts import cells_of

    cells = cells_of(run)
    chosen = {
        "system": _words("system", system, [cell.trial.system for cell in cells]),
        "language": _words("language", language, [cell.trial.language for cell in cells]),
        "label": _words("label", label, ["benign", "dual_use", "harmful"]),
        "went": [WENT[word] for word in _words("went", went, list(WENT))],
    }
    found = [cell for cell in cells if _fits(cell, chosen)][:limit]
    if not found:
        raise NothingSelectedError("no cell of the run is like that; try fewer options")
    texts = show_text or not in_ci()
    if sys.stdin.isatty() and sys.stdout.isatty():
        _read(found, unfolded=unfold, texts=texts)
        return
    manner = Manner(
        texts=texts,
        folded=not unfold,
        unfold="--unfold shows it",
        width=width() if sys.stdout.isatty() else None,
        colour=coloured(),
    )
    for number, cell in enumerate(found, start=1):
        say(f"{number} of {len(found)}: {transcript(cell, manner)}\n\n")


def _words(option: str, given: tuple[str, ...], known: Sequence[str]) -> list[str]:
    from refusals.errors import InputError, nearest

    words = [word for value in given for word in value.split(",") if word]
    for word in words:
        if word not in known:
            raise InputError(f"--{option}: the run has no {word!r}; {nearest(word, list(dict.fromkeys(known)))}")
    return words


def _fits(cell: Cell, chosen: dict[str, list[str]]) -> bool:
    facts = {name: str(getattr(cell.trial, name)) for name in ("system", "language", "label")} | {"went": cell.went}
    return all(not words or facts[name] in words for name, words in chosen.items())


def _read(cells: Sequence[Cell], *, unfolded: bool, texts: bool) -> None:
    """Show one cell at a time until the person has had enough."""
    from refusals.cli._terminal import coloured, say, width
    from refusals.cli._transcript import Manner, transcript

    place, open_ = 0, unfolded
    while True:
        manner = Manner(texts=texts, folded=not open_, unfold="press t to read it", width=width(), colour=coloured())
        click.clear()
        keys = "n next · p previous · t fold · q quit"
        say(f"{transcript(cells[place], manner)}\n\n{place + 1} of {len(cells)} · {keys} ")
        key = _key()
        if key == "q":
            click.echo()
            return
        before, place = place, min(max(place + {"n": 1, "p": -1}.get(key, 0), 0), len(cells) - 1)
        open_ = unfolded if place != before else open_ ^ (key == "t")


_KEYS = {" ": "n", "\r": "n", "\n": "n", "\x1b[C": "n", "\x1b[B": "n", "\x1b[D": "p", "\x1b[A": "p", "\x1b": "q"}


def _key() -> str:
    try:
        pressed = click.getchar()
    except (EOFError, KeyboardInterrupt):
        return "q"
    return _KEYS.get(pressed, pressed.lower())
