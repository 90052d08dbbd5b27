r"""`nemotron_content_safety:MODEL@BASE_URL` asks a Nemotron or NemoGuard content-safety model.

It stands behind a server that speaks Chat Completions. It answers lines such as `Prompt harm: harmful` and `Response
harm: unharmful`, or, as NemoGuard and Safety-Guard do, a JSON object with `User Safety`, `Response Safety` and `Safety
Categories`. Thinking before the verdict is left out. The option `wrapper` names the file with the instruction.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from refusals.cases import Kind
from refusals.systems import Decision, Reply, Verdict
from refusals.systems._chat import decode
from refusals.systems._guard import JUDGED, THINKING, Said, Way, build_guard, said, unreadable
from refusals.systems._guard_examples import BROKEN, allowed, completion, flagged, odd
from refusals.systems._wrapper import read_wrapper

if TYPE_CHECKING:
    from collections.abc import Mapping

    from refusals.prompts import Prompt
    from refusals.study import SystemSpec
    from refusals.systems._server import Served

_LINE = re.compile(r"(Prompt|Response) harm: (harmful|unharmful)", re.IGNORECASE)
_HARM = {"harmful": True, "unsafe": True, "unharmful": False, "safe": False}
_OF_REPLY = {JUDGED: "response"}
_JSON = '{"User Safety": "unsafe", "Response Safety": "safe", "Safety Categories": "Violence, Threat"}'

EXAMPLES: tuple[tuple[object, Reply], ...] = (
    (completion("Prompt harm: harmful"), flagged()),
    (completion("Prompt harm: unharmful\nResponse Harm: harmful"), allowed()),
    (completion("Prompt harm: unharmful\nResponse Harm: harmful") | _OF_REPLY, flagged()),
    (completion("<think>Prompt harm: harmful</think>\nPrompt harm: unharmful"), allowed()),
    (completion(_JSON), flagged("Violence", "Threat")),
    (completion(_JSON) | _OF_REPLY, allowed()),
    (completion('{"User Safety": "safe"}'), allowed()),
    (completion('{"User Safety": "safe"}') | _OF_REPLY, odd('{"User Safety": "safe"}')),
    (completion('{"User Safety": "unclear"}'), odd('{"User Safety": "unclear"}')),
    (completion('{"User Safety": "unsafe"'), odd('{"User Safety": "unsafe"')),
    (completion("Prompt harm: none"), odd("Prompt harm: none")),
    (completion("Prompt harm: harmful\nPrompt harm: unharmful"), odd("Prompt harm: harmful\nPrompt harm: unharmful")),
    (completion("Response harm: unharmful"), odd("Response harm: unharmful")),
    *BROKEN,
)


def build(spec: SystemSpec) -> Served:
    """Return the guard.

    Raises:
        InputError: if the target, an option, a kind or the key is missing or wrong.
    """
    wrapper = read_wrapper(spec)

    def wrap(prompt: Prompt) -> Mapping[str, object]:
        return {"messages": [{"role": "user", "content": wrapper.around(prompt)}]}

    way = Way(
        adapter="nemotron_content_safety/1",
        read=read,
        taxonomy="nemotron-safety-guard-v3",
        parameters={"max_tokens": spec.max_tokens},
        wrap=wrap,
        kinds=frozenset({Kind.REQUEST, Kind.EXCHANGE}),
        facts={"wrapper": wrapper.digest},
    )
    return build_guard(spec, way)


def read(raw: object) -> Reply:
    """Return the verdict that an answer is."""
    found = said(raw)
    if not isinstance(found, Said):
        return found
    text = THINKING.sub("", found.text).strip()
    told, categories = _object(text) if text.startswith("{") else (_lines(text), ())
    harm = _HARM.get(told.get(found.judged, ""))
    if harm is None:
        return unreadable(found)
    return Verdict(
        decision=Decision.FLAG if harm else Decision.ALLOW, categories=categories if harm else (), model=found.model
    )


def _lines(text: str) -> dict[str, str]:
    """Return what is said of the request and of the response; nothing where a line is none of these, or comes twice."""
    found: dict[str, str] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        match = _LINE.fullmatch(line)
        of = {"prompt": "request", "response": "response"}[match[1].lower()] if match else ""
        if match is None or of in found:
            return {}
        found[of] = match[2].lower()
    return found


def _object(text: str) -> tuple[dict[str, str], tuple[str, ...]]:
    said_of = decode(text.encode("utf-8", "replace")) or {}
    told = {"request": said_of.get("User Safety"), "response": said_of.get("Response Safety")}
    listed = said_of.get("Safety Categories")
    names = [name.strip() for name in listed.split(",")] if isinstance(listed, str) else []
    return {of: word.lower() for of, word in told.items() if isinstance(word, str)}, tuple(filter(None, names))
