"""A desk knows how a piece is asked for and how an answer to it is read, and recalls what was answered before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from refusals.languages import SOURCE_LANGUAGE
from refusals.systems import Failure
from refusals.translating import Attempt, Came, Piece, Reading, name_of
from refusals.translating.marks import instruction_digest, nonce_of, request
from refusals.translating.reading import Reader

if TYPE_CHECKING:
    from refusals.corpus import Corpus
    from refusals.prompts import Prompt
    from refusals.runner.line import Answer, Line
    from refusals.translating.selecting import Cell

ATTEMPTS = 2  # that an engine has at a text
# What another attempt of the same engine does not help: its line has tried again already.
IN_VAIN = (Came.ERROR, Came.NOT_ASKED)


@dataclass(frozen=True, slots=True)
class Desk:
    """What asks and reads has in common: the languages of a corpus."""

    corpus: Corpus
    _reader: Reader = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_reader", Reader(self.corpus.languages))

    def request(self, piece: Piece, number: int) -> Prompt:
        """Return what an engine is sent at its first or second attempt."""
        languages = self.corpus.languages
        return request(piece, languages[piece.of], languages[piece.into], number)

    def told(self, language: str) -> str:
        """Return the digest of what an engine is told beside the text."""
        return instruction_digest(self.corpus.languages[SOURCE_LANGUAGE], self.corpus.languages[language])

    def read(self, answer: Answer, piece: Piece, number: int) -> Reading:
        """Return what an answer is; a call that a cap or an outage kept back was not asked."""
        if isinstance(answer.reply, Failure) and not answer.sent:
            return Reading(came=Came.NOT_ASKED, why=answer.reply.message)
        return self._reader.read(answer.reply, piece, nonce_of(piece, number))

    def recall(self, cell: Cell, lines: Sequence[Line]) -> list[Attempt] | None:
        """Return the attempts that led to the text of a cell; None where one of them is not in the cache."""
        attempts = []
        for line in lines:
            done: set[str] = set()
            for number in range(1, ATTEMPTS + 1):
                readings = self._recalled(cell, line, number, done)
                if readings is None:
                    return None
                said = worst(readings)
                attempts.append(attempt_at(cell, line, number, said))
                if said.came is Came.TRANSLATION:
                    return attempts
                if said.came in IN_VAIN:
                    break
        return None

    def _recalled(self, cell: Cell, line: Line, number: int, done: set[str]) -> list[Reading] | None:
        readings = []
        for piece in cell.pieces:
            if piece.part in done:
                continue
            answer = line.recall(self.request(piece, number))
            if answer is None:
                return None
            readings.append(self.read(answer, piece, number))
            if readings[-1].came is Came.TRANSLATION:
                done.add(piece.part)
        return readings


def worst(readings: Iterable[Reading]) -> Reading:
    """Return what came of an attempt whose pieces came to this: a refusal, else the first fault, else a translation."""
    failed = [reading for reading in readings if reading.came is not Came.TRANSLATION]
    refused = [reading for reading in failed if reading.came is Came.REFUSED]
    return next(iter(refused or failed), Reading(came=Came.TRANSLATION))


def attempt_at(cell: Cell, line: Line, number: int, said: Reading) -> Attempt:
    """Return an attempt of an engine at a cell."""
    return Attempt(
        case=cell.case.id,
        language=cell.language,
        engine=name_of(line.spec),
        number=number,
        came=said.came,
        why=said.why,
    )
