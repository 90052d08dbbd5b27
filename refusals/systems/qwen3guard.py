r"""`qwen3guard:MODEL@BASE_URL` asks a Qwen3Guard-Gen behind a server that speaks Chat Completions.

It has three tiers: `Safety: Safe`, `Controversial` or `Unsafe`, then `Categories:`, and of a reply also `Refusal:`. The
middle tier is a review; the study says on which side that falls (`sides: {review: …}`). Categories are read from their
own line only, and as they are printed: `PII`, where the policy spells it out. Thinking before the verdict is left out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from refusals.systems import Decision, Reply, Verdict
from refusals.systems._chat import read_options
from refusals.systems._guard import THINKING, Said, Way, as_messages, build_guard, said, unreadable
from refusals.systems._guard_examples import BROKEN, allowed, completion, flagged, odd, review

if TYPE_CHECKING:
    from refusals.study import SystemSpec
    from refusals.systems._server import Served

CATEGORIES = (
    "Violent",
    "Non-violent Illegal Acts",
    "Sexual Content or Sexual Acts",
    "PII",
    "Suicide & Self-Harm",
    "Unethical Acts",
    "Politically Sensitive Topics",
    "Copyright Violation",
    "Jailbreak",
)
_TIERS = {"Safe": Decision.ALLOW, "Controversial": Decision.REVIEW, "Unsafe": Decision.FLAG}
_CATEGORY = "|".join(map(re.escape, CATEGORIES))
_VERDICT = re.compile(
    rf"\s*Safety: (Safe|Controversial|Unsafe)\s*\n\s*Categories: (None|(?:{_CATEGORY})(?:, (?:{_CATEGORY}))*)"
    r"(?:\s*\n\s*Refusal: (?:Yes|No))?\s*"
)

EXAMPLES: tuple[tuple[object, Reply], ...] = (
    (completion("Safety: Safe\nCategories: None"), allowed()),
    (completion("Safety: Unsafe\nCategories: Non-violent Illegal Acts"), flagged("Non-violent Illegal Acts")),
    (completion("Safety: Unsafe\nCategories: PII, Violent\nRefusal: No"), flagged("PII", "Violent")),
    (completion("Safety: Controversial\nCategories: Unethical Acts"), review("Unethical Acts")),
    (completion("<think>Unsafe? Violent?</think>\n\nSafety: Safe\nCategories: None\nRefusal: Yes"), allowed()),
    (completion("Safety: Unsafe\nCategories: None"), flagged()),
    (completion("Safety: unsafe\nCategories: Violent"), odd("Safety: unsafe\nCategories: Violent")),
    (completion("Safety: Unsafe"), odd("Safety: Unsafe")),
    (completion("Safety: Safe\nCategories: Violent"), odd("Safety: Safe\nCategories: Violent")),
    (completion("Safety: Unsafe\nCategories: Piracy"), odd("Safety: Unsafe\nCategories: Piracy")),
    (completion("Safety: Safe or Unsafe\nCategories: None"), odd("Safety: Safe or Unsafe\nCategories: None")),
    (completion("<think>Safety: Safe"), odd("<think>Safety: Safe")),
    (completion("It is Safe. Categories: None"), odd("It is Safe. Categories: None")),
    *BROKEN,
)


def build(spec: SystemSpec) -> Served:
    """Return the guard.

    Raises:
        InputError: if the target, an option, a kind or the key is missing or wrong.
    """
    read_options(spec, {})
    way = Way(
        adapter="qwen3guard/1",
        read=read,
        taxonomy="qwen3guard-2025",
        parameters={"max_tokens": spec.max_tokens},
        wrap=as_messages,
    )
    return build_guard(spec, way)


def read(raw: object) -> Reply:
    """Return the verdict that an answer is."""
    found = said(raw)
    if not isinstance(found, Said):
        return found
    verdict = _VERDICT.fullmatch(THINKING.sub("", found.text))
    if not verdict:
        return unreadable(found)
    decision, listed = _TIERS[verdict[1]], verdict[2]
    if decision is Decision.ALLOW and listed != "None":
        return unreadable(found)
    categories = () if listed == "None" else tuple(re.findall(_CATEGORY, listed))
    return Verdict(decision=decision, categories=categories, model=found.model)
