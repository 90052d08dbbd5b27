"""`any_guardrail:NAME` runs a guardrail of Mozilla's any-guardrail, such as `any_guardrail:lakera_guard`.

It wants `pip install 'refusals[any-guardrail]'`, and the extras of that package which the guardrail needs:
`huggingface` for the models, which then run in this process, one text at a time. The options are the guardrail's own
parameters (`model_id`, `threshold`, `policy`), read as JSON where they are no texts. A key is never one of them: it
stands in the environment variable that the guardrail looks for, or in that of `key`. Where a guardrail takes a request
with its reply it is shown both, else the reply alone of an exchange. How its outputs are read, and what does not count,
stands in `_guardrail_output`.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from refusals.cases import Kind
from refusals.errors import InputError, nearest
from refusals.systems import CallError, Reply
from refusals.systems._endpoint import Secret
from refusals.systems._extra import library
from refusals.systems._guard import JUDGED, score_decides
from refusals.systems._guardrail_output import EXAMPLES, GUARDRAIL, as_json, read
from refusals.systems._thread import in_thread

if TYPE_CHECKING:
    from refusals.prompts import Prompt
    from refusals.study import SystemSpec

__all__ = ["EXAMPLES", "build", "read"]

ADAPTER = "any_guardrail/1"  # a new number makes cached replies stale
HOSTED = "hosted_api"


def build(spec: SystemSpec) -> AnyGuardrailSystem:
    """Return the system; the guardrail is made, and its weights loaded, when it is asked first.

    Raises:
        InputError: if any-guardrail is not there, or the target, an option, a kind or the key is missing or wrong.
    """
    package = library("any_guardrail", "any_guardrail")
    names = [str(name) for name in package.AnyGuardrail.get_supported_guardrails()]
    if spec.target not in names:
        raise InputError(f"{spec.name}: there is no guardrail {spec.target!r}; {nearest(spec.target, names)}")
    name = package.GuardrailName(spec.target)
    schema = {each.name: each for each in package.AnyGuardrail.get_parameter_schema(name)}
    options: dict[str, dict[str, Any]] = {"create": {}, "validate": {}}
    for key, written in spec.options:
        parameter = schema.get(key)
        if parameter is None or parameter.secret:
            open_to_all = [each.name for each in schema.values() if not each.secret]
            raise InputError(f"{spec.name}: {name} has no option {key!r}; {nearest(key, open_to_all)}")
        options[str(parameter.stage)][key] = _value(spec, parameter, written)
    secrets = _secrets(spec, schema)
    if spec.key:
        options["create"][next(each.name for each in schema.values() if each.secret)] = secrets[0].reveal()
    hosted = str(package.AnyGuardrail.metadata(name).backend) == HOSTED
    return AnyGuardrailSystem(
        guardrail=spec.target,
        create=options["create"],
        validate=options["validate"],
        takes=_takes(spec, options["validate"]),
        secrets=secrets,
        hosted=hosted,
        timeout=spec.timeout,
        threshold=spec.threshold,
        taxonomy=spec.taxonomy,
        concurrency=spec.concurrency or (8 if hosted else 1),
        identity={
            "adapter": ADAPTER,
            "any-guardrail": version("any-guardrail"),
            GUARDRAIL: spec.target,
            "options": dict(spec.options),
            "threshold": spec.threshold,
        },
    )


def _value(spec: SystemSpec, parameter: Any, written: str) -> Any:
    if parameter.choices and written not in map(str, parameter.choices):
        known = nearest(written, [str(each) for each in parameter.choices])
        raise InputError(f"{spec.name}: {parameter.name} cannot be {written!r}; {known}")
    if str(parameter.type) in ("string", "enum"):
        return written
    try:
        return json.loads(written)
    except ValueError:
        raise InputError(f"{spec.name}: {parameter.name} is {parameter.type}, not {written!r}") from None


def _secrets(spec: SystemSpec, schema: Mapping[str, Any]) -> tuple[Secret, ...]:
    """Return the keys that no message may show; that of the study, where there is one, is the first."""
    secret = [each for each in schema.values() if each.secret]
    if spec.key and not secret:
        raise InputError(f"{spec.name}: {spec.target} takes no key; leave out `key`")
    if spec.key and not os.environ.get(spec.key):
        raise InputError(f"{spec.name} needs a key: put it into the environment variable {spec.key}")
    values = [os.environ.get(variable) for variable in (spec.key, *(each.env_var for each in secret)) if variable]
    return tuple(Secret(value) for value in values if value)


def _takes(spec: SystemSpec, given: Mapping[str, Any]) -> dict[Kind, bool]:
    """Return the kinds that the guardrail reads, and whether it is shown the request of an exchange too."""
    package, calls = library("any_guardrail", "any_guardrail"), library("any_guardrail.evaluate", "any_guardrail")
    name = package.GuardrailName(spec.target)
    stages = {str(stage) for stage in package.AnyGuardrail.metadata(name).stages}
    found: dict[Kind, bool] = {}
    why = ""
    for kind, shown, stage in ((Kind.REQUEST, (None,), "input"), (Kind.EXCHANGE, ("a reply", None), "output")):
        for reply in shown if stage in stages else ():
            try:
                arguments, _ = calls.build_validate_call(name, None, "a text", reply, dict(given))
            except calls.EvaluateArgumentError as error:
                why = why or str(error)
                continue
            if "a text" in arguments or reply in arguments:
                found.setdefault(kind, reply is not None)
    wanted = {Kind(kind) for kind in spec.kinds} or set(found)
    for kind in wanted:
        if kind not in found:
            raise InputError(
                f"{spec.name}: {spec.target} reads no {str(kind)!r}; {nearest(kind, sorted(found))} ({why})"
            )
    if not found:
        raise InputError(f"{spec.name}: {spec.target} cannot be shown a text alone: {why or 'it takes none'}")
    return {kind: pair for kind, pair in found.items() if kind in wanted}


@dataclass(slots=True, kw_only=True)
class AnyGuardrailSystem:
    """A guardrail of any-guardrail. `timeout` is in seconds, for one call, the loading of weights aside."""

    guardrail: str
    create: Mapping[str, Any] = field(repr=False)
    validate: Mapping[str, Any]
    takes: Mapping[Kind, bool]
    secrets: tuple[Secret, ...]
    hosted: bool
    timeout: float
    threshold: float | None
    identity: Mapping[str, object] | None
    taxonomy: str
    concurrency: int
    adaptive: bool = False
    batch: int | None = 1
    headroom: float | None = None
    _made: Any = field(default=None, repr=False)
    _making: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    @property
    def kinds(self) -> frozenset[Kind]:
        """The kinds of case that it reads."""
        return frozenset(self.takes)

    async def respond(self, prompts: Sequence[Prompt]) -> AsyncIterator[tuple[str, Reply]]:
        """Yield the verdict on each prompt."""
        async with self._making:
            if self._made is None:
                self._made = await in_thread(self._make, self.guardrail)
        read_it = score_decides(read, self.threshold)
        for prompt in prompts:
            yield prompt.id, read_it(await self._call(prompt))

    def _make(self, guardrail: str) -> Any:
        package = library("any_guardrail", "any_guardrail")
        try:
            return package.AnyGuardrail.create(package.GuardrailName(guardrail), **self.create)
        except Exception as error:  # noqa: BLE001 - each guardrail has its own
            raise InputError(f"any_guardrail:{guardrail} cannot be made: {self._plain(error)}") from None

    async def _call(self, prompt: Prompt) -> object:
        failed = ""
        try:
            async with asyncio.timeout(self.timeout):
                return await in_thread(self._validated, prompt)
        except TimeoutError:
            failed = f"no answer within {self.timeout:g} s"
        except Exception as error:  # noqa: BLE001 - each guardrail has its own
            failed = self._plain(error)
        # It is raised out here, so that it carries no request, and with it no key, in its context.
        raise CallError(failed, again=self.hosted)

    def _validated(self, prompt: Prompt) -> object:
        """Return what the guardrail says of a prompt, in a thread."""
        package = library("any_guardrail", "any_guardrail")
        pair = self.takes[prompt.kind]
        shown = prompt.text if pair or prompt.reply is None else prompt.reply
        output = package.AnyGuardrail.evaluate(
            package.GuardrailName(self.guardrail), self._made, shown, prompt.reply if pair else None, **self.validate
        )
        judged = "request" if prompt.reply is None else "response"
        return as_json(output, **{GUARDRAIL: self.guardrail, JUDGED: judged})

    def _plain(self, error: BaseException) -> str:
        said = f"{type(error).__name__}: {error}"
        for secret in self.secrets:
            said = secret.hide(said)
        return said

    async def close(self) -> None:
        """There is nothing to release: a thread that still runs ends with its call or with the process."""
        self._made = None
