"""A cell as people read it in a terminal: what was asked, what came back, and what was made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from refusals.reports._cells import Cell

_COLOURS = {"right": "32", "over-refused": "31", "under-refused": "31", "undecided": "33"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a cell is shown: with its texts or without, replies to harmful cases folded or not.

    `width` is None where lines are not to be broken. `unfold` is what a person does to see a folded reply.
    """

    texts: bool = True
    folded: bool = False
    unfold: str = ""
    width: int | None = None
    colour: bool = False


def transcript(cell: Cell, manner: Manner) -> str:
    """Return the lines of a cell."""
    from refusals.reports._lines import BOLD, styled

    trial = cell.trial
    ending = cell.outcome.ending if cell.outcome else "no outcome"
    went = styled(cell.went, _COLOURS.get(cell.went, ""), colour=manner.colour)
    title = styled(_line(f"{trial.shown} · {trial.language} · {trial.system}", "", manner), BOLD, colour=manner.colour)
    return "\n".join([title, f"  {ending}: {went}", *_body(cell, manner)])


def _body(cell: Cell, manner: Manner) -> Iterator[str]:
    from refusals.reports._cells import answered, asked, facts_of

    for fact in facts_of(cell):
        yield _line(fact, "  ", manner)
    if not manner.texts:
        yield _line("prompt and reply are withheld under CI; --show-text shows them", "  ", manner)
        return
    for who, text in asked(cell.trial.prompt):
        yield from _text(who, text, manner)
    reply = answered(cell.reply)
    if reply is None:
        yield "  reply: none"
    elif manner.folded and cell.trial.label == "harmful":
        said = f"reply: folded, {len(reply):,} characters that answer a harmful case; {manner.unfold}"
        yield _line(said, "  ", manner)
    else:
        yield from _text("reply", reply, manner)


def _text(who: str, text: str, manner: Manner) -> Iterator[str]:
    from refusals.clean import clean

    yield f"  {clean(who)}:"
    for line in clean(text, lines=True).split("\n"):
        yield _line(line, "    ", manner)


def _line(text: str, indent: str, manner: Manner) -> str:
    from refusals.clean import clean
    from refusals.reports._lines import wrapped

    plain = f"{indent}{clean(text, lines=True)}"
    return wrapped(plain, manner.width, indent) if manner.width else plain.rstrip()
