"""A program that reads one prompt a line and writes one answer a line is a system: `command:PROGRAM ARGS`.

It is started once, in the folder of the study and without a shell. Each prompt is one line of
JSON on its input, `{"id": "…", "kind": "request", "prompt": "…", "language": "sw", "reply": null,
"turns": null}`; all are sent without waiting, then the input closes. For each it writes one line
of JSON on its output, in any order, with the same `id` and a verdict, a text or an error as
`refusals.systems._answer` says. What it logs belongs on its error stream.

A prompt without an answer is a failure. An answer to what was not asked, a second answer to the
same prompt, or a line that is no JSON object breaks the contract and stops the run. A program
that gives no sign of life for `timeout` seconds is ended: no answer, no line on its error stream,
no input taken in.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
from contextlib import aclosing
from typing import TYPE_CHECKING

from refusals.cases import Kind
from refusals.clean import storable
from refusals.errors import InputError, Place
from refusals.prompts import as_json
from refusals.systems import Failure, _answer
from refusals.systems._program import Program
from refusals.systems._settings import kinds_of, wanted_target

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from pathlib import Path

    from refusals.prompts import Prompt
    from refusals.study import SystemSpec
    from refusals.systems import Reply

EXAMPLES = _answer.EXAMPLES
read = _answer.read


def build(spec: SystemSpec) -> Command:
    """Return the system that a program is.

    Raises:
        InputError: if the program cannot be found or may not be executed.
    """
    target = wanted_target(spec, "command:PROGRAM ARGS, such as command:'python guard.py'")
    try:
        words = shlex.split(target)
    except ValueError as error:
        raise InputError(f"the system {spec.name!r}: {target!r} cannot be split into words: {error}") from None
    if not words or not words[0]:
        raise InputError(f"the system {spec.name!r}: {target!r} names no program")
    return Command(spec, (_found(words[0], spec.folder), *words[1:]))


def _found(program: str, folder: Path) -> str:
    if os.sep not in program and "/" not in program:
        found = shutil.which(program)
        if found is None:
            raise InputError(f"the program {program!r} is not on the PATH; write its path, relative to {folder}")
        return found
    path = (folder / program).absolute()
    if not path.is_file():
        raise InputError(f"the program {path} does not exist; paths are relative to {folder}")
    if not os.access(path, os.X_OK):
        raise InputError(f"the program {path} may not be executed; allow it (chmod +x), or name its interpreter first")
    return str(path)


class Command:
    """A program under test; nothing of it is cached, for what it is made of is not known."""

    batch: int | None = None
    concurrency = 1
    adaptive = False
    identity: Mapping[str, object] | None = None
    headroom: float | None = None

    def __init__(self, spec: SystemSpec, command: tuple[str, ...]) -> None:
        self.kinds = kinds_of(spec, frozenset({Kind.REQUEST}))
        self._spec = spec
        self._command = command
        self._running: list[Program] = []

    async def respond(self, prompts: Sequence[Prompt]) -> AsyncIterator[tuple[str, Reply]]:
        """Start the program, and yield its answers as they come and failures for those that do not.

        Raises:
            InputError: if the program cannot be started or breaks the contract.
        """
        program = await Program.start(self._command, self._spec.folder, self._spec.timeout)
        self._running.append(program)
        try:
            program.feed(_line(prompt) for prompt in prompts)
            answers = _Answers(self._spec, [prompt.id for prompt in prompts])
            async with aclosing(program.lines()) as lines:
                async for number, line in lines:
                    if line.strip():
                        yield answers.take(line, number)
            if answers.waiting:
                message = f"no answer for this id; {await program.ending()}"
                for identity in answers.waiting:
                    yield identity, Failure(message=message)
        finally:
            await program.stop()
            self._running.remove(program)

    async def close(self) -> None:
        """End the program, if it still runs; who waits for its answers gets failures."""
        for program in self._running:
            program.kill()


def _line(prompt: Prompt) -> bytes:
    # All ASCII: a program that reads in another encoding, or splits lines at U+2028, reads the same.
    return json.dumps(as_json(prompt)).encode() + b"\n"


class _Answers:
    """Holds a program to one answer for each id that it was given."""

    def __init__(self, spec: SystemSpec, identities: Sequence[str]) -> None:
        self.waiting = dict.fromkeys(identities)
        self._spec = spec
        self._path = f"{spec.name} (output)"
        self._answered: set[str] = set()

    def take(self, line: bytes, number: int) -> tuple[str, Reply]:
        try:
            content = _answer.parse_object(line, self._path, number)
        except InputError as error:
            raise InputError(f"{error.message}; print logs on stderr: {_start(line)}", error.place) from None
        identity = content.get("id")
        if not isinstance(identity, str) or identity not in self.waiting:
            raise InputError(self._stray(identity), Place(self._path, number, 1))
        del self.waiting[identity]
        self._answered.add(identity)
        return identity, _answer.complete(read(content), self._spec)

    def _stray(self, identity: object) -> str:
        if identity is None:
            return "the answer has no `id`; each repeats the id of its prompt"
        shown = storable(repr(identity))[:80]
        if isinstance(identity, str) and identity in self._answered:
            return f"a second answer to the id {shown}; each prompt has one"
        return f"an answer to the id {shown}, which was not asked; each repeats the id of its prompt"


def _start(line: bytes) -> str:
    shown = line[:80].decode("utf-8", "replace")
    return repr(shown + "…" if len(line) > 80 else shown)
