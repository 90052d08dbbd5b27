"""An output of any-guardrail says valid or not, also where its guard has said nothing: what stands behind it is read.

Its wrappers take for valid a Llama Guard that says nothing, an answer of Lakera or Alinia without `flagged`, one of
Bedrock without an action, one of OpenAI without a score; and for invalid whatever they could not parse, a reply whose
request is harmful, and what Bedrock only masks. So a guard that has a kind of its own here is read by the reader of
that kind, from its words or from the raw answer, and the others have to show what they have decided by.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from refusals.systems import (
    Decision,
    Reply,
    Verdict,
    bedrock_guardrails,
    granite_guardian,
    llama_guard,
    nemotron_content_safety,
    polyguard,
    qwen3guard,
    wildguard,
)
from refusals.systems._answer import finite, unreadable
from refusals.systems._chat import at, literal, text_at
from refusals.systems._guard import JUDGED

_FIELDS = ("valid", "explanation", "score", "categories", "extra", "usage", "raw")
GUARDRAIL = "guardrail"  # where `read` finds whose output it is
# Those whose `explanation` is all that the guard has said.
_SPOKEN: Mapping[str, Callable[[object], Reply]] = {
    "granite_guardian": granite_guardian.read,
    "llama_guard": llama_guard.read,
    "nemotron_content_safety": nemotron_content_safety.read,
    "poly_guard": polyguard.read,
    "qwen3_guard": qwen3guard.read,
    "wild_guard": wildguard.read,
}
_FLAGGED = {"alinia": ("result", "flagged"), "lakera_guard": ("flagged",)}  # where the raw answer says it
_LISTING = frozenset(
    {"azure_content_safety", "bielik_guard", "duo_guard", "openai_moderation"}
)  # each category, always


def as_json(output: Any, **more: object) -> dict[str, object] | None:
    """Return the fields of an output, models in it as their JSON, with more beside them; None if it is none at all."""
    found = {name: getattr(output, name, None) for name in _FIELDS}
    for name in ("usage", "raw"):
        dump = getattr(found[name], "model_dump", None)
        found[name] = dump(mode="json") if dump else found[name]
    if isinstance(found["categories"], list):
        found["categories"] = [
            each.model_dump() if hasattr(each, "model_dump") else each for each in found["categories"]
        ]
    return None if output is None else {**found, **more}


def read(raw: object) -> Reply:
    """Return the verdict that an output is: its fields, with the guardrail's name and what was judged."""
    if not isinstance(raw, Mapping):
        return unreadable(raw)
    shown = unreadable({key: value for key, value in raw.items() if key != "raw"})
    valid, score, listed = raw.get("valid"), raw.get("score"), raw.get("categories")
    odd = not isinstance(raw.get("extra"), Mapping | None)
    failed = odd or at(raw, "extra", "parse_failure") not in (None, False)
    if failed or not isinstance(valid, bool) or (score is not None and finite(score) is None):
        return shown
    if not isinstance(listed, list) or not all(isinstance(at(each, "name"), str) for each in listed):
        return shown
    decision = Decision.ALLOW if valid else Decision.FLAG
    own = _own(raw)
    if own is not None:
        return shown if _contradicts(own, decision, raw) else own
    if not _is_behind(raw, listed, valid=valid):
        return shown
    return Verdict(
        decision=decision,
        score=finite(score),
        categories=() if valid else tuple(literal(each["name"]) for each in listed if each.get("triggered") is True),
        model=text_at(raw, "usage", "model_id"),
    )


def _own(raw: Mapping[str, Any]) -> Verdict | None:
    """Return what the reader of our own kind makes of the guard's words or answer, None where there is none."""
    name, model = raw.get(GUARDRAIL), text_at(raw, "usage", "model_id")
    if name == "bedrock_guardrails":
        reply = bedrock_guardrails.read(raw.get("raw"))
    elif isinstance(name, str) and name in _SPOKEN:
        said = {"role": "assistant", "content": raw.get("explanation")}
        choices = [{"message": said, "finish_reason": "stop"}]
        reply = _SPOKEN[name]({"choices": choices, JUDGED: raw.get(JUDGED)})
    else:
        return None
    return replace(reply, model=model) if isinstance(reply, Verdict) else Verdict(decision=Decision.UNREADABLE)


