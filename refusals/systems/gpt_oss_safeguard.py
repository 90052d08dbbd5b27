r"""`gpt_oss_safeguard:MODEL@BASE_URL` asks a gpt-oss-safeguard behind a server that speaks Chat Completions.

It judges by a policy that it is given with every call, so policy, effort and the form of its answer belong together
and are part of what the system is. The policy is the one beside this file, or that of the option `policy`, which has to
ask for `{"violation": 0}` or `{"violation": 1, "category": "…"}`. The option `effort` is low, medium or high. Only what
it says in its final channel is read.
"""

from __future__ import annotations

import hashlib
from importlib.resources import files
from typing import TYPE_CHECKING

from refusals.cases import Kind
from refusals.clean import storable
from refusals.errors import InputError, nearest
from refusals.systems import Decision, Reply, Verdict
from refusals.systems._chat import at, decode
from refusals.systems._guard import Said, Way, build_guard, only, said, unreadable
from refusals.systems._guard_examples import BROKEN, allowed, completion, flagged, odd
from refusals.systems._wrapper import text_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from refusals.prompts import Prompt
    from refusals.study import SystemSpec
    from refusals.systems._server import Served

EFFORTS = ("low", "medium", "high")
_OPTIONS = ("effort", "policy")
_FINAL = "<|channel|>final<|message|>"
_END = ("<|return|>", "<|end|>")

EXAMPLES: tuple[tuple[object, Reply], ...] = (
    (completion('{"violation": 0, "category": null}'), allowed()),
    (completion('{"violation": 1, "category": "fraud"}'), flagged("fraud")),
    (completion(' {"violation": 1}\n'), flagged()),
    (completion(f'<|channel|>analysis<|message|>1?<|end|>{_FINAL}{{"violation": 0}}<|return|>'), allowed()),
    (completion("1"), odd("1")),
    (completion('{"violation": true}'), odd('{"violation": true}')),
    (completion('{"violation": 2}'), odd('{"violation": 2}')),
    (completion('{"category": "fraud"}'), odd('{"category": "fraud"}')),
    (completion('No: {"violation": 0}'), odd('No: {"violation": 0}')),
    (completion('{"violation": 0}{"violation": 1}'), odd('{"violation": 0}{"violation": 1}')),
    (completion('{"violation": 0, "violation": 1}'), odd('{"violation": 0, "violation": 1}')),
    *BROKEN,
)


def build(spec: SystemSpec) -> Served:
    """Return the guard.

    Raises:
        InputError: if the target, an option, a kind or the key is missing or wrong.
    """
    only(spec, names=_OPTIONS)
    options = dict(spec.options)
    effort = options.get("effort", "low")
    if effort not in EFFORTS:
        raise InputError(f"{spec.name}: effort cannot be {effort!r}; {nearest(effort, list(EFFORTS))}")
    if "policy" in options:
        policy = text_in(spec.folder / options["policy"])
    else:
        policy = files("refusals.systems").joinpath("gpt_oss_safeguard.md").read_text("utf-8")

    def wrap(prompt: Prompt) -> Mapping[str, object]:
        judged = prompt.text if prompt.reply is None else f"MESSAGE:\n{prompt.text}\n\nREPLY:\n{prompt.reply}"
        return {"messages": [{"role": "system", "content": policy}, {"role": "user", "content": judged}]}

    way = Way(
        adapter="gpt_oss_safeguard/1",
        read=read,
        taxonomy="",
        parameters={"max_tokens": spec.max_tokens, "reasoning_effort": effort},
        wrap=wrap,
        kinds=frozenset({Kind.REQUEST, Kind.EXCHANGE}),
        facts={"policy": hashlib.sha256(policy.encode()).hexdigest()},
    )
    return build_guard(spec, way)


def read(raw: object) -> Reply:
    """Return the verdict that an answer is."""
    found = said(raw)
    if not isinstance(found, Said):
        return found
    text = found.text.rpartition(_FINAL)[2]
    for end in _END:
        text = text.removesuffix(end)
    told = decode(text.strip().encode("utf-8", "replace"))
    violation, category = at(told, "violation"), at(told, "category")
    if type(violation) is not int or violation not in (0, 1):
        return unreadable(found)
    categories = (storable(category),) if violation and isinstance(category, str) and category else ()
    return Verdict(decision=Decision.FLAG if violation else Decision.ALLOW, categories=categories, model=found.model)
