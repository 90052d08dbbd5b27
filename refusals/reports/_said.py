"""What was said in a run's cells, each text once: packed for the page as far as there is room."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from refusals.clean import storable
from refusals.reports._cells import RIGHT, asked
from refusals.reports._packs import packed_within
from refusals.systems import Text, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from refusals.plan import Trial
    from refusals.reports import Results
    from refusals.systems import Reply

LONGEST = 4000  # characters of a prompt or reply

Lines = list[tuple[str, str]]


@dataclass(slots=True)
class Said:
    """Prompts by row of the table of prompts, replies by `of_cells` (-1 is none); those of right cells are apart."""

    prompts: list[Lines] = field(default_factory=list)
    replies: list[Lines] = field(default_factory=list)
    replies_when_right: list[Lines] = field(default_factory=list)
    of_cells: list[int] = field(default_factory=list)

    def packed(self, room: int) -> tuple[dict[str, str], tuple[str, ...]]:
        """Return the packs that fit into so many characters, and what is left out in words.

        Prompts come first, then the replies of cells that were not right, then the others.
        """
        packs, left_out = {}, []
        for name, texts, what in (
            ("prompts", self.prompts, "prompts"),
            ("replies", self.replies, "replies of cells that were not right"),
            ("replies_when_right", self.replies_when_right, "replies of cells that were right"),
        ):
            content = packed_within(texts, max(room, 0)) if texts else ""
            if content is None:
                left_out.append(f"{len(texts):,} {what}")
            elif content:
                packs[name] = content
                room -= len(content)
        return packs, tuple(left_out)


def said_in(results: Results, trials: Sequence[Trial], prompts: Sequence[int], how: Mapping[str, str]) -> Said:
    """Return the texts of trials that stand in the order of rows; `prompts` has each one's row of that table."""
    rows: dict[int, Lines] = {}
    seen: dict[tuple[tuple[str, str], ...], int] = {}
    of_cells = []
    first_right = None
    for trial, row in zip(trials, prompts, strict=True):
        if row not in rows:
            rows[row] = (
                [] if trial.state == "missing" else [(storable(who), _cut(text)) for who, text in asked(trial.prompt)]
            )  # else it has the source's words
        if how[trial.id] == RIGHT and first_right is None:
            first_right = len(seen)
        answer = tuple(_answered(results.replies.get(trial.id)))
        of_cells.append(seen.setdefault(answer, len(seen)) if answer else -1)
    replies = [list(lines) for lines in seen]
    apart = len(replies) if first_right is None else first_right
    return Said(
        prompts=[rows[row] for row in range(len(rows))],
        replies=replies[:apart],
        replies_when_right=replies[apart:],
        of_cells=of_cells,
    )


def _answered(reply: Reply | None) -> Iterator[tuple[str, str]]:
    if isinstance(reply, Text):
        yield "answer", _cut(reply.text)
    elif isinstance(reply, Verdict):
        yield "answer", _cut(reply.raw or reply.decision or "a score, which stands among the signals")
    elif reply is not None:
        yield "no answer", _cut(reply.message)


def _cut(text: str) -> str:
    plain = storable(text)
    return plain if len(plain) <= LONGEST else f"{plain[:LONGEST]} … (cut)"
