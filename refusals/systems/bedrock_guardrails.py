r"""`bedrock_guardrails:ID/VERSION@BASE_URL` asks a guardrail of Amazon Bedrock through ApplyGuardrail.

ID is the guardrail's identifier or its ARN, VERSION a number or DRAFT, BASE_URL such as
`https://bedrock-runtime.eu-central-1.amazonaws.com`. A request is sent as INPUT, the reply of an exchange as OUTPUT. It
says whether it has intervened, and which of its policies has done what: one that blocks flags, with its name as the
category. One that only masks (ANONYMIZED) lets the text pass, since the user is answered. An intervention by no policy,
a policy that acts where there was no intervention, and one that was shown a part of the text only are unreadable. How
many languages a guardrail knows depends on its tier, which is set where it was made. There is no score, hence no
threshold. The key is the Bedrock API key in AWS_BEARER_TOKEN_BEDROCK.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from refusals.cases import Kind
from refusals.errors import InputError
from refusals.systems import Decision, Failure, Reply, Verdict
from refusals.systems._answer import unreadable
from refusals.systems._chat import STATUS, at, literal, no_answer, read_options
from refusals.systems._endpoint import read_endpoint
from refusals.systems._guard import judged_text
from refusals.systems._server import Served, Server
from refusals.systems._settings import kinds_of

if TYPE_CHECKING:
    from refusals.prompts import Prompt
    from refusals.study import SystemSpec

ACTED = "GUARDRAIL_INTERVENED"
_ACTIONS = frozenset({"BLOCKED", "ANONYMIZED", "NONE"})  # of one policy
_TARGET = re.compile(r"(?P<id>[a-z0-9]+|arn:[a-z0-9:/-]+)/(?P<version>[1-9][0-9]*|DRAFT)")


def _answer(action: object, policy: str = "", *, entries: tuple[object, ...] = (), **more: object) -> dict[str, Any]:
    inner = {"contentPolicy": "filters", "topicPolicy": "topics", "sensitiveInformationPolicy": "piiEntities"}
    assessment = {policy: {inner.get(policy, "customWords"): list(entries)}} if policy else {}
    return {"action": action, "outputs": [], "assessments": [assessment], **more}


_VIOLENCE = {"type": "VIOLENCE", "confidence": "HIGH", "action": "BLOCKED", "detected": True}
_SPARED = {"type": "HATE", "confidence": "LOW", "action": "NONE", "detected": False}
_NAME = {"type": "NAME", "match": "Ada", "action": "ANONYMIZED"}
_UNSAID = _answer(ACTED)
_ODD: tuple[object, ...] = (
    _UNSAID,
    _answer(ACTED, "contentPolicy", entries=(_SPARED,)),
    _answer("NONE", "contentPolicy", entries=(_VIOLENCE,)),
    _answer("NONE", "sensitiveInformationPolicy", entries=(_NAME,)),
    _answer(ACTED, "contentPolicy", entries=(_VIOLENCE | {"action": "LOGGED"},)),
    _answer(ACTED, "contentPolicy", entries=("VIOLENCE",)),
    _answer("NONE", guardrailCoverage={"textCharacters": {"guarded": 0, "total": 31}}),
    _answer("BLOCKED"),
    _answer(None),
    {"action": "NONE"},
    {"action": "NONE", "assessments": [None]},
    {"action": "NONE", "assessments": [{"contentPolicy": {"filters": "none"}}]},
    {"action": "NONE", "assessments": [{"contentPolicy": "none"}]},
    {},
)

EXAMPLES: tuple[tuple[object, Reply], ...] = (
    (_answer("NONE"), Verdict(decision=Decision.ALLOW)),
    (_answer("NONE", guardrailCoverage={"textCharacters": {"guarded": 31, "total": 31}}),
     Verdict(decision=Decision.ALLOW)),
    (_answer("NONE", "contentPolicy", entries=(_SPARED,)), Verdict(decision=Decision.ALLOW)),
    (_answer(ACTED, "contentPolicy", entries=(_SPARED, _VIOLENCE)),
     Verdict(decision=Decision.FLAG, categories=("VIOLENCE",))),
    (_answer(ACTED, "topicPolicy", entries=({"name": "Weapons", "type": "DENY", "action": "BLOCKED"},)),
     Verdict(decision=Decision.FLAG, categories=("Weapons",))),
    (_answer(ACTED, "wordPolicy", entries=({"match": "lock", "action": "BLOCKED"},)),
     Verdict(decision=Decision.FLAG, categories=("customWords",))),
    (_answer(ACTED, "sensitiveInformationPolicy", entries=(_NAME,)), Verdict(decision=Decision.ALLOW)),
    (_answer(ACTED, "sensitiveInformationPolicy", entries=(_NAME, _NAME | {"type": "PIN", "action": "BLOCKED"})),
     Verdict(decision=Decision.FLAG, categories=("PIN",))),
    *((raw, unreadable(raw)) for raw in _ODD),
    ({STATUS: 403, "message": "No such key."}, Failure(message="http 403: No such key.")),
    (None, Failure(message="the answer is not one complete JSON object")),
)  # fmt: skip


def build(spec: SystemSpec) -> Served:
    """Return the system.

    Raises:
        InputError: if the target, an option, a kind or the key is missing or wrong, or a threshold is given.
    """
    read_options(spec, {})
    endpoint = read_endpoint(spec, variable="AWS_BEARER_TOKEN_BEDROCK")
    named = _TARGET.fullmatch(endpoint.model)
    if not named:
        raise InputError(
            f"{spec.name}: {endpoint.model!r} is no guardrail with its version; write bedrock_guardrails:ID/1@BASE_URL "
            "or ID/DRAFT"
        )
    if spec.threshold is not None:
        raise InputError(f"{spec.name}: a bedrock_guardrails decides without a score; leave out `threshold`")
    return Served(
        server=Server(endpoint=endpoint, timeout=spec.timeout, concurrency=spec.concurrency or 8),
        path=f"/guardrail/{quote(named['id'], safe='')}/version/{named['version']}/apply",
        body=_body,
        read=lambda raw, _: read(raw),
        taxonomy=spec.taxonomy,
        kinds=kinds_of(spec, frozenset({Kind.REQUEST, Kind.EXCHANGE})),
        identity={"adapter": "bedrock_guardrails/1", "url": endpoint.url, "guardrail": endpoint.model},
    )


def _body(prompt: Prompt) -> dict[str, object]:
    source = "INPUT" if prompt.reply is None else "OUTPUT"
    return {"source": source, "content": [{"text": {"text": judged_text(prompt)}}]}


def read(raw: object) -> Reply:
    """Return the verdict that an answer is."""
    failure = no_answer(raw)
    if failure or not isinstance(raw, Mapping):
        return failure or unreadable(raw)
    assessments = raw.get("assessments")
    if not isinstance(assessments, list) or not all(isinstance(each, Mapping) for each in assessments):
        return unreadable(raw)
    done = [(name, action) for assessment in assessments for name, action in _done(assessment)]
    actions = {action for _, action in done}
    if not actions <= _ACTIONS:
        return unreadable(raw)
    acted = bool(actions - {"NONE"})
    guarded, total = (at(raw, "guardrailCoverage", "textCharacters", key) for key in ("guarded", "total"))
    if raw.get("action") != (ACTED if acted else "NONE") or (not acted and guarded != total):
        return unreadable(raw)
    blocked = tuple(dict.fromkeys(name for name, action in done if action == "BLOCKED"))
    return Verdict(decision=Decision.FLAG if blocked else Decision.ALLOW, categories=blocked)


def _done(assessment: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield what each policy has found and done; what cannot be read there is an action that nobody knows."""
    for policy, lists in assessment.items():
        if not policy.endswith("Policy") or policy == "automatedReasoningPolicy" or lists is None:
            continue  # automated reasoning only tells what it has found
        for kind, entries in lists.items() if isinstance(lists, Mapping) else ((policy, lists),):
            for entry in entries if isinstance(entries, list) else (entries,):
                yield literal(at(entry, "name") or at(entry, "type") or kind), literal(at(entry, "action"))
