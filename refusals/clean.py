"""Whatever came from outside goes through here on its way to a terminal, a page or a file."""

from __future__ import annotations

import re
import unicodedata

# Escape sequences go as a whole (ECMA-48: CSI, OSC and the other strings, then two-byte ones).
_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"
    r"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?"
    r"|\x9b[0-?]*[ -/]*[@-~]"
    r"|\x1b[ -/]*[0-~]?"
)
_SURROGATES = re.compile("[\ud800-\udfff]")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\ufeff\ufffe\uffff]")

# Characters that reorder or hide text are shown by name: Trojan Source (Boucher & Anderson 2021).
_SHOWN = {
    "\u061c": "ALM",
    "\u200b": "ZWSP",
    "\u200e": "LRM",
    "\u200f": "RLM",
    "\u202a": "LRE",
    "\u202b": "RLE",
    "\u202c": "PDF",
    "\u202d": "LRO",
    "\u202e": "RLO",
    "\u2066": "LRI",
    "\u2067": "RLI",
    "\u2068": "FSI",
    "\u2069": "PDI",
    "\u00ad": "SHY",
}
_REORDERING = re.compile("[" + "".join(_SHOWN) + "]|[\U000e0000-\U000e007f]")


def clean(text: str, *, lines: bool = False) -> str:
    """Return a text that can do nothing but be read.

    Escape sequences are dropped, control characters replaced by U+FFFD, and what reorders or
    hides text is shown as a token such as `⟦RLO⟧`. Newlines become spaces unless `lines`.
    """
    plain = _ESCAPES.sub("", text.replace("\r\n", "\n"))
    plain = _CONTROLS.sub("\ufffd", plain)
    plain = _REORDERING.sub(_token, plain)
    return plain if lines else " ".join(plain.split())


def storable(text: str) -> str:
    """Return the text with U+FFFD for each lone surrogate, which JSON allows and no file can hold."""
    return _SURROGATES.sub("\ufffd", text)


def _token(found: re.Match[str]) -> str:
    character = found[0]
    return f"⟦{_SHOWN.get(character) or unicodedata.name(character, f'U+{ord(character):04X}')}⟧"
