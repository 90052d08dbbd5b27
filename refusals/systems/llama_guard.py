r"""`llama_guard:MODEL@BASE_URL` asks a Llama Guard behind a server that speaks Chat Completions.

The option `version` (2, 3 or 4) says which codes its categories are of: S5 means another harm in each. The server's
chat template wraps the turns, and the last one is judged: the user's of a request, the assistant's of an exchange. It
answers `safe`, or `unsafe` and on the next line the codes. The score is the probability that the first token is
`unsafe`, as the model card defines it, where the server gives probabilities.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from refusals.systems import Decision, Reply, Verdict
from refusals.systems._chat import read_options
from refusals.systems._guard import ALTERNATIVES, Said, Way, as_messages, build_guard, said, unreadable
from refusals.systems._guard_examples import BROKEN, allowed, completion, flagged, odd

if TYPE_CHECKING:
    from refusals.study import SystemSpec
    from refusals.systems._server import Served

VERSIONS = ("2", "3", "4")
_VERDICT = re.compile(r"\s*(?:(safe)|unsafe(?:\s*\n\s*(S\d{1,2}(?:\s*,\s*S\d{1,2})*))?)\s*")

EXAMPLES: tuple[tuple[object, Reply], ...] = (
    (completion("safe"), allowed()),
    (completion("\n\nsafe\n"), allowed()),
    (completion("unsafe\nS2"), flagged("S2")),
    (completion("\n\nunsafe\nS1,S10"), flagged("S1", "S10")),
    (completion("unsafe"), flagged()),
    (completion("unsafe\nS9", {"unsafe": 0.75, "safe": 0.25}), flagged("S9", score=0.75)),
    (completion("safe", {"safe": 0.5, "unsafe": 0.25}), allowed(score=0.25)),
    (completion("safe", {"safe": 0.5, "fine": 0.5}), allowed()),
    (completion("unsafe\nS2", finish_reason="length"), flagged("S2")),
    (completion("safe unsafe"), odd("safe unsafe")),
    (completion("safe\nS2"), odd("safe\nS2")),
    (completion("Unsafe: S2"), odd("Unsafe: S2")),
    (completion("unsafe\nviolence"), odd("unsafe\nviolence")),
    (completion("I cannot judge that."), odd("I cannot judge that.")),
    *BROKEN,
)


def build(spec: SystemSpec) -> Served:
    """Return the guard.

    Raises:
        InputError: if the target, an option, a kind or the key is missing or wrong.
    """
    version = read_options(spec, {"version": VERSIONS}).get("version", "3")
    way = Way(
        adapter="llama_guard/1",
        read=read,
        taxonomy=f"llama-guard-{version}",
        parameters={"max_tokens": 32, "logprobs": True, "top_logprobs": ALTERNATIVES},
        wrap=as_messages,
        facts={"version": version},
    )
    return build_guard(spec, way)


def read(raw: object) -> Reply:
    """Return the verdict that an answer is."""
    found = said(raw)
    if not isinstance(found, Said):
        return found
    verdict = _VERDICT.fullmatch(found.text)
    if not verdict:
        return unreadable(found)
    return Verdict(
        decision=Decision.ALLOW if verdict[1] else Decision.FLAG,
        score=found.first.get("unsafe"),
        categories=tuple(re.findall(r"S\d+", verdict[2] or "")),
        model=found.model,
    )
