"""A line to one system: attempts, deadline, concurrency, budget and cache stand between it and the run."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from refusals.runner.cache import Cache, cache_key
from refusals.runner.limiter import Limiter
from refusals.systems import CallError, Failure, Reply, System, Text, terms_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from refusals.prompts import Prompt
    from refusals.study import Budget, SystemSpec

MAX_WAIT = 120.0
FAILURES_IN_A_ROW = 20


@dataclass(slots=True)
class Purse:
    """What has been spent in this run. Cost is in USD, by the prices that the study gives."""

    budget: Budget
    calls: int = 0
    cost: float = 0.0

    @property
    def empty(self) -> str:
        """Why nothing more may be spent; empty while it may."""
        calls, cost = self.budget.max_calls, self.budget.max_cost
        if calls is not None and self.calls >= calls:
            return f"the budget of {calls:,} calls is spent"
        if cost is not None and self.cost >= cost:
            return f"the budget of {cost:g} USD is spent"
        return ""

    def take(self, wanted: int) -> int:
        """Take as many of the wanted calls as there still are, and return how many."""
        limit = self.budget.max_calls
        taken = wanted if limit is None else max(0, min(wanted, limit - self.calls))
        self.calls += taken
        return taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A reply and how it came; `sent` is False where a cap or an outage kept the call back."""

    prompt: str
    reply: Reply
    sent: bool = True
    cached: bool = False
    attempts: int = 1
    seconds: float = 0.0
    cost: float = 0.0


@dataclass(slots=True)
class Line:
    """Asks one system, whatever it takes, and always comes back with an answer a prompt."""

    spec: SystemSpec
    system: System
    purse: Purse
    cache: Cache | None = None
    attempts: int = 5
    concurrency: int | None = None
    limiter: Limiter = field(init=False)
    _failed: int = field(init=False, default=0)
    _why: str = field(init=False, default="")

    def __post_init__(self) -> None:
        cap = self.concurrency or self.system.concurrency
        self.limiter = Limiter(cap, adaptive=self.system.adaptive)

    def recall(self, prompt: Prompt, repeat: int = 1) -> Answer | None:
        """Return the answer from the cache, if it is kept there."""
        if self.cache is None or self.system.identity is None:
            return None
        kept = self.cache.get(cache_key(self.system.identity, prompt, repeat))
        return None if kept is None else Answer(prompt=prompt.id, reply=kept, cached=True, attempts=0)

    async def respond(self, prompts: Sequence[Prompt]) -> AsyncIterator[tuple[str, Reply]]:
        """Yield (prompt id, reply) from the cache or the system, as a judge asks its model."""
        for prompt in prompts:
            kept = self.recall(prompt)
            if kept is not None:
                yield kept.prompt, kept.reply
                continue
            async for answer in self.ask([prompt]):
                yield answer.prompt, answer.reply

    @property
    def stopped(self) -> str:
        """Why no further call is made on this line; empty while calls are made."""
        return self._why or self.purse.empty

    async def ask(self, prompts: Sequence[Prompt], repeat: int = 1) -> AsyncIterator[Answer]:
        """Yield one answer a prompt, as they come; all prompts are asked for the same time."""
        epoch = await self.limiter.enter()
        try:
            # Taken only now: others may have spent the rest while this one waited.
            allowed = 0 if self.stopped else self.purse.take(len(prompts))
            for prompt in prompts[allowed:]:
                yield Answer(prompt=prompt.id, reply=Failure(message=self.stopped), sent=False, attempts=0)
            if allowed:
                async for answer in self._attempts(prompts[:allowed], epoch, repeat):
                    yield answer
        finally:
            self.limiter.leave()

    async def _attempts(self, prompts: Sequence[Prompt], epoch: int, repeat: int) -> AsyncIterator[Answer]:
        waiting = {prompt.id: prompt for prompt in prompts}
        deadline = time.monotonic() + self.spec.timeout if self.system.batch == 1 else None
        for attempt in range(1, self.attempts + 1):
            began = time.monotonic()
            try:
                async with asyncio.timeout(None if deadline is None else deadline - began):
                    async for identity, reply in self.system.respond(list(waiting.values())):
                        prompt = waiting.pop(identity)
                        self._keep(prompt, reply, repeat)
                        yield self._answered(prompt, reply, attempt, time.monotonic() - began)
                failure = Failure(message="the system gave no answer")
                again = False
                if not waiting and attempt == 1:
                    self.limiter.succeeded(epoch, self.system.headroom)
            except TimeoutError:
                failure, again = Failure(message=f"no answer within {self.spec.timeout:g} s"), False
            except CallError as error:
                failure, again = Failure(message=str(error)), await self._again(error, attempt, epoch, deadline)
            if not waiting:
                return
            if not again:
                break
            taken = self.purse.take(len(waiting))
            for identity in list(waiting)[taken:]:
                yield self._answered(waiting.pop(identity), failure, attempt, time.monotonic() - began)
        for prompt in waiting.values():
            yield self._answered(prompt, failure, attempt, time.monotonic() - began)

    async def _again(self, error: CallError, attempt: int, epoch: int, deadline: float | None) -> bool:
        """Whether another attempt is made; waits before it."""
        if error.throttled:
            self.limiter.throttled(epoch)
        if not error.again or attempt >= self.attempts or self.stopped:
            return False
        wait = random.uniform(0.5, 1.0) * min(30.0, 0.5 * 2**attempt)  # noqa: S311 - spreads attempts out
        if error.after is not None:
            wait = min(max(error.after, 0.0), MAX_WAIT)
        if deadline is not None and time.monotonic() + wait >= deadline:
            return False
        await asyncio.sleep(wait)
        return not self.stopped  # others may have spent the rest meanwhile

    def _keep(self, prompt: Prompt, reply: Reply, repeat: int) -> None:
        if self.cache is not None and self.system.identity is not None:
            self.cache.put([(cache_key(self.system.identity, prompt, repeat), reply)])

    def _answered(self, prompt: Prompt, reply: Reply, attempt: int, seconds: float) -> Answer:
        cost = self._cost(reply)
        self.purse.cost += cost
        if isinstance(reply, Failure):
            self._failed += 1
            if self._failed >= FAILURES_IN_A_ROW and self.system.batch == 1:
                self._why = f"stopped after {self._failed} failures in a row, the last: {reply.message}"
        else:
            self._failed = 0
        return Answer(prompt=prompt.id, reply=reply, attempts=attempt, seconds=seconds, cost=cost)

    def _cost(self, reply: Reply) -> float:
        if not isinstance(reply, Text):
            return 0.0
        tokens_in, tokens_out = reply.input_tokens or 0, reply.output_tokens or 0
        listed = (tokens_in * (self.spec.price_in or 0.0) + tokens_out * (self.spec.price_out or 0.0)) / 1e6
        return listed * terms_of(self.system).share
