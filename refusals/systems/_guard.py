"""Guards that are language models say their verdict in a text: what is sent to them, and how it is taken apart.

They run behind any server that speaks Chat Completions, whose chat template puts the guard's own wrapper around the
turns. What they say is a verdict only if all of it is: anything else is `unreadable`, and never "safe".
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from refusals.cases import Kind
from refusals.clean import storable
from refusals.errors import InputError, nearest
from refusals.systems import Decision, Failure, Finish, Reply, Verdict
from refusals.systems._chat import at
from refusals.systems._chat_completions import read as read_completion
from refusals.systems._endpoint import read_endpoint
from refusals.systems._server import Served, Server

if TYPE_CHECKING:
    from refusals.prompts import Prompt
    from refusals.study import SystemSpec

KEY = "OPENAI_API_KEY"
CHAT, TEXT = "/chat/completions", "/completions"
CONCURRENCY = 64
ALTERNATIVES = 20  # first tokens that a server is asked for the probabilities of, the most that they give
GUARDED = frozenset({Kind.REQUEST, Kind.EXCHANGE, Kind.CONVERSATION})
JUDGED = "judged"  # where `read` finds whether a request or its response is to be judged
THINKING = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a guard has said, on a request or a response.

    `first` are the probabilities of what its first token could have been.
    """

    text: str
    model: str
    judged: str
    first: Mapping[str, float]


def said(raw: object) -> Said | Reply:
    """Return what stands in an answer of Chat Completions, or the reply that it is where it is no guard's words."""
    reply = read_completion(_as_chat(raw))
    if isinstance(reply, Failure | Verdict):
        return reply
    if reply.finish in (Finish.BLOCKED, Finish.UNKNOWN):
        return Verdict(decision=Decision.UNREADABLE, model=reply.model, raw=reply.signal)
    judged = "response" if at(raw, JUDGED) == "response" else "request"
    return Said(text=reply.text, model=reply.model, judged=judged, first=_first(raw))


def _as_chat(raw: object) -> object:
    """Return an answer of Completions, which has a bare text, in the form of Chat Completions."""
    choice = at(raw, "choices", 0)
    if not isinstance(raw, Mapping) or not isinstance(choice, Mapping) or "message" in choice or "text" not in choice:
        return raw
    return {**raw, "choices": [{**choice, "message": {"role": "assistant", "content": choice["text"]}}]}


def unreadable(found: Said) -> Verdict:
    """Return the verdict that keeps what could not be read."""
    return Verdict(decision=Decision.UNREADABLE, model=found.model, raw=storable(found.text)[:1000] or "(nothing)")


def _first(raw: object) -> dict[str, float]:
    """Return the probabilities of what the first token that is not blank could have been, by its letters."""
    tokens = at(raw, "choices", 0, "logprobs", "content")
    for token in tokens if isinstance(tokens, list) else ():
        if not isinstance(at(token, "token"), str) or not at(token, "token").strip():
            continue
        found: dict[str, float] = {}
        alternatives = at(token, "top_logprobs")
        for each in (token, *(alternatives if isinstance(alternatives, list) else ())):
            word, log = at(each, "token"), at(each, "logprob")
            if isinstance(word, str) and isinstance(log, int | float) and not isinstance(log, bool) and log <= 0:
                found[word.strip()] = max(found.get(word.strip(), 0.0), math.exp(log))
        return found
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a guard is asked and read.

    Attributes:
        adapter: name and number of the way: a new number makes cached replies stale.
        read: turns an answer's JSON into a reply.
        taxonomy: the scheme that its categories are of.
        parameters: what is sent in every call.
        wrap: what is sent of a prompt.
        path: where it is sent, below the base URL.
        kinds: of case that it reads.
        facts: what else its verdicts depend on.
    """

    adapter: str
    read: Callable[[object], Reply]
    taxonomy: str
    parameters: Mapping[str, object]
    wrap: Callable[[Prompt], Mapping[str, object]]
    path: str = CHAT
    kinds: frozenset[Kind] = GUARDED
    facts: Mapping[str, object] = field(default_factory=dict)


def build_guard(spec: SystemSpec, way: Way) -> Served:
    """Return a guard at `MODEL@BASE_URL`.

    Raises:
        InputError: if the target, a kind or the key is missing or wrong.
    """
    endpoint = read_endpoint(spec, variable=KEY)
    for kind in spec.kinds:
        if kind not in way.kinds:
            raise InputError(f"{spec.name} ({spec.kind}) reads no {kind!r}; {nearest(kind, sorted(way.kinds))}")
    sent = {"model": endpoint.model, "temperature": 0, **way.parameters}
    identity: dict[str, Any] = {"adapter": way.adapter, "url": endpoint.url, **sent, **way.facts}
    if spec.threshold is not None:
        identity["threshold"] = spec.threshold
    read = score_decides(way.read, spec.threshold)
    return Served(
        server=Server(endpoint=endpoint, timeout=spec.timeout, concurrency=spec.concurrency or CONCURRENCY),
        path=way.path,
        body=lambda prompt: {**sent, **way.wrap(prompt)},
        read=lambda raw, prompt: read(judging(raw, prompt)),
        identity=identity,
        taxonomy=spec.taxonomy or way.taxonomy,
        kinds=frozenset(map(Kind, spec.kinds)) or way.kinds,
    )


def judging(raw: object, prompt: Prompt) -> object:
    """Return an answer with what it is to be read for: the request, or the response that an exchange has."""
    judged = "request" if prompt.reply is None else "response"
    return {**raw, JUDGED: judged} if isinstance(raw, Mapping) else raw


def score_decides(read: Callable[[object], Reply], threshold: float | None) -> Callable[[object], Reply]:
    """Return a reader that leaves the decision to the score, where the study gives a threshold."""

    def decided(raw: object) -> Reply:
        reply = read(raw)
        if threshold is None or not isinstance(reply, Verdict) or reply.score is None:
            return reply
        return replace(reply, decision=None, threshold=threshold)

    return decided


def only(spec: SystemSpec, *, names: Sequence[str]) -> None:
    """Refuse an option that is none of these.

    Raises:
        InputError: if there is one.
    """
    for name, _ in spec.options:
        if name not in names:
            raise InputError(f"{spec.name} has no option {name!r}; {nearest(name, list(names))}")


def as_messages(prompt: Prompt) -> dict[str, object]:
    """Return a prompt as the messages that the server's chat template wraps: an exchange ends with its reply."""
    turns = [{"role": turn.role, "content": turn.text} for turn in prompt.turns]
    turns = turns or [{"role": "user", "content": prompt.text}]
    if prompt.reply is not None:
        turns.append({"role": "assistant", "content": prompt.reply})
    return {"messages": turns}


def judged_text(prompt: Prompt) -> str:
    """Return the one text that is judged where only one can be: the reply of an exchange, else the prompt."""
    return prompt.text if prompt.reply is None else prompt.reply
