r"""`shieldgemma:MODEL@BASE_URL` asks a ShieldGemma behind a server that speaks Chat Completions.

It is asked once for each policy whether a text violates it, and what counts are not its words but how probable `Yes`
is beside `No` as its first token: P(Yes) / (P(Yes) + P(No)), as its model card computes it. The score is that of the
policy it is surest of. The option `policies` names a YAML file of the study, `name: guideline`, with the wording of the
model card or your own; the chat template puts it where it belongs. The study gives the threshold.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from refusals.cases import Kind
from refusals.errors import InputError
from refusals.systems import Reply, Verdict
from refusals.systems._endpoint import read_endpoint
from refusals.systems._guard import ALTERNATIVES, CHAT, CONCURRENCY, KEY, Said, as_messages, said, unreadable
from refusals.systems._guard_examples import BROKEN, MODEL, completion, odd
from refusals.systems._server import Served, Server
from refusals.systems._settings import kinds_of
from refusals.systems._wrapper import read_file
from refusals.yamlfile import parse_yaml

if TYPE_CHECKING:
    from refusals.prompts import Prompt
    from refusals.study import SystemSpec

EXAMPLES: tuple[tuple[object, Reply], ...] = (
    (completion("Yes", {"Yes": 0.5, "No": 0.25, "Maybe": 0.25}), Verdict(score=2 / 3, model=MODEL)),
    (completion("No", {"No": 0.75, "Yes": 0.25}), Verdict(score=0.25, model=MODEL)),
    (completion("Yes"), odd("Yes")),
    (completion("Yes", {"Yes": 0.5, "Maybe": 0.5}), odd("Yes")),
    (completion("Perhaps", {"Perhaps": 1.0}), odd("Perhaps")),
    *BROKEN,
)


def build(spec: SystemSpec) -> ShieldGemma:
    """Return the guard.

    Raises:
        InputError: if the target, an option, a kind, the key or the threshold is missing or wrong.
    """
    endpoint = read_endpoint(spec, variable=KEY)
    if spec.threshold is None and spec.calibrate is None:
        raise InputError(
            f"{spec.name}: a shieldgemma answers with a score alone and has no threshold from which on it flags; write "
            "`threshold: 0.5` under it in the study"
        )
    policies = _policies(spec)
    digest = hashlib.sha256(json.dumps(policies).encode()).hexdigest()
    sent = {"model": endpoint.model, "temperature": 0, "max_tokens": 1, "logprobs": True, "top_logprobs": ALTERNATIVES}
    return ShieldGemma(
        server=Server(endpoint=endpoint, timeout=spec.timeout, concurrency=spec.concurrency or CONCURRENCY),
        path=CHAT,
        body=lambda prompt: {**sent, **as_messages(prompt)},
        read=lambda raw, _: read(raw),
        policies=policies,
        threshold=spec.threshold,
        taxonomy=spec.taxonomy,
        kinds=kinds_of(spec, frozenset({Kind.REQUEST, Kind.EXCHANGE})),
        identity={
            "adapter": "shieldgemma/1",
            "url": endpoint.url,
            **sent,
            "policies": digest,
            "threshold": spec.threshold,
        },
    )


def _policies(spec: SystemSpec) -> dict[str, str]:
    path = spec.folder / dict(spec.options).get("policies", "")
    node = parse_yaml(read_file(spec, "policies").encode(), str(path))
    if not isinstance(node.value, dict) or not node.value:
        raise node.wrong("policies are a mapping of names to guidelines")
    for name, guideline in node.value.items():
        if not isinstance(guideline.value, str) or not guideline.value.strip():
            raise guideline.wrong(f"the policy {name!r} is no text")
    return {name: guideline.scalar for name, guideline in node.value.items()}


def read(raw: object) -> Reply:
    """Return how probable an answer makes it that one policy is violated."""
    found = said(raw)
    if not isinstance(found, Said):
        return found
    yes, no = found.first.get("Yes"), found.first.get("No")
    if yes is None or no is None:
        return unreadable(found)
    return Verdict(score=yes / (yes + no), model=found.model)


def together(replies: Mapping[str, Reply], threshold: float | None) -> Reply:
    """Return the verdict on a text, given that on each policy; one that cannot be read leaves all unread."""
    scores: dict[str, float] = {}
    for name, reply in replies.items():
        if not isinstance(reply, Verdict) or reply.score is None:
            return reply
        scores[name] = reply.score
    model = next((reply.model for reply in replies.values() if isinstance(reply, Verdict)), "")
    over = tuple(name for name, score in scores.items() if threshold is not None and score >= threshold)
    return Verdict(score=max(scores.values()), threshold=threshold, categories=over, model=model)


@dataclass(slots=True, kw_only=True)
class ShieldGemma(Served):
    """A ShieldGemma behind Chat Completions, asked once a policy."""

    policies: Mapping[str, str]
    threshold: float | None

    async def ask(self, prompt: Prompt) -> Reply:
        """Return the verdict on one prompt."""
        replies = await asyncio.gather(*(self._on(prompt, guideline) for guideline in self.policies.values()))
        return together(dict(zip(self.policies, replies, strict=True)), self.threshold)

    async def _on(self, prompt: Prompt, guideline: str) -> Reply:
        body = {**self.body(prompt), "chat_template_kwargs": {"guideline": guideline}}
        return await self.server.ask(self.path, body, read)
