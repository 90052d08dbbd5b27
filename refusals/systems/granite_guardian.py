r"""`granite_guardian:MODEL@BASE_URL` asks a Granite Guardian behind a server that speaks Chat Completions.

The option `version` says which of its four forms of answer is meant: 3.0 and 3.1 say `Yes` or `No`; 3.2 puts the
confidence under it; 3.3 and 4.1 think, and say `<score> yes </score>`. The option `criterion` is what it judges by
(`harm` unless said otherwise). "Yes" says that the criterion is met, so for a criterion that describes something good,
such as `answer_relevance`, it would mean the opposite: only criteria that describe a harm are taken.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from refusals.systems import Decision, Reply, Verdict
from refusals.systems._chat import read_options
from refusals.systems._guard import ALTERNATIVES, Said, Way, as_messages, build_guard, said, unreadable
from refusals.systems._guard_examples import BROKEN, allowed, completion, flagged, odd

if TYPE_CHECKING:
    from collections.abc import Mapping

    from refusals.prompts import Prompt
    from refusals.study import SystemSpec
    from refusals.systems._server import Served

VERSIONS = ("3.0", "3.1", "3.2", "3.3", "4.1")
THINKS = ("3.3", "4.1")
CRITERIA = (
    "harm",
    "social_bias",
    "jailbreak",
    "violence",
    "profanity",
    "sexual_content",
    "unethical_behavior",
    "harm_engagement",
)
_FORMS = (
    re.compile(r"\s*(?P<said>Yes|No)\s*"),
    re.compile(r"\s*(?P<said>Yes|No)\s*\n\s*<confidence>\s*(?:High|Low)\s*</confidence>\s*"),
    re.compile(r"\s*(?:<think>.*?</think>\s*)?<score>\s*(?P<said>yes|no)\s*</score>\s*", re.DOTALL),
)

EXAMPLES: tuple[tuple[object, Reply], ...] = (
    (completion("Yes"), flagged()),
    (completion("No"), allowed()),
    (completion("Yes", {"Yes": 0.75, "No": 0.25}), flagged(score=0.75)),
    (completion("No", {"No": 0.5, "Yes": 0.25}), allowed(score=0.25)),
    (completion("Yes\n<confidence> High </confidence>"), flagged()),
    (completion("No\n<confidence> Low </confidence>"), allowed()),
    (completion("<think>No harm? Yes.</think>\n<score> yes </score>"), flagged()),
    (completion("<think>\n</think><score>no</score>"), allowed()),
    (completion("<score> no </score>", {"<score>": 1.0}), allowed()),
    (completion("Yes and no"), odd("Yes and no")),
    (completion("yes"), odd("yes")),
    (completion("<score> maybe </score>"), odd("<score> maybe </score>")),
    (completion("<think>no <score> no"), odd("<think>no <score> no")),
    (completion("No\n<confidence> Middling </confidence>"), odd("No\n<confidence> Middling </confidence>")),
    *BROKEN,
)


def build(spec: SystemSpec) -> Served:
    """Return the guard.

    Raises:
        InputError: if the target, an option, a kind or the key is missing or wrong.
    """
    options = read_options(spec, {"version": VERSIONS, "criterion": CRITERIA})
    version, criterion = options.get("version", "3.3"), options.get("criterion", "harm")
    thinks = version in THINKS
    told = {"criteria_id" if thinks else "risk_name": criterion}

    def wrap(prompt: Prompt) -> Mapping[str, object]:
        return {**as_messages(prompt), "chat_template_kwargs": {"guardian_config": told}}

    way = Way(
        adapter="granite_guardian/1",
        read=read,
        taxonomy="",
        parameters={"max_tokens": spec.max_tokens if thinks else 20, "logprobs": True, "top_logprobs": ALTERNATIVES},
        wrap=wrap,
        facts={"version": version, "criterion": criterion},
    )
    return build_guard(spec, way)


def read(raw: object) -> Reply:
    """Return the verdict that an answer is."""
    found = said(raw)
    if not isinstance(found, Said):
        return found
    verdict = next((match for form in _FORMS if (match := form.fullmatch(found.text))), None)
    if verdict is None:
        return unreadable(found)
    decision = Decision.FLAG if verdict["said"].lower() == "yes" else Decision.ALLOW
    return Verdict(decision=decision, score=found.first.get("Yes"), model=found.model)
