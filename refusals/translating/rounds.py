"""Texts are asked for in rounds: every open text once, then those that failed again, then the fallback.

A text is written when the last of its pieces is there, all by one engine; what no engine translated
is left out. Attempts at texts that are done already are read from the cache, never asked, so that
the refusal rate after an interruption is that of the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from refusals.translating import Attempt, Came, Reading, name_of
from refusals.translating.asking import ask_all
from refusals.translating.desk import ATTEMPTS, IN_VAIN, Desk, attempt_at, worst
from refusals.translating.pages import Pages
from refusals.translating.selecting import Cell, wording_of
from refusals.translations import State, Translation

if TYPE_CHECKING:
    from refusals.corpus import Corpus
    from refusals.runner.line import Answer, Line
    from refusals.translating import Piece


@dataclass(frozen=True, slots=True, kw_only=True)
class Translated:
    """What came of it all. `written` are cells that have a text now, `left_out` those without, each with the reason.

    `unknown` are (cell, engine) of earlier calls, whose replies are not in the cache.
    """

    attempts: tuple[Attempt, ...]
    written: tuple[Cell, ...]
    left_out: tuple[tuple[Cell, str], ...]
    unknown: tuple[tuple[Cell, str], ...]


@dataclass(slots=True)
class _Job:
    """A cell on its way: its pieces as far as one engine has translated them, and the last attempt at it."""

    cell: Cell
    done: dict[str, str] = field(default_factory=dict)
    readings: list[Reading] = field(default_factory=list)
    waiting: int = 0
    last: Attempt | None = None

    def begin(self, number: int) -> list[Piece]:
        """Begin an attempt, and return the pieces that it is about."""
        if number == 1:
            self.done.clear()
        pieces = [piece for piece in self.cell.pieces if piece.part not in self.done]
        self.readings, self.waiting = [], len(pieces)
        return pieces

    def is_open(self, number: int) -> bool:
        """Whether an attempt of this number is made."""
        if self.last is None:
            return True
        return self.last.came is not Came.TRANSLATION and (number == 1 or self.last.came not in IN_VAIN)

    def take(self, piece: Piece, reading: Reading) -> None:
        """Note what came of a piece."""
        self.waiting -= 1
        self.readings.append(reading)
        if reading.came is Came.TRANSLATION:
            self.done[piece.part] = reading.text


@dataclass(slots=True)
class Translator:
    """Asks engines in order for the texts of cells, and writes what they translate.

    Args:
        corpus: whose texts they are.
        lines: a line to each engine, the first choice first.
        on: the day, as it is stored beside the texts.
        look: is told of each attempt as it ends.
    """

    corpus: Corpus
    lines: Sequence[Line]
    on: str
    look: Callable[[Attempt], None] = lambda _: None
    _desk: Desk = field(init=False)
    _pages: Pages = field(init=False)
    _attempts: list[Attempt] = field(init=False, default_factory=list)
    _written: list[Cell] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self._desk = Desk(self.corpus)
        self._pages = Pages(self.corpus)

    async def translate(self, cells: Iterable[Cell]) -> Translated:
        """Bring every open cell to a translation or to the list of those left out.

        Raises:
            InputError: if a system answers against its contract, or a file cannot be read any more.
        """
        listed = tuple(cells)
        unknown = [pair for cell in listed if not cell.is_open for pair in self._recall(cell)]
        jobs = [_Job(cell) for cell in listed if cell.is_open and not cell.kept]
        for line in self.lines:
            for number in range(1, ATTEMPTS + 1):
                await self._round(line, number, [job for job in jobs if job.is_open(number)])
        left = [(cell, cell.kept) for cell in listed if cell.kept]
        left += [(job.cell, _why(job.last)) for job in jobs if job.last and job.last.came is not Came.TRANSLATION]
        return Translated(
            attempts=tuple(self._attempts), written=tuple(self._written), left_out=tuple(left), unknown=tuple(unknown)
        )

    async def _round(self, line: Line, number: int, jobs: Sequence[_Job]) -> None:
        asked: dict[str, list[tuple[_Job, Piece]]] = {}
        prompts = []
        for job in jobs:
            for piece in job.begin(number):
                prompt = self._desk.request(piece, number)
                prompts.append(prompt)
                asked.setdefault(prompt.id, []).append((job, piece))

        def took(answer: Answer) -> None:
            for job, piece in asked[answer.prompt]:
                job.take(piece, self._desk.read(answer, piece, number))
                if not job.waiting:
                    self._end(job, line, number)

        await ask_all(line, prompts, took)

    def _end(self, job: _Job, line: Line, number: int) -> None:
        """Note the attempt, and write the text if all of its pieces are there."""
        said = worst(job.readings)
        if said.came is Came.TRANSLATION and self._pages.put(self._translation(job, line), job.cell.text):
            self._written.append(job.cell)
        job.last = attempt_at(job.cell, line, number, said)
        self._attempts.append(job.last)
        self.look(job.last)

    def _translation(self, job: _Job, line: Line) -> Translation:
        cell = job.cell
        return Translation(
            case=cell.case.id,
            language=cell.language,
            wording=wording_of(cell.case, job.done),
            source=cell.case.wording.digest,
            by="machine",
            claimed=State.DRAFT,
            stale=False,
            translator=name_of(line.spec),
            prompt=self._desk.told(cell.language),
            on=self.on,
        )

    def _recall(self, cell: Cell) -> list[tuple[Cell, str]]:
        """Note the attempts that made a text before; return the engines that it cannot be told of."""
        names = [name_of(line.spec) for line in self.lines]
        text = cell.text
        if text is None or text.translator not in names or text.prompt != self._desk.told(cell.language):
            return []  # none of these engines wrote it so, and it is none of their texts
        attempts = self._desk.recall(cell, self.lines)
        if attempts is None:
            return [(cell, name) for name in names[: names.index(text.translator) + 1]]
        self._attempts += attempts
        return []


def _why(last: Attempt) -> str:
    return f"{last.came}: {last.why}"
