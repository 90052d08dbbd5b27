"""`inspect:PROVIDER/MODEL` asks any model that Inspect (inspect_ai) knows, such as `inspect:google/gemini-3-pro`.

It wants `pip install 'refusals[inspect]'`, and what the provider wants beside that: its SDK, and its key in the
variable that Inspect looks for, or in that of `key`. Nothing else is asked for than a text: no tools, no fallback.
An option is an argument of the provider (`base_url`, `safety_settings`), read as JSON where it is JSON, or, after
`config.`, one of Inspect's settings: `config.temperature: "0"`. Inspect retries for ever unless told otherwise;
here it makes one attempt, and the further ones are made, and counted, as for every other system. It asks Gemini to
block nothing unless `safety_settings` says otherwise, so that what is measured is not what the provider does by
default. How outputs are read stands in `_model_output`. The option `config.system_message` gives a system prompt.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from refusals.errors import InputError, nearest
from refusals.systems import CallError, Failure, Reply
from refusals.systems._chat import KINDS, messages, read_kinds
from refusals.systems._endpoint import Secret
from refusals.systems._extra import library
from refusals.systems._model_output import EXAMPLES, read

if TYPE_CHECKING:
    from refusals.cases import Kind
    from refusals.prompts import Prompt
    from refusals.study import SystemSpec

__all__ = ["EXAMPLES", "build", "read"]

ADAPTER = "inspect/1"  # a new number makes cached replies stale
CONCURRENCY = 64
SETTINGS = (
    "system_message",
    "temperature",
    "top_p",
    "top_k",
    "seed",
    "reasoning_effort",
    "reasoning_tokens",
    "verbosity",
    "effort",
)
_MARKS = re.compile(r"\[/?[a-z][a-z ]*\]")
_OURS = ("model", "role", "required", "default", "config", "api_key", "memoize")  # of `get_model`, and no options


def build(spec: SystemSpec) -> InspectModel:
    """Return the system; the provider is looked for when it is asked first.

    Raises:
        InputError: if Inspect is not there, or the target, an option, a kind or the key is missing or wrong.
    """
    if not re.fullmatch(r"[A-Za-z0-9_.-]+(/[^/\s]+)+", spec.target):
        raise InputError(f"{spec.name}: {spec.target!r} is not of the form inspect:PROVIDER/MODEL")
    try:
        installed = version("inspect-ai")
    except PackageNotFoundError:
        library("inspect_ai", "inspect")
        installed = ""
    settings, arguments = _options(spec)
    return InspectModel(
        model=spec.target,
        arguments=arguments,
        settings={**settings, "max_tokens": spec.max_tokens},
        key=_key(spec),
        timeout=spec.timeout,
        kinds=read_kinds(spec),
        concurrency=spec.concurrency or CONCURRENCY,
        identity={
            "adapter": ADAPTER,
            "inspect": installed,
            "model": spec.target,
            "max_tokens": spec.max_tokens,
            "options": dict(spec.options),
        },
    )


def _options(spec: SystemSpec) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return Inspect's settings and the provider's arguments."""
    settings: dict[str, Any] = {}
    arguments: dict[str, Any] = {}
    for name, written in spec.options:
        start, _, setting = name.partition(".")
        if start == "config" and setting not in SETTINGS:
            raise InputError(f"{spec.name} has no option {name!r}; {nearest(setting, list(SETTINGS))} after config.")
        if start != "config" and (name in _OURS or not name.isidentifier()):
            raise InputError(f"{spec.name}: {name!r} is no argument of a provider; allowed: a name, not {_OURS}")
        (settings if start == "config" else arguments)[setting or name] = _value(written)
    return settings, arguments


def _value(written: str) -> Any:
    try:
        return json.loads(written)
    except ValueError:
        return written


def _key(spec: SystemSpec) -> Secret | None:
    if spec.key and not os.environ.get(spec.key):
        raise InputError(f"{spec.name} needs a key: put it into the environment variable {spec.key}")
    return Secret(os.environ[spec.key]) if spec.key else None


@dataclass(slots=True, kw_only=True)
class InspectModel:
    """A model behind one of Inspect's providers. `timeout` is in seconds, for one attempt."""

    model: str
    arguments: Mapping[str, Any]
    settings: Mapping[str, Any]
    key: Secret | None
    timeout: float
    identity: Mapping[str, object] | None
    kinds: frozenset[Kind] = KINDS
    concurrency: int = CONCURRENCY
    adaptive: bool = True
    batch: int | None = 1
    headroom: float | None = None
    _model: Any = field(default=None, repr=False)

    async def respond(self, prompts: Sequence[Prompt]) -> AsyncIterator[tuple[str, Reply]]:
        """Yield the reply to each prompt; a refusal by the provider is a reply."""
        for prompt in prompts:
            yield prompt.id, await self._ask(prompt)

    async def close(self) -> None:
        """Close the connections."""
        if self._model is not None:
            await self._model.__aexit__(None, None, None)
            self._model = None

    async def _ask(self, prompt: Prompt) -> Reply:
        turns = messages(prompt)
        model = self._model = self._model or self._connect()
        # The error is raised out here, so that it carries no request, and with it no key, in its context.
        answer = await self._attempt(model, turns)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _connect(self) -> Any:
        inspect = library("inspect_ai.model", "inspect")
        key = {"api_key": self.key.reveal()} if self.key else {}
        bounds = {"max_retries": 0, "timeout": math.ceil(self.timeout), "max_connections": self.concurrency}
        try:
            config = inspect.GenerateConfig(**bounds, **self.settings)
            return inspect.get_model(self.model, config=config, memoize=False, **key, **self.arguments)
        except Exception as error:  # noqa: BLE001 - each provider has its own
            raise InputError(f"inspect:{self.model} cannot be made: {self._plain(error)}") from None

    async def _attempt(self, model: Any, turns: list[dict[str, str]]) -> Reply | CallError | InputError:
        inspect = library("inspect_ai.model", "inspect")
        roles = {
            "user": inspect.ChatMessageUser,
            "assistant": inspect.ChatMessageAssistant,
            "system": inspect.ChatMessageSystem,
        }
        try:
            async with asyncio.timeout(self.timeout):
                output = await model.generate([roles[turn["role"]](content=turn["content"]) for turn in turns])
        except TimeoutError:
            return CallError(f"no answer within {self.timeout:g} s", again=True)
        except DeprecationWarning as warning:
            return InputError(f"{warning} (let Python not treat this warning as an error)")
        except Exception as error:  # noqa: BLE001 - each provider has its own
            return self._failed(model, error)
        reply = read(output.model_dump(mode="json"))
        return CallError(reply.message, again=True) if isinstance(reply, Failure) else reply

    def _failed(self, model: Any, error: Exception) -> CallError:
        """Return what a failed call was, and whether the provider thinks that another one may help."""
        last = getattr(error, "last_attempt", None)  # of tenacity, which Inspect retries with
        cause = last.exception() if last is not None else error.__cause__ or error
        try:
            decision = model.api.should_retry(cause)
        except Exception:  # noqa: BLE001 - it is asked about errors that are not the provider's
            decision = False
        return CallError(
            self._plain(cause),
            again=bool(decision),
            throttled=getattr(decision, "kind", "") == "rate_limit",
            after=getattr(decision, "retry_after", None),
        )

    def _plain(self, error: BaseException) -> str:
        """Return an error's message without the key, and without the marks for a terminal."""
        said = f"{type(error).__name__}: {_MARKS.sub('', str(error))}"
        return self.key.hide(said) if self.key else said
