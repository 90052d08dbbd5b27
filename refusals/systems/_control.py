"""A control says the same to everything, in the prompt's language, so that the figures at both ends are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from refusals.cases import Kind
from refusals.systems import Failure, Text
from refusals.systems._settings import kinds_of, no_target

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from refusals.prompts import Prompt
    from refusals.study import SystemSpec
    from refusals.systems import Reply

# A chat model answers; an exchange has its answer already.
_KINDS = frozenset({Kind.REQUEST, Kind.CONVERSATION, Kind.TRANSCRIPT})


def read(raw: str) -> Reply:
    """Return a phrase as the text that it is."""
    return Text(text=raw)


class Control:
    """A chat model that says one of a language's phrases, always the same to the same prompt.

    Args:
        spec: the system as the study names it; it takes no target.
        phrases: by language tag.
        what: what the phrases are, for the failure where a language has none.
    """

    batch: int | None = 256
    concurrency = 1
    adaptive = False
    identity: Mapping[str, object] | None = None
    headroom: float | None = None

    def __init__(self, spec: SystemSpec, phrases: Mapping[str, tuple[str, ...]], what: str) -> None:
        no_target(spec)
        self.kinds = kinds_of(spec, _KINDS)
        self._phrases = phrases
        self._what = what

    async def respond(self, prompts: Sequence[Prompt]) -> AsyncIterator[tuple[str, Reply]]:
        """Yield a phrase for each prompt, drawn by the digest in its id."""
        for prompt in prompts:
            phrases = self._phrases.get(prompt.language)
            if phrases:
                yield prompt.id, read(phrases[int(prompt.id, 16) % len(phrases)])
            else:
                yield prompt.id, Failure(message=f"_language.yaml of {prompt.language} has no `{self._what}`")

    async def close(self) -> None:
        """There is nothing to release."""
