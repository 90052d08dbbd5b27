"""A program is fed and read at the same time, never waited for in silence, and ended for good."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from refusals.errors import InputError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable, Sequence
    from pathlib import Path

MAX_LINE = 8 * 2**20
_CHUNK = 2**18
_TAIL = 4096
_GROUP = 64  # lines in one write
_LAST_WORDS = 5.0  # seconds that a killed program's pipes are waited for


class Program:
    """A started program.

    Args:
        process: the program, with pipes for all three streams.
        patience: seconds without a sign of life after which it counts as hung. A sign is a byte
            on its output or its error stream, or input that it took in.
    """

    def __init__(self, process: asyncio.subprocess.Process, patience: float) -> None:
        self._process = process
        self._patience = patience
        self._tail = b""
        self._tasks: list[asyncio.Task[None]] = []
        self._hung = False
        self._sign()

    @classmethod
    async def start(cls, command: Sequence[str], folder: Path, patience: float) -> Program:
        """Start a program in a folder, without a shell and in a process group of its own.

        Raises:
            InputError: if the operating system cannot start it.
        """
        # An answer that waits in the buffer of a Python program would look like a hang.
        environment = {"PYTHONUNBUFFERED": "1", **os.environ}
        pipe = asyncio.subprocess.PIPE
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                cwd=folder,
                env=environment,
                stdin=pipe,
                stdout=pipe,
                stderr=pipe,
                limit=_CHUNK,
                start_new_session=True,
            )
        except OSError as error:
            raise InputError(f"{command[0]}: cannot be started in {folder}: {error.strerror or error}") from error
        return cls(process, patience)

    def feed(self, lines: Iterable[bytes]) -> None:
        """Begin to write the lines, and to keep the end of what the program says on its error stream."""
        self._tasks = [asyncio.create_task(self._feed(lines)), asyncio.create_task(self._listen())]

    async def _feed(self, lines: Iterable[bytes]) -> None:
        stdin = self._process.stdin
        assert stdin is not None
        group: list[bytes] = []
        # A program that stops reading says by the end of its output what it left unanswered.
        with suppress(BrokenPipeError, ConnectionResetError):
            for line in lines:
                group.append(line)
                if len(group) == _GROUP:
                    await self._write(stdin, group)
            await self._write(stdin, group)
            stdin.close()
            await stdin.wait_closed()

    async def _write(self, stdin: asyncio.StreamWriter, group: list[bytes]) -> None:
        stdin.writelines(group)
        group.clear()
        await stdin.drain()
        self._sign()
        await asyncio.sleep(0)

    async def _listen(self) -> None:
        stderr = self._process.stderr
        assert stderr is not None
        while chunk := await stderr.read(_CHUNK):
            self._tail = (self._tail + chunk)[-_TAIL:]
            self._sign()

    def _sign(self) -> None:
        self._heard = asyncio.get_running_loop().time()

    async def lines(self) -> AsyncGenerator[tuple[int, bytes], None]:
        """Yield (number from 1, line) until the output ends or the program hangs.

        Raises:
            InputError: at a line that is longer than `MAX_LINE` bytes.
        """
        number, rest = 0, b""
        while chunk := await self._read():
            *whole, rest = (rest + chunk).split(b"\n") if b"\n" in chunk else (rest + chunk,)
            for line in whole:
                number += 1
                yield number, _short_enough(line, number)
            _short_enough(rest, number + 1)
        if rest and not self._hung:
            yield number + 1, rest

    async def _read(self) -> bytes:
        stdout = self._process.stdout
        assert stdout is not None
        self._sign()  # the time that the reader of the answers took is not the program's
        while True:
            try:
                async with asyncio.timeout_at(self._heard + self._patience):
                    return await stdout.read(_CHUNK)
            except TimeoutError:
                if asyncio.get_running_loop().time() >= self._heard + self._patience:
                    self._hung = True
                    return b""

    async def ending(self) -> str:
        """Return how the program ended, once its output has, with the last line of its error stream."""
        if not self._hung:
            try:
                async with asyncio.timeout(self._patience):
                    await self._process.wait()
                    await asyncio.wait(self._tasks[1:], timeout=_LAST_WORDS)
            except TimeoutError:
                self._hung = True
        code = self._process.returncode
        if self._hung or code is None:
            how = f"the program gave no sign of life for {self._patience:g} s and was ended (`timeout` allows more)"
        else:
            how = (
                f"the program ended with exit code {code}" if code >= 0 else f"the program was ended by {_name(-code)}"
            )
        said = self._tail.decode("utf-8", "replace").split("\n")
        last = next((line.strip() for line in reversed(said) if line.strip()), "")
        return f"{how}; its last line on stderr: {last[:300]}" if last else how

    async def stop(self) -> None:
        """End the program with all that it started, and read its pipes to the end, so that they close."""
        for task in self._tasks:
            task.cancel()
        stdout = self._process.stdout
        assert stdout is not None
        if self._process.returncode is None or not stdout.at_eof():
            self.kill()
        with suppress(TimeoutError):  # a child that left the group may hold the pipes open for ever
            async with asyncio.timeout(_LAST_WORDS):
                await asyncio.gather(*self._tasks, return_exceptions=True)
                while await stdout.read(_CHUNK):
                    pass
                await self._process.wait()

    def kill(self) -> None:
        """End the program with all that it started, at once; who reads its lines sees them end."""
        with suppress(ProcessLookupError, PermissionError):  # it is gone, or (macOS) gone and not yet buried
            if sys.platform == "win32":
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)


def _short_enough(line: bytes, number: int) -> bytes:
    if len(line) > MAX_LINE:
        raise InputError(f"line {number} of the program's output has more than {MAX_LINE:,} bytes; one answer a line")
    return line


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
