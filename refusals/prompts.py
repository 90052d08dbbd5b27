"""A prompt is all that a system sees: words and their language, under an id that tells nothing."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from refusals.cases import Kind, Turn, Wording

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What is sent. `id` digests everything else, so equal prompts are one and no label shows.

    For an exchange `reply` is the reply to judge; for conversations and transcripts the words
    are in `turns` and `text` is empty.
    """

    id: str
    kind: Kind
    language: str
    text: str
    reply: str | None = None
    turns: tuple[Turn, ...] = ()


def render(wording: Wording, kind: Kind, language: str) -> Prompt:
    """Return the prompt that these words make; the words are not changed."""
    content = [kind, language, wording.prompt, wording.reply, [[turn.role, turn.text] for turn in wording.turns]]
    digest = hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()
    return Prompt(
        id=digest[:24],
        kind=kind,
        language=language,
        text=wording.prompt,
        reply=wording.reply,
        turns=wording.turns,
    )


def as_json(prompt: Prompt) -> dict[str, object]:
    """Return the prompt as the JSON object that `command` systems read."""
    turns = [{"role": turn.role, "text": turn.text} for turn in prompt.turns]
    return {
        "id": prompt.id,
        "kind": str(prompt.kind),
        "prompt": prompt.text,
        "language": prompt.language,
        "reply": prompt.reply,
        "turns": turns or None,
    }


def from_json(content: Mapping[str, object]) -> Prompt:
    """Return the prompt that `as_json` wrote."""
    turns = content["turns"] or ()
    assert isinstance(turns, list | tuple)
    reply = content["reply"]
    return Prompt(
        id=str(content["id"]),
        kind=Kind(str(content["kind"])),
        language=str(content["language"]),
        text=str(content["prompt"]),
        reply=None if reply is None else str(reply),
        turns=tuple(Turn(role=turn["role"], text=turn["text"]) for turn in turns),
    )


def last_said(prompt: Prompt) -> str:
    """Return the text that a reply answers: the prompt, or the last turn."""
    return prompt.turns[-1].text if prompt.turns else prompt.text