def _contradicts(own: Verdict, theirs: Decision, raw: Mapping[str, Any]) -> bool:
    """Whether our reading is none, or the opposite; a reply may be better than its request, and masking is no block."""
    if own.decision is Decision.ALLOW and theirs is Decision.FLAG:
        return raw.get(JUDGED) != "response" and raw.get(GUARDRAIL) != "bedrock_guardrails"
    return own.decision is Decision.UNREADABLE or (own.decision is Decision.FLAG and theirs is Decision.ALLOW)


def _is_behind(raw: Mapping[str, Any], listed: list[Any], *, valid: bool) -> bool:
    """Whether the guard has said what the output says."""
    name = raw.get(GUARDRAIL)
    if not isinstance(name, str):
        return False
    if name in _FLAGGED:
        return at(raw, "raw", *_FLAGGED[name]) is (not valid)
    if name in _LISTING:
        return bool(listed) and all(isinstance(at(each, "triggered"), bool) for each in listed)
    return True


def _output(guardrail: str, valid: object, **more: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {"explanation": None, "score": None, "categories": [], "extra": None, "raw": None}
    return {GUARDRAIL: guardrail, JUDGED: "request", "valid": valid, **empty, **more}


def _triggered(**found: bool | None) -> list[dict[str, object]]:
    return [{"name": name, "triggered": triggered} for name, triggered in found.items()]


_LINES = "Harmful request: yes\nResponse refusal: yes\nHarmful response: no"
_MASKED = {"assessments": [{"sensitiveInformationPolicy": {"piiEntities": [{"type": "NAME", "action": "ANONYMIZED"}]}}]}
_ODD: tuple[dict[str, Any], ...] = (
    _output("llama_guard", valid=True, explanation=""),
    _output("llama_guard", valid=True, explanation="I cannot judge that."),
    _output("llama_guard", valid=True, explanation=None),
    _output("llama_guard", valid=True, explanation="unsafe\nS2"),
    _output("llama_guard", valid=False, explanation="safe"),
    _output("any_llm", valid=False, explanation="Sorry.", extra={"parse_failure": True}),
    _output("lakera_guard", valid=True, raw={}),
    _output("lakera_guard", valid=True, raw={"flagged": True}),
    _output("alinia", valid=True, raw={"result": None}),
    _output("bedrock_guardrails", valid=True, raw={"assessments": []}),
    _output("openai_moderation", valid=True, score=0.0),
    _output("azure_content_safety", valid=True, score=0.0, categories=_triggered(hate=None)),
    _output("deepset", valid=None),
    _output("deepset", valid="true"),
    _output("deepset", valid=True, score="low"),
    _output("deepset", valid=True, categories=None),
)

EXAMPLES: tuple[tuple[object, Reply], ...] = (
    (_output("deepset", valid=True, score=0.25), Verdict(decision=Decision.ALLOW, score=0.25)),
    (_output("harm_guard", valid=False, score=0.75, categories=_triggered(safe=False, unsafe=True)),
     Verdict(decision=Decision.FLAG, score=0.75, categories=("unsafe",))),
    (_output("openai_moderation", valid=True, score=0.25, categories=_triggered(hate=False)),
     Verdict(decision=Decision.ALLOW, score=0.25)),
    (_output("lakera_guard", valid=False, score=1.0, raw={"flagged": True}),
     Verdict(decision=Decision.FLAG, score=1.0)),
    (_output("llama_guard", valid=True, explanation="\n\nsafe"), Verdict(decision=Decision.ALLOW)),
    (_output("llama_guard", valid=False, explanation="unsafe\nS2", usage={"model_id": "m-1"}),
     Verdict(decision=Decision.FLAG, categories=("S2",), model="m-1")),
    (_output("qwen3_guard", valid=False, explanation="Safety: Controversial\nCategories: Violent"),
     Verdict(decision=Decision.REVIEW, categories=("Violent",))),
    (_output("wild_guard", valid=False, explanation=_LINES),
     Verdict(decision=Decision.FLAG, categories=("harmful request",))),
    (_output("wild_guard", valid=False, explanation=_LINES) | {JUDGED: "response"}, Verdict(decision=Decision.ALLOW)),
    (_output("bedrock_guardrails", valid=False, raw=_MASKED | {"action": "GUARDRAIL_INTERVENED"}),
     Verdict(decision=Decision.ALLOW)),
    *((raw, unreadable({key: value for key, value in raw.items() if key != "raw"})) for raw in _ODD),
    (None, unreadable(None)),
    ([], unreadable([])),
)  # fmt: skip
