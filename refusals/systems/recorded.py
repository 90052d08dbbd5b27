"""Answers that were made elsewhere, or by experts, are scored like any other: `recorded:FILE.jsonl`.

The file has a line of JSON for each cell: `{"case": "cyber/port-scanning/benign", "language":
"sw", "text": "…"}`, or a verdict or an error in place of the text, as `refusals.systems._answer`
says. The path is relative to the study. Where a line also has the `id` of the prompt that was
answered, an answer to an older wording is known and does not count.

Several people may decide one cell: each line then says who, in `rater` (a name or a number) and, if
it is to be known, `role` (expert, native speaker, …), beside a `decision` or `flagged`. The answer
is what more than half of a cell's raters say; a tie abstains, and is undecided. Reports show how far
the raters agree, and which cases they split on; names stay in the run.

A cell without a line is a failure, so it is counted as undecided.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from refusals.clean import storable
from refusals.errors import InputError, Place, nearest
from refusals.systems import Failure, _answer, _raters
from refusals.systems._cells import cells
from refusals.systems._settings import ALL_KINDS, kinds_of, wanted_target

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from pathlib import Path

    from refusals.corpus import Corpus
    from refusals.prompts import Prompt
    from refusals.study import SystemSpec
    from refusals.systems import Rating, Reply

SEES_CORPUS = True

EXAMPLES = tuple(
    ({**raw, "case": "cyber/port-scanning/benign", "language": "en"}, reply)
    for raw, reply in _answer.EXAMPLES
    if not getattr(reply, "raw", "")
)
read = _answer.read

_OUTDATED = Failure(message="the recorded answer is to another wording of this case")


def build(spec: SystemSpec, corpus: Corpus) -> Recorded:
    """Return the system that repeats what a file says.

    Raises:
        InputError: with `path:line:column`, if a line is no answer to a cell of the corpus, or its second one.
    """
    path = spec.folder / wanted_target(spec, "recorded:FILE.jsonl")
    reader = _Reader(spec, corpus)
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    reader.take(line.rstrip(b"\r\n"), str(path), number)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error
    if not reader.answers():
        raise InputError(f"{path}: has no line; it wants one for each case and language")
    return Recorded(spec, reader.answers(), path)


class _Line:
    """A line with its place, which points at a key where the key is wrong."""

    def __init__(self, raw: bytes, path: str, number: int) -> None:
        self.content = _answer.parse_object(raw, path, number)
        self._raw = raw
        self._path = path
        self._number = number

    def wrong(self, key: str, message: str) -> InputError:
        column = self._raw.decode("utf-8").find(f'"{key}"') + 1 or 1
        return InputError(message, Place(self._path, self._number, column))


class _Reader:
    """Reads lines into replies by prompt id."""

    def __init__(self, spec: SystemSpec, corpus: Corpus) -> None:
        self.replies: dict[str, Reply] = {}
        self._spec = spec
        self._ids = {(cell.case.id, cell.language): cell.prompt.id for cell in cells(corpus)}
        self._cases = {case for case, _ in self._ids}
        self._languages = list(corpus.tags)
        self._numbers: dict[str, dict[str, int]] = {}
        self._ratings: dict[str, list[Rating]] = {}

    def take(self, raw: bytes, path: str, number: int) -> None:
        line = _Line(raw, path, number)
        identity = self._cell(line)
        rater = self._rater(line, identity, number)
        reply = self._reply(line, identity)
        if rater and reply is not _OUTDATED:
            self._ratings.setdefault(identity, []).append(self._rating(line, rater, reply))
        else:
            self.replies[identity] = reply

    def answers(self) -> dict[str, Reply]:
        """Return the one answer of each cell, that of most of its raters where it has some."""
        return {**self.replies, **{identity: _raters.majority(rated) for identity, rated in self._ratings.items()}}

    def _rater(self, line: _Line, identity: str, number: int) -> str:
        rater = self._named(line, "rater")
        known = self._numbers.setdefault(identity, {})
        if rater in known or (known and "" in (rater, *known)):
            before = known.get(rater) or min(known.values())
            who = f" of the rater {rater}" if rater in known and rater else ""
            raise line.wrong("case", f"this cell, or one of the same text, has line {before}{who} already")
        known[rater] = number
        return rater

    def _rating(self, line: _Line, rater: str, reply: Reply) -> Rating:
        role = self._named(line, "role")
        try:
            return _raters.rating_of(rater, role, reply)
        except InputError as error:
            raise line.wrong("rater", error.message) from None

    def _named(self, line: _Line, key: str) -> str:
        try:
            return _raters.named(line.content, key)
        except InputError as error:
            raise line.wrong(key, error.message) from None

    def _cell(self, line: _Line) -> str:
        case, language = line.content.get("case"), line.content.get("language")
        if not isinstance(case, str) or case not in self._cases:
            raise line.wrong("case", f"the corpus has no case {_shown(case)}; {self._near(case)}")
        if not isinstance(language, str) or language not in self._languages:
            known = nearest(language if isinstance(language, str) else "", self._languages)
            raise line.wrong("language", f"the corpus has no language {_shown(language)}; {known}")
        if (case, language) not in self._ids:
            raise line.wrong("language", f"the corpus has no text of {case} in {language}")
        return self._ids[case, language]

    def _near(self, case: object) -> str:
        close = difflib.get_close_matches(case, self._cases, n=1) if isinstance(case, str) else []
        return f"did you mean {close[0]!r}?" if close else "a case is called <domain>/<slug>/<label>"

    def _reply(self, line: _Line, identity: str) -> Reply:
        if all(line.content.get(key) is None for key in _answer.KEYS):
            raise line.wrong("case", f"the line has no answer; allowed: {', '.join(_answer.KEYS)}")
        if line.content.get("id") not in (None, identity):
            return _OUTDATED
        try:
            return _answer.complete(read(line.content), self._spec)
        except InputError as error:
            raise line.wrong("score", error.message) from None


def _shown(value: object) -> str:
    return storable(repr(value))[:80]


class Recorded:
    """Recorded answers by prompt id."""

    batch: int | None = 256
    concurrency = 1
    adaptive = False
    identity: Mapping[str, object] | None = None
    headroom: float | None = None

    def __init__(self, spec: SystemSpec, replies: Mapping[str, Reply], path: Path) -> None:
        self.kinds = kinds_of(spec, ALL_KINDS)
        self._replies = replies
        self._missing = Failure(message=f"no line for this cell in {path.name}")

    async def respond(self, prompts: Sequence[Prompt]) -> AsyncIterator[tuple[str, Reply]]:
        """Yield what the file says of each prompt, a failure where it says nothing."""
        for prompt in prompts:
            yield prompt.id, self._replies.get(prompt.id, self._missing)

    async def close(self) -> None:
        """There is nothing to release."""
