"""What a translation leaves as it is: addresses, code, tags, slots, and names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

# In the order in which they are looked for: what one has taken, no other sees.
KINDS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "code": re.compile(r"```.*?```|`[^`\n]{1,400}`", re.DOTALL),
        "address": re.compile(r"(?:https?|ftp)://[!-~]+|\bwww\.[!-~]+", re.ASCII),
        "e-mail address": re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+", re.ASCII),
        "tag": re.compile(r"</?[A-Za-z][\w:-]*(?:\s[^<>]{0,400})?/?>", re.ASCII),
        "slot": re.compile(r"\{\{[^{}\n]{1,80}\}\}|\$?\{[^{}\n]{0,80}\}|%\([^()\n]{1,80}\)[sdfr]|%[sd]\b", re.ASCII),
        "argument": re.compile(r"(?<=[(\s])[a-z_]{2,40}=(?=[\"'\u00ab\u201c\d])", re.ASCII),
        "name": re.compile(r"(?<![\w.])[a-z0-9_-]{2,64}(?:\.[a-z0-9_-]{2,64})*\.[a-z]{2,24}(?![\w])", re.ASCII),
    }
)
_TRAILING = ".,;:!?)]}'\"*_"
_WORD = re.compile(r"(?:[^\W_][\u0300-\u036f]*)+(?:['\u2019-](?:[^\W_][\u0300-\u036f]*)+)*")


def protected(text: str) -> list[tuple[str, str]]:
    """Return (kind, string) of all that a translation leaves as it is, but for names of people and things."""
    found = []
    for kind, pattern in KINDS.items():
        strings = pattern.findall(text)
        found += [(kind, string.rstrip(_TRAILING) if kind == "address" else string) for string in strings]
        text = pattern.sub(" ", text)
    return found


def unprotected(text: str) -> str:
    """Return the text without what a translation leaves as it is."""
    for pattern in KINDS.values():
        text = pattern.sub(" ", text)
    return text


def words(text: str) -> list[str]:
    """Return the words of a text as they are written, in lower and upper case, with their marks."""
    return _WORD.findall(text)


def own_text(text: str, source: str) -> str:
    """Return the text without what it may share with its source: what is protected, and capitalised words."""
    names = {word for word in words(source) if not word[0].islower()}
    return _WORD.sub(lambda match: " " if match[0] in names else match[0], unprotected(text))
