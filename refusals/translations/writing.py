"""Translations are written in one form, so that a change of one text is a change of its lines only."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from refusals.translations import Translation
from refusals.wholefile import write_whole

if TYPE_CHECKING:
    from refusals.cases import Wording

WIDTH = 92


def write_translations(path: Path, texts: Iterable[Translation]) -> None:
    """Write the texts of a domain in a language, whole or not at all; comments at the top of the file stay.

    Args:
        path: `translations/<tag>/<domain>.yaml`.
        texts: all texts of the file, in the order to write them in.
    """
    kept = _comments(path)
    content = kept + "".join(f"{line}\n" for text in texts for line in _entry(text))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, content)


def _comments(path: Path) -> str:
    if not path.is_file():
        return ""
    lines = path.read_text("utf-8").splitlines(keepends=True)
    end = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
    return "".join(lines[:end])


def _entry(text: Translation) -> Iterator[str]:
    yield f"{text.case}:"
    if text.wording is None:
        yield from _scalar("untranslatable", text.untranslatable, 2)
    else:
        yield from _wording(text.wording)
    yield f"  source: {text.source}"
    yield from _scalar("previous", text.previous, 2)
    yield f"  by: {text.by}"
    for key in ("translator", "prompt", "on"):
        yield from _short(key, getattr(text, key), 2)
    yield f"  state: {text.claimed}"
    if text.parallelism != "translated":
        yield f"  parallelism: {text.parallelism}"
    if text.evidence is not None:
        yield "  evidence:"
        yield f"    of: {text.evidence.of}"
        yield from _scalar("back", text.evidence.back, 4)
        yield from _short("label", text.evidence.label, 4)
        yield from (f"    {question}: {'true' if yes else 'false'}" for question, yes in text.evidence.answers)
        yield from _short("by", text.evidence.by, 4)
        yield from _short("on", text.evidence.on, 4)
    if text.reviews:
        yield "  reviews:"
        for review in text.reviews:
            yield f"    - {{state: {review.state}, by: {json.dumps(review.by, ensure_ascii=False)}, on: {review.on}}}"
    if text.dismissed:
        yield "  dismissed:"
        for check, reason in text.dismissed:
            yield from _scalar(check, reason, 4)


def _wording(wording: Wording) -> Iterator[str]:
    if wording.turns:
        yield "  turns:"
        for turn in wording.turns:
            yield f"    - role: {turn.role}"
            yield from _scalar("text", turn.text, 6)
        return
    yield from _scalar("text", wording.prompt, 2)
    if wording.reply is not None:
        yield from _scalar("reply", wording.reply, 2)


def _short(key: str, value: str, indent: int) -> Iterator[str]:
    if value:
        plain = value.replace("-", "").replace(" ", "").replace("_", "").isalnum() and value[0].isalnum()
        yield f"{' ' * indent}{key}: {value if plain and value.isascii() else json.dumps(value, ensure_ascii=False)}"


def _scalar(key: str, value: str, indent: int) -> Iterator[str]:
    """A text as a folded block where folding gives it back unchanged, else in quotes."""
    if not value:
        return
    margin = " " * indent
    words = value.split(" ")
    if "\n" in value or "\t" in value or not all(words) or value[0] == "\u3000":
        yield f"{margin}{key}: {json.dumps(value, ensure_ascii=False)}"
        return
    yield f"{margin}{key}: >-"
    line = words[0]
    for word in words[1:]:
        if len(line) + 1 + len(word) > WIDTH:
            yield f"{margin}  {line}"
            line = word
        else:
            line = f"{line} {word}"
    yield f"{margin}  {line}"
