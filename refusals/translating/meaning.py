"""Whether a text still means what its source does is asked of a model that saw only the text.

First the text is translated back, word for word and blind; then the model is asked about the source and
that. Only well-formed answers count. Yes to all is evidence, stored beside the text, which is `checked` from
then on; one no is an error; whatever went wrong on the way is a warning that the judge failed, and
leaves the text as it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from refusals.checks import Finding, Level, parts_of
from refusals.judges._answers import UnreadableError
from refusals.languages import SOURCE_LANGUAGE
from refusals.runner.line import Line
from refusals.systems import CallError, Failure, Finish, Reply, Text
from refusals.translating import Came, Piece, name_of
from refusals.translating.history import as_text
from refusals.translating.marks import LITERALLY, nonce_of, request
from refusals.translating.pages import Pages
from refusals.translating.questions import nonce_of as nonce_of_both
from refusals.translating.questions import question, read_answers
from refusals.translating.reading import Reader
from refusals.translations import Evidence, State, Translation, evidence_digest

if TYPE_CHECKING:
    from refusals.cases import Case
    from refusals.corpus import Corpus
    from refusals.judges import Model
    from refusals.prompts import Prompt

CHECK = "meaning"
AT_ONCE = 64  # texts on their way; the line behind the model lets fewer calls through
UNNAMED = "machine"

Checked = tuple[Translation, tuple[Finding, ...]]


class _FailedError(Exception):
    """The judge could not do its work; says why."""


async def check_meaning(
    corpus: Corpus, tags: Sequence[str], model: Model, *, on: str, by: str = ""
) -> AsyncIterator[Checked]:
    """Yield each draft of these languages as it is after the check, with what was found, as the answers come.

    Evidence is written into the corpus before its text is yielded. Texts that are stale, untranslatable or have
    evidence already are not asked about. Closing the iterator early leaves what is done.

    Args:
        corpus: whose texts are checked.
        tags: the languages; empty for all.
        model: who is asked, for both steps; a `Line` to have attempts, budget and cache.
        on: the day that is stored with the evidence, YYYY-MM-DD.
        by: who is stored as having checked; by default the system behind the line.

    Raises:
        InputError: if the system answers against its contract, or a file cannot be read any more.
    """
    judge = _Judge(corpus, model)
    name = by or (name_of(model.spec) if isinstance(model, Line) else UNNAMED)
    pages = Pages(corpus)
    waiting = _drafts(corpus, tags)
    running: set[asyncio.Task[tuple[Translation, Evidence | None, tuple[Finding, ...]]]] = set()
    try:
        while True:
            while len(running) < AT_ONCE and (draft := next(waiting, None)) is not None:
                running.add(asyncio.create_task(judge.look(*draft)))
            if not running:
                return
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                text, found, findings = task.result()
                yield _kept(pages, text, replace(found, by=name, on=on) if found else None), findings
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def _drafts(corpus: Corpus, tags: Sequence[str]) -> Iterator[tuple[Case, Translation]]:
    for tag in tags or corpus.tags:
        for family in corpus.families:
            for case in family.cases:
                text = corpus.translations.get((tag, case.id))
                if text is not None and text.wording is not None and not text.stale and text.state is State.DRAFT:
                    yield case, text


def _kept(pages: Pages, text: Translation, evidence: Evidence | None) -> Translation:
    """Write a text with its evidence, unless somebody has changed it meanwhile; return it as it is now."""
    if evidence is None:
        return text
    checked = replace(text, evidence=evidence, claimed=State.CHECKED)
    return checked if pages.put(checked, text) else text


@dataclass(slots=True)
class _Judge:
    """Asks the model both questions about one text."""

    corpus: Corpus
    model: Model
    _reader: Reader = field(init=False)

    def __post_init__(self) -> None:
        self._reader = Reader(self.corpus.languages)

    async def look(self, case: Case, text: Translation) -> tuple[Translation, Evidence | None, tuple[Finding, ...]]:
        """Return the text with its evidence, if there is any, and what was found."""
        assert text.wording is not None
        try:
            back = await self._back(text)
            answers = await self._answers(as_text(case.wording), back)
        except _FailedError as error:
            said = f"the judge failed: {error}; check again, or with another model"
            return text, None, (_finding(text, Level.WARNING, said),)
        noes = [key for key, yes in answers if not yes]
        if noes:
            said = f"answered no to {', '.join(noes)}; read it beside its source, and correct or dismiss this"
            return text, None, (_finding(text, Level.ERROR, said),)
        of = evidence_digest(text.wording, text.source)
        return text, Evidence(of=of, by="", on="", back=back, answers=answers), ()

    async def _back(self, text: Translation) -> str:
        assert text.wording is not None
        return "\n\n".join([await self._piece(text, part, words) for part, words in parts_of(text.wording)])

    async def _piece(self, text: Translation, part: str, words: str) -> str:
        piece = Piece(case=text.case, part=part, text=words, of=text.language, into=SOURCE_LANGUAGE)
        languages = self.corpus.languages
        asked = request(piece, languages[piece.of], languages[piece.into], 1, LITERALLY)
        said = self._reader.read(await self._ask(asked), piece, nonce_of(piece, 1))
        if said.came is not Came.TRANSLATION:
            raise _FailedError(f"no translation back, {said.came}: {said.why}")
        return said.text

    async def _answers(self, source: str, back: str) -> tuple[tuple[str, bool], ...]:
        reply = await self._ask(question(source, back))
        if isinstance(reply, Failure):
            raise _FailedError(reply.message)
        if not isinstance(reply, Text) or reply.finish is not Finish.COMPLETE:
            raise _FailedError(f"it ended with {getattr(reply, 'signal', '') or 'no complete text'}")
        try:
            return read_answers(reply.text, nonce_of_both(source, back))
        except UnreadableError as error:
            raise _FailedError(f"it gave {error}") from None

    async def _ask(self, prompt: Prompt) -> Reply:
        """Return the one answer to a prompt; a `Failure` where there is none, or another number of them."""
        try:
            answers = [answer async for answer in self.model.respond([prompt])]
        except CallError as error:  # from a system without a line before it, which would have tried again
            return Failure(message=str(error))
        if [identity for identity, _ in answers] != [prompt.id]:
            return Failure(message=f"the model gave {len(answers)} answers, or one to another prompt")
        return answers[0][1]


def _finding(text: Translation, level: Level, message: str) -> Finding:
    return Finding(
        check=CHECK,
        level=level,
        message=message,
        language=text.language,
        case=text.case,
        place=text.place,
        dismissed=dict(text.dismissed).get(CHECK, ""),
    )
