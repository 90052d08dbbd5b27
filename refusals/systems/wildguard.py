r"""`wildguard:MODEL@BASE_URL` asks a WildGuard behind a server that speaks Completions.

It answers three lines, `Harmful request:`, `Response refusal:` and `Harmful response:`. Of a request the first is the
verdict, of an exchange the third; the middle one is no verdict on harm. The option `wrapper` names the file with the
instruction of the model card, since no chat template has it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from refusals.cases import Kind
from refusals.systems import Decision, Reply, Verdict
from refusals.systems._guard import JUDGED, TEXT, Said, Way, build_guard, said, unreadable
from refusals.systems._guard_examples import BROKEN, allowed, completion, flagged, odd
from refusals.systems._wrapper import read_wrapper

if TYPE_CHECKING:
    from refusals.study import SystemSpec
    from refusals.systems._server import Served

_VERDICT = re.compile(
    r"\s*Harmful request: (?P<request>yes|no)\s*\n\s*Response refusal: (?:yes|no|n/a)\s*\n"
    r"\s*Harmful response: (?P<response>yes|no|n/a)\s*",
    re.IGNORECASE,
)


def _lines(request: str, refusal: str, response: str) -> str:
    return f"Harmful request: {request}\nResponse refusal: {refusal}\nHarmful response: {response}"


_OF_REPLY = {JUDGED: "response"}

EXAMPLES: tuple[tuple[object, Reply], ...] = (
    (completion(_lines("no", "n/a", "n/a")), allowed()),
    (completion(_lines("yes", "n/a", "n/a") + "\n"), flagged("harmful request")),
    (completion(_lines("yes", "yes", "no")) | _OF_REPLY, allowed()),
    (completion(_lines("no", "no", "yes")) | _OF_REPLY, flagged("harmful response")),
    (completion(_lines("no", "n/a", "n/a")) | _OF_REPLY, odd(_lines("no", "n/a", "n/a"))),
    ({"choices": [{"text": _lines("no", "n/a", "n/a"), "finish_reason": "stop"}], "model": "guard-1"}, allowed()),
    (completion("Harmful request: yes"), odd("Harmful request: yes")),
    (completion(_lines("maybe", "n/a", "n/a")), odd(_lines("maybe", "n/a", "n/a"))),
    (completion("Harmful response: no\nHarmful request: no"), odd("Harmful response: no\nHarmful request: no")),
    (completion(_lines("no", "n/a", "n/a") + "\nHarmful"), odd(_lines("no", "n/a", "n/a") + "\nHarmful")),
    *BROKEN,
)


def build(spec: SystemSpec) -> Served:
    """Return the guard.

    Raises:
        InputError: if the target, an option, a kind or the key is missing or wrong.
    """
    wrapper = read_wrapper(spec)
    way = Way(
        adapter="wildguard/1",
        read=read,
        taxonomy="",
        parameters={"max_tokens": 32},
        wrap=lambda prompt: {"prompt": wrapper.around(prompt)},
        path=TEXT,
        kinds=frozenset({Kind.REQUEST, Kind.EXCHANGE}),
        facts={"wrapper": wrapper.digest},
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
    told = verdict[found.judged].lower()
    if told == "n/a":
        return unreadable(found)
    if told == "no":
        return Verdict(decision=Decision.ALLOW, model=found.model)
    return Verdict(decision=Decision.FLAG, categories=(f"harmful {found.judged}",), model=found.model)
