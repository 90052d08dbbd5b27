"""What a server's answers look like and what is read of them, for the `EXAMPLES` of guards that are language models."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from refusals.systems import Decision, Failure, Reply, Verdict
from refusals.systems._chat import STATUS

MODEL = "guard-1"


def completion(text: object, first: Mapping[str, float] | None = None, **more: Any) -> dict[str, Any]:
    """Return an answer of Chat Completions; `first` are the probabilities of its first token's alternatives."""
    choice: dict[str, Any] = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    if first:
        top = [{"token": token, "logprob": math.log(share)} for token, share in first.items()]
        choice["logprobs"] = {"content": [{**top[0], "top_logprobs": top}]}
    return {"model": MODEL, "choices": [choice | more]}


def allowed(score: float | None = None) -> Verdict:
    """Return the verdict of a guard that lets something pass."""
    return Verdict(decision=Decision.ALLOW, score=score, model=MODEL)


def flagged(*categories: str, score: float | None = None) -> Verdict:
    """Return the verdict of a guard that stops something."""
    return Verdict(decision=Decision.FLAG, score=score, categories=categories, model=MODEL)


def review(*categories: str) -> Verdict:
    """Return the middle verdict of a guard with three tiers."""
    return Verdict(decision=Decision.REVIEW, categories=categories, model=MODEL)


def odd(raw: str) -> Verdict:
    """Return what becomes of a text that is no verdict."""
    return Verdict(decision=Decision.UNREADABLE, model=MODEL, raw=raw)


# What none of these guards may take for a verdict.
BROKEN: tuple[tuple[object, Reply], ...] = (
    (completion(""), odd("(nothing)")),
    (completion(None), odd("(nothing)")),
    (completion("\n"), odd("\n")),
    (completion("safe", finish_reason="content_filter"), odd("finish_reason=content_filter")),
    (completion("safe", finish_reason="brand_new"), odd("finish_reason=brand_new")),
    ({STATUS: 404, "error": "no model"}, Failure(message="http 404: no model")),
    ({}, Failure(message="the answer has no choices with a message")),
    (None, Failure(message="the answer is not one complete JSON object")),
)
