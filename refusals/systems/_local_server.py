"""A model in this process stands where a server would, and answers together whoever asks at once.

So a guard, or a chat model, is the same whether its weights are here or behind an address: what is sent and how it is
read is that of its own kind. It works in a thread, a batch at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from refusals.errors import RefusalsError
from refusals.systems import CallError, Failure, Reply
from refusals.systems._thread import in_thread

if TYPE_CHECKING:
    from refusals.cases import Kind
    from refusals.prompts import Prompt
    from refusals.systems._local_model import LanguageModel
    from refusals.systems._server import Served

Waiting = tuple[Mapping[str, Any], "asyncio.Future[dict[str, Any]]"]


@dataclass(slots=True, kw_only=True)
class LocalServer:
    """What `refusals.systems._server.Server` is for an address. `timeout` is in seconds, for one batch."""

    load: Callable[[], LanguageModel]
    timeout: float
    batch: int
    concurrency: int = 1
    headroom: float | None = None
    _model: LanguageModel | None = field(default=None, repr=False)
    _waiting: list[Waiting] = field(default_factory=list, repr=False)
    _work: asyncio.Task[None] | None = field(default=None, repr=False)

    async def ask(self, path: str, body: Mapping[str, Any], read: Callable[[object], Reply]) -> Reply:  # noqa: ARG002
        """Return what `read` makes of the model's answer to a body.

        Raises:
            CallError: if there is no answer, or `read` calls it a failure.
            InputError: if the model cannot be loaded.
        """
        answer = asyncio.get_running_loop().create_future()
        self._waiting.append((body, answer))
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._go())
        reply = read(await answer)
        if isinstance(reply, Failure):
            raise CallError(reply.message, again=False)
        return reply

    async def _go(self) -> None:
        """Answer all who wait, a batch at a time."""
        await asyncio.sleep(0)  # those who ask at once are there now
        while self._waiting:
            taken, self._waiting = self._waiting[: self.batch], self._waiting[self.batch :]
            bodies = [body for body, _ in taken]
            try:
                if self._model is None:
                    self._model = await in_thread(lambda _: self.load(), None)
                async with asyncio.timeout(self.timeout):
                    answers = await in_thread(self._model.complete, bodies)
            except TimeoutError:
                self._fail(
                    taken, CallError(f"no answer within {self.timeout:g} s (`timeout` allows more)", again=False)
                )
            except RefusalsError as error:
                self._fail(taken, error)
            except Exception as error:  # noqa: BLE001 - whatever a model can raise is a failed call
                self._fail(taken, CallError(f"{type(error).__name__}: {error}", again=False))
            else:
                for (_, waiter), answer in zip(taken, answers, strict=True):
                    if not waiter.done():
                        waiter.set_result(answer)

    @staticmethod
    def _fail(taken: Sequence[Waiting], error: Exception) -> None:
        for _, waiter in taken:
            if not waiter.done():
                waiter.set_exception(error)

    async def close(self) -> None:
        """Let the weights go; a thread that still runs ends with its batch or with the process."""
        if self._work is not None:
            self._work.cancel()
        self._model = None


@dataclass(slots=True, kw_only=True)
class Local:
    """A system whose server is in this process, asked a batch a call."""

    served: Served
    batch: int | None
    concurrency: int
    identity: Mapping[str, object] | None
    taxonomy: str
    kinds: frozenset[Kind]
    adaptive: bool = False
    headroom: float | None = None

    async def respond(self, prompts: Sequence[Prompt]) -> AsyncIterator[tuple[str, Reply]]:
        """Yield the reply to each prompt; what failed of one does not keep the others' back.

        Raises:
            InputError: if the model cannot be loaded.
        """
        answers = await asyncio.gather(*(self.served.ask(prompt) for prompt in prompts), return_exceptions=True)
        for prompt, answer in zip(prompts, answers, strict=True):
            if isinstance(answer, CallError):
                yield prompt.id, Failure(message=str(answer))
            elif isinstance(answer, BaseException):
                raise answer
            else:
                yield prompt.id, answer

    async def close(self) -> None:
        """Close what it is made of."""
        await self.served.close()
