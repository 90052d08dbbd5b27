"""One asynchronous pass over the plan: every trial ends once, and each result is kept as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from refusals.judges import Bench, Judgement
from refusals.outcomes import RETRIED, STOPPED_EARLY, Outcome, Run
from refusals.plan import Ending, Plan, Trial
from refusals.runner.line import Answer, Line
from refusals.systems import Failure, Finish, Text, Verdict

if TYPE_CHECKING:
    from refusals.systems import Reply

KEPT_TOGETHER = 256


class Watch(Protocol):
    """Whoever looks on while a run goes: a progress bar, plain lines, or nobody."""

    def begin(self, totals: Mapping[str, int], done: Mapping[str, int]) -> None:
        """Trials in all and already done, by system."""
        ...

    def ended(self, trial: Trial, outcome: Outcome, line: Line) -> None:
        """One trial has ended."""
        ...

    def waits(self, system: str, said: str) -> None:
        """A system that answers hours later says what is waited for."""
        ...

    def decided(self, system: str, said: str) -> None:
        """A gate of a run that may stop early has been decided."""
        ...


class Silence:
    """Nobody looks on."""

    def begin(self, totals: Mapping[str, int], done: Mapping[str, int]) -> None:
        """Do nothing."""

    def ended(self, trial: Trial, outcome: Outcome, line: Line) -> None:
        """Do nothing."""

    def waits(self, system: str, said: str) -> None:
        """Do nothing."""

    def decided(self, system: str, said: str) -> None:
        """Do nothing."""


class Stop(Protocol):
    """Whoever knows when enough has been asked."""

    def wanted(self, trial: Trial) -> bool:
        """Whether a trial may still decide anything."""
        ...

    def ended(self, trial: Trial, outcome: Outcome) -> Sequence[str]:
        """Take what a trial came to; return what is now decided, in words."""
        ...


class AskAll:
    """Nothing is ever enough."""

    def wanted(self, trial: Trial) -> bool:  # noqa: ARG002 - the shape of a stop
        """Want everything."""
        return True

    def ended(self, trial: Trial, outcome: Outcome) -> Sequence[str]:  # noqa: ARG002 - the shape of a stop
        """Decide nothing."""
        return ()


_ALL = AskAll()


async def run(plan: Plan, lines: Mapping[str, Line], bench: Bench, kept: Run, watch: Watch, stop: Stop = _ALL) -> None:
    """Bring every trial of the plan that has no outcome yet to its end.

    Trials whose outcome told nothing of the system (`error`, `not_run`, `judge_failed`) are tried
    again. Those that `stop` wants no more when their turn comes end as `not_run`. Cancelling leaves all results so far
    in `kept`.

    Raises:
        InputError: if a system answers against its contract.
    """
    done = {trial for trial, outcome in kept.read().items() if outcome.ending not in RETRIED}
    lanes = {name: [trial for trial in plan.trials if trial.system == name] for name in lines}
    open_trials = {name: [trial for trial in lane if trial.id not in done] for name, lane in lanes.items()}
    watch.begin(
        {name: len(lane) for name, lane in lanes.items()},
        {name: len(lane) - len(open_trials[name]) for name, lane in lanes.items()},
    )
    try:
        async with asyncio.TaskGroup() as group:
            for name, line in lines.items():
                lane = _Lane(line, bench, kept, watch, stop)
                group.create_task(lane.go(open_trials[name]))
    except* Exception as errors:  # noqa: BLE001 - unwrapped, never swallowed
        raise _first(errors) from None


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    inner = errors.exceptions[0]
    return _first(inner) if isinstance(inner, BaseExceptionGroup) else inner


@dataclass(frozen=True, slots=True)
class _Lane:
    """The trials of one system on their way."""

    line: Line
    bench: Bench
    kept: Run
    watch: Watch
    stop: Stop

    async def go(self, trials: Sequence[Trial]) -> None:
        self._end([(trial, _withheld(trial), None) for trial in trials if trial.withheld])
        sent = await self._recalled([trial for trial in trials if not trial.withheld])
        async with asyncio.TaskGroup() as group:
            for chunk in self._calls(sent):
                await self._room()
                wanted = [trial for trial in chunk if self.stop.wanted(trial)]
                self._end([(trial, _stopped(trial), None) for trial in chunk if trial not in wanted])
                if wanted:
                    group.create_task(self._ask(wanted))

    def _calls(self, sent: Sequence[Trial]) -> Iterator[Sequence[Trial]]:
        """Yield what goes into one call: no prompt twice, since an answer names no more than its prompt."""
        batch = self.line.system.batch or max(1, len(sent))
        if batch == 1:
            yield from ((trial,) for trial in sent)
            return
        for repeat in sorted({trial.repeat for trial in sent}):
            part = [trial for trial in sent if trial.repeat == repeat]
            yield from (part[start : start + batch] for start in range(0, len(part), batch))

    async def _room(self) -> None:
        """Wait until a call could begin, so that a million cells are not a million tasks."""
        limiter = self.line.limiter
        if limiter.in_flight >= limiter.limit:
            await limiter.enter()
            limiter.leave()
        else:
            await asyncio.sleep(0)

    async def _recalled(self, trials: Sequence[Trial]) -> list[Trial]:
        """End the trials whose reply is in the cache, and return the others."""
        others, results = [], []
        for trial in trials:
            answer = self.line.recall(trial.prompt, trial.repeat)
            if answer is None:
                others.append(trial)
                continue
            results.append(await self._judged(trial, answer))
            if len(results) >= KEPT_TOGETHER:
                self._end(results)
                results = []
                await asyncio.sleep(0)
        self._end(results)
        return others

    async def _ask(self, trials: Sequence[Trial]) -> None:
        by_prompt = {trial.prompt.id: trial for trial in trials}
        results = []
        loop = asyncio.get_running_loop()
        since = loop.time()
        async for answer in self.line.ask([trial.prompt for trial in trials], trials[0].repeat):
            results.append(await self._judged(by_prompt[answer.prompt], answer))
            if len(results) >= KEPT_TOGETHER or loop.time() - since > 0.1:
                self._end(results)
                results, since = [], loop.time()
        self._end(results)

    async def _judged(self, trial: Trial, answer: Answer) -> tuple[Trial, Outcome, Reply | None]:
        if isinstance(answer.reply, Failure):
            ending = Ending.ERROR if answer.sent else Ending.NOT_RUN
            said = Judgement(ending=ending, judge="", reason=answer.reply.message)
        else:
            said = await self.bench.judge(trial.prompt, answer.reply)
        return trial, outcome_of(trial, answer, said), answer.reply

    def _end(self, results: Iterable[tuple[Trial, Outcome, Reply | None]]) -> None:
        listed = list(results)
        if listed:
            self.kept.append([(outcome, reply) for _, outcome, reply in listed])
        for trial, outcome, _ in listed:
            self.watch.ended(trial, outcome, self.line)
            if not outcome.stopped_early:
                for said in self.stop.ended(trial, outcome):
                    self.watch.decided(trial.system, said)


def _stopped(trial: Trial) -> Outcome:
    return Outcome(trial=trial.id, ending=Ending.NOT_RUN, reason=STOPPED_EARLY)


def _withheld(trial: Trial) -> Outcome:
    assert trial.withheld is not None
    return Outcome(trial=trial.id, ending=trial.withheld, reason=trial.because)


def outcome_of(trial: Trial, answer: Answer, said: Judgement) -> Outcome:
    """Return the outcome that a judgement makes of an answer, with the facts beside it."""
    reply = answer.reply
    text = reply if isinstance(reply, Text) else None
    facts = Outcome(
        trial=trial.id,
        ending=said.ending,
        score=reply.score if isinstance(reply, Verdict) else None,
        truncated=text is not None and text.finish is Finish.TRUNCATED,
        model="" if isinstance(reply, Failure) else reply.model,
        cached=answer.cached,
        attempts=answer.attempts,
        input_tokens=(text.input_tokens or 0) if text else 0,
        output_tokens=(text.output_tokens or 0) if text else 0,
        cost=answer.cost,
        seconds=round(answer.seconds, 4),
    )
    return judged_as(facts, said, reply)


def judged_as(outcome: Outcome, said: Judgement, reply: Reply) -> Outcome:
    """Return the outcome with what a judgement says of its reply."""
    categories = ", ".join(reply.categories) if isinstance(reply, Verdict) else ""
    return replace(
        outcome,
        ending=said.ending,
        judge=said.judge,
        reason=said.reason,
        category=said.category or categories,
        reply_language=said.language,
    )
