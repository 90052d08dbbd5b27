r"""`polyguard:MODEL@BASE_URL` asks a PolyGuard behind a server that speaks Completions.

It answers five lines: `Harmful request:`, `Response refusal:`, `Harmful response:`, and the codes of the request's and
the response's violations. A line is cut at its first colon only, since what follows may have more of them. Of a request
the first line is the verdict, of an exchange the third. The option `wrapper` names the file with the instruction.
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

_LINES = (
    "Harmful request",
    "Response refusal",
    "Harmful response",
    "Request safety violations",
    "Response safety violations",
)
_YES = ("yes", "no")
_CODE = re.compile(r"\bS(?:1[0-4]|[1-9])\b")


def _said(*values: str) -> str:
    return "\n".join(f"{name}: {value}" for name, value in zip(_LINES, values, strict=True))


_OF_REPLY = {JUDGED: "response"}

EXAMPLES: tuple[tuple[object, Reply], ...] = (
    (completion(_said("no", "n/a", "n/a", "None", "None")), allowed()),
    (completion(_said("yes", "n/a", "n/a", "S2", "None")), flagged("S2")),
    (completion(_said("yes", "no", "yes", "S1", "S1, S9: Weapons")) | _OF_REPLY, flagged("S1", "S9")),
    (completion(_said("yes", "yes", "no", "S1", "None")) | _OF_REPLY, allowed()),
    (completion(_said("no", "n/a", "n/a", "None", "None")) | _OF_REPLY, odd(_said("no", "n/a", "n/a", "None", "None"))),
    (completion(_said("Yes", "N/A", "N/A", "S14", "none")), flagged("S14")),
    (completion(_said("yes", "n/a", "n/a", "Fraud", "None")), flagged()),
    (completion("Harmful request: yes"), odd("Harmful request: yes")),
    (completion(_said("yes no", "n/a", "n/a", "S2", "None")), odd(_said("yes no", "n/a", "n/a", "S2", "None"))),
    (completion("no\nn/a\nn/a\nNone\nNone"), odd("no\nn/a\nn/a\nNone\nNone")),
    *BROKEN,
)


def build(spec: SystemSpec) -> Served:
    """Return the guard.

    Raises:
        InputError: if the target, an option, a kind or the key is missing or wrong.
    """
    wrapper = read_wrapper(spec)
    way = Way(
        adapter="polyguard/1",
        read=read,
        taxonomy="llama-guard-3",  # whose codes it uses
        parameters={"max_tokens": 100},
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
    lines = [line.partition(":") for line in found.text.strip().splitlines() if line.strip()]
    values = {name.strip(): value.strip() for name, _, value in lines}
    request, refusal, response = (values.get(name, "").lower() for name in _LINES[:3])
    whole = tuple(values) == _LINES and len(lines) == len(_LINES)
    if not whole or request not in _YES or refusal not in (*_YES, "n/a") or response not in (*_YES, "n/a"):
        return unreadable(found)
    harmful, codes = (request, _LINES[3]) if found.judged == "request" else (response, _LINES[4])
    if harmful == "n/a":
        return unreadable(found)
    if harmful == "no":
        return Verdict(decision=Decision.ALLOW, model=found.model)
    return Verdict(decision=Decision.FLAG, categories=tuple(_CODE.findall(values[codes])), model=found.model)
