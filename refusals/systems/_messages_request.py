"""What a request to the Messages API holds beside the turns: model, limits, thinking, effort, a system prompt."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from refusals.errors import InputError, nearest
from refusals.systems import Terms
from refusals.systems._chat import messages, read_options, system_prompt

if TYPE_CHECKING:
    from refusals.prompts import Prompt
    from refusals.study import SystemSpec

EFFORTS = ("low", "medium", "high", "xhigh", "max")
THINKING = ("adaptive", "disabled")
LEAST_BUDGET = 1024  # tokens, by the API's documentation
POLL = 60.0
BATCH_SHARE = 0.5  # of the price of a live call
CACHE_WRITE = 1.25  # a token that is written to the prompt cache costs so many that are only read
_SWITCH = ("true", "false")
_ANY: tuple[str, ...] = ()
_OPTIONS = {"thinking": _ANY, "effort": EFFORTS, "system": _ANY, "cache": _SWITCH, "batch": _SWITCH, "poll": _ANY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """All that is sent beside a prompt, the same for each. `system` is empty where none is given."""

    sent: Mapping[str, object]
    system: str = ""
    cache: bool = False

    @property
    def identity(self) -> dict[str, object]:
        """What of it changes an answer."""
        return {**self.sent, **({"system": self.system, "cache": self.cache} if self.system else {})}

    def terms(self, *, batch: bool) -> Terms:
        """Return what a call costs beside its prompt: each may be the one that writes the cache."""
        size = len(self.system.encode()) * (CACHE_WRITE if self.cache else 1)
        return Terms(share=BATCH_SHARE if batch else 1.0, beside=math.ceil(size))

    def body(self, prompt: Prompt) -> dict[str, object]:
        """Return the body of the request for a prompt.

        Raises:
            CallError: if a chat model cannot be sent it.
        """
        turns: list[dict[str, str]] = messages(prompt)
        own = turns.pop(0)["content"] if turns[0]["role"] == "system" else ""
        return {**self.sent, **self._systems(own), "messages": turns}

    def _systems(self, own: str) -> dict[str, object]:
        """Return the study's system prompt before that of the case itself, as plain text where there is but one."""
        if not self.cache and not (self.system and own):
            return {"system": self.system or own} if self.system or own else {}
        mark: dict[str, object] = {"cache_control": {"type": "ephemeral"}} if self.cache else {}
        blocks = [{"type": "text", "text": self.system, **mark}, *([{"type": "text", "text": own}] if own else [])]
        return {"system": blocks}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Whether requests go as batches, and the seconds between two looks at one."""

    batch: bool
    poll: float


def read_request(spec: SystemSpec, model: str) -> tuple[Request, Way]:
    """Read the options of a spec.

    Raises:
        InputError: if one is unknown or wrong.
    """
    options = read_options(spec, _OPTIONS)
    sent: dict[str, object] = {"model": model, "max_tokens": spec.max_tokens}
    if "thinking" in options:
        sent["thinking"] = _thinking(spec, options["thinking"])
    if "effort" in options:
        sent["output_config"] = {"effort": options["effort"]}
    system, cache = system_prompt(spec, options).get("system", ""), options.get("cache") == "true"
    if "cache" in options and not system:
        raise InputError(f"{spec.name}: what `cache` keeps is the system prompt; give one as `system`, or leave it out")
    return Request(sent=sent, system=system, cache=cache), _way(spec, options)


def _thinking(spec: SystemSpec, written: str) -> dict[str, object]:
    if written in THINKING:
        return {"type": written}
    if re.fullmatch("[0-9]{1,9}", written) and LEAST_BUDGET <= int(written) < spec.max_tokens:
        return {"type": "enabled", "budget_tokens": int(written)}
    budget = f"a number of tokens from {LEAST_BUDGET} on and below max-tokens, which is {spec.max_tokens}"
    raise InputError(f"{spec.name}: thinking cannot be {written!r}; {nearest(written, [*THINKING, budget])}")


def _way(spec: SystemSpec, options: Mapping[str, str]) -> Way:
    batch = options.get("batch") == "true"
    if "poll" not in options:
        return Way(batch=batch, poll=POLL)
    if not batch:
        raise InputError(f'{spec.name}: `poll` is for batches; write batch: "true" beside it, or leave it out')
    try:
        poll = float(options["poll"])
    except ValueError:
        poll = math.nan
    if not 0 < poll <= 3600:
        raise InputError(f"{spec.name}: poll cannot be {options['poll']!r}; allowed: seconds above 0, at most 3600")
    return Way(batch=batch, poll=poll)
