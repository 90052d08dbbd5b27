"""`stack` puts systems behind one another, as a product does: an input guard, a model, an output guard.

The options name them, each by a SPEC as on the command line: `model`, and `input` or `output` or both. What is set for
one of them has its name before it: `input.threshold: "0.5"`, `output.version: "3"`. A stage that stops a request is the
signal of the reply (`stage=input`, `stage=output`), with its category; what the model itself refuses stays the model's.
A guard that cannot be read leaves the whole undecided, since nobody knows what the product would have done.

What a guard calls for review is let through, unless `review: stop` says otherwise.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from refusals.cases import Kind
from refusals.errors import InputError, nearest
from refusals.plugins import plugin
from refusals.study import parse_spec
from refusals.systems import CallError, Decision, Failure, Finish, Reply, Text, Verdict, at_once
from refusals.systems._settings import kinds_of

if TYPE_CHECKING:
    from refusals.prompts import Prompt
    from refusals.study import SystemSpec
    from refusals.systems import System

STAGES = ("input", "model", "output")
_OWN = ("threshold", "max-tokens", "timeout", "key")  # what a study sets beside the options of a system
_REVIEW = ("pass", "stop")

EXAMPLES: tuple[tuple[object, Reply], ...] = (
    (("input", Verdict(decision=Decision.FLAG, categories=("S2", "S9"))),
     Text(text="", finish=Finish.BLOCKED, signal="stage=input", category="S2,S9")),
    (("input", Verdict(score=0.75, threshold=0.5)), Text(text="", finish=Finish.BLOCKED, signal="stage=input")),
    (("output", Verdict(decision=Decision.FLAG)), Text(text="", finish=Finish.BLOCKED, signal="stage=output")),
    (("input", Verdict(decision=Decision.ALLOW)), Text(text="")),
    (("input", Verdict(score=0.25, threshold=0.5)), Text(text="")),
    (("input", Verdict(decision=Decision.REVIEW)), Text(text="")),
    (("review", Verdict(decision=Decision.REVIEW)), Text(text="", finish=Finish.BLOCKED, signal="stage=review")),
    (("input", Verdict(decision=Decision.UNREADABLE, raw="?")), Verdict(decision=Decision.UNREADABLE, raw="input: ?")),
    (("output", Verdict(decision=Decision.ABSTAIN)), Verdict(decision=Decision.ABSTAIN, raw="output: ")),
    (("input", Text(text="Sure.")), Verdict(decision=Decision.UNREADABLE, raw="input: a text in place of a verdict")),
    (("input", Failure(message="down")), Failure(message="input: down")),
    (None, Verdict(decision=Decision.UNREADABLE, raw="no stage and its verdict")),
)  # fmt: skip


def build(spec: SystemSpec) -> Stack:
    """Return the stack.

    Raises:
        InputError: if it has no model or no guard, or an option is none.
    """
    if spec.target:
        raise InputError(f"{spec.name}: a stack takes no target; its options name what it is made of")
    options = dict(spec.options)
    for name in options:
        stage, _, inner = name.partition(".")
        if (stage not in STAGES or (inner == "" and "." in name)) and name != "review":
            raise InputError(f"{spec.name} has no option {name!r}; {nearest(name, [*STAGES, 'review'])}")
    if "model" not in options or not {"input", "output"} & set(options):
        raise InputError(
            f"{spec.name}: a stack has a model and a guard; write options: {{input: SPEC, model: SPEC, output: SPEC}}, "
            "where input or output may be left out"
        )
    review = options.get("review", "pass")
    if review not in _REVIEW:
        raise InputError(f"{spec.name}: review cannot be {review!r}; {nearest(review, list(_REVIEW))}")
    stages = {stage: _stage(spec, stage, options) for stage in STAGES if stage in options}
    kinds = frozenset({Kind.REQUEST, Kind.CONVERSATION}) & stages["model"].kinds
    if "input" in stages:
        kinds &= stages["input"].kinds
    if "output" in stages and Kind.EXCHANGE not in stages["output"].kinds:
        raise InputError(f"{spec.name}: the output guard reads no exchanges, so it cannot judge a reply")
    known = {stage: system.identity for stage, system in stages.items()}
    whole = all(identity is not None for identity in known.values())
    return Stack(
        stages=stages,
        review=review,
        kinds=kinds_of(spec, kinds),
        concurrency=spec.concurrency or min(system.concurrency for system in stages.values()),
        identity={"adapter": "stack/1", "review": review, **known} if whole else None,
    )


def _stage(spec: SystemSpec, stage: str, options: Mapping[str, str]) -> System:
    inner = parse_spec(options[stage], spec.folder)
    given = {key.partition(".")[2]: value for key, value in options.items() if key.startswith(f"{stage}.")}
    own = {key: given.pop(key) for key in _OWN if key in given}
    try:
        numbers = {key: float(own[key]) for key in ("threshold", "max-tokens", "timeout") if key in own}
    except ValueError:
        raise InputError(f"{spec.name}: threshold, max-tokens and timeout of {stage} are numbers") from None
    made = replace(
        inner,
        name=f"{spec.name}/{stage}",
        threshold=numbers.get("threshold"),
        max_tokens=int(numbers.get("max-tokens", spec.max_tokens)),
        timeout=numbers.get("timeout", spec.timeout),
        key=own.get("key", ""),
        concurrency=spec.concurrency,
        kinds=("exchange",) if stage == "output" and inner.kind in ("python", "command") else (),
        options=tuple(given.items()),
    )
    module = plugin("systems", inner.kind).load()
    if getattr(module, "SEES_CORPUS", False):
        raise InputError(f"{spec.name}: {inner.kind} answers from the corpus and is no part of a product")
    built = cast("System", cast("Callable[..., Any]", module.build)(made))
    return at_once(built, f"{spec.name}: the {stage} of a stack")


def read(raw: object) -> Reply:
    """Return what becomes of a request at a guard: (stage, its reply) as a block, a pass or nothing known.

    An empty text is a pass. The stage `review` stands for a guard whose middle tier stops.
    """
    if not isinstance(raw, tuple) or len(raw) != 2 or not isinstance(raw[1], Text | Verdict | Failure):
        return Verdict(decision=Decision.UNREADABLE, raw="no stage and its verdict")
    stage, reply = str(raw[0]), raw[1]
    if isinstance(reply, Failure):
        return Failure(message=f"{stage}: {reply.message}")
    if isinstance(reply, Text):
        return Verdict(decision=Decision.UNREADABLE, raw=f"{stage}: a text in place of a verdict")
    decision = _decision(reply)
    if decision is Decision.FLAG or (decision is Decision.REVIEW and stage == "review"):
        return Text(text="", finish=Finish.BLOCKED, signal=f"stage={stage}", category=",".join(reply.categories))
    if decision in (Decision.ALLOW, Decision.REVIEW):
        return Text(text="")
    return Verdict(decision=decision, raw=f"{stage}: {reply.raw}")


def _decision(verdict: Verdict) -> Decision:
    if verdict.decision is not None:
        return verdict.decision
    if verdict.score is None or verdict.threshold is None:
        return Decision.UNREADABLE
    return Decision.FLAG if verdict.score >= verdict.threshold else Decision.ALLOW


@dataclass(slots=True, kw_only=True)
class Stack:
    """An input guard, a model and an output guard, one of the guards may be missing."""

    stages: Mapping[str, System]
    review: str
    kinds: frozenset[Kind]
    concurrency: int
    identity: Mapping[str, object] | None
    adaptive: bool = True
    batch: int | None = 1
    headroom: float | None = None

    async def respond(self, prompts: Sequence[Prompt]) -> AsyncIterator[tuple[str, Reply]]:
        """Yield what a user of the product would get for each prompt."""
        for prompt in prompts:
            yield prompt.id, await self._through(prompt)

    async def _through(self, prompt: Prompt) -> Reply:
        stopped = await self._guarded("input", prompt)
        if stopped is not None:
            return stopped
        reply = await self._asked("model", prompt)
        if not isinstance(reply, Text) or reply.finish in (Finish.BLOCKED, Finish.UNKNOWN):
            return reply
        said = prompt.turns[-1].text if prompt.turns else prompt.text
        exchange = replace(prompt, kind=Kind.EXCHANGE, text=said, reply=reply.text, turns=())
        stopped = await self._guarded("output", exchange)
        if isinstance(stopped, Text):
            return replace(
                stopped, model=reply.model, input_tokens=reply.input_tokens, output_tokens=reply.output_tokens
            )
        return reply if stopped is None else stopped

    async def _guarded(self, stage: str, prompt: Prompt) -> Reply | None:
        """Return the reply of a stage that does not let a prompt pass, None where it does or is not there."""
        if stage not in self.stages:
            return None
        verdict = await self._asked(stage, prompt)
        found = read((stage, verdict))
        if self.review == "stop" and isinstance(verdict, Verdict) and _decision(verdict) is Decision.REVIEW:
            found = replace(cast("Text", read(("review", verdict))), signal=f"stage={stage}")
        return None if isinstance(found, Text) and found.finish is Finish.COMPLETE else found

    async def _asked(self, stage: str, prompt: Prompt) -> Reply:
        async for _, reply in self.stages[stage].respond([prompt]):
            return reply
        raise CallError(f"{stage}: no reply", again=True)

    async def close(self) -> None:
        """Close every stage."""
        for system in self.stages.values():
            await system.close()
