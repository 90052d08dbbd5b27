"""Some guards want a wrapper around what they judge that no server puts there: the study names the file that holds it.

The wrapper is the guard's own, from its model card, with `{prompt}` and `{response}` where these go. It is part of what
the guard is, so its digest is part of the system's identity.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from refusals.errors import InputError
from refusals.systems._guard import only
from refusals.yamlfile import read_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from refusals.prompts import Prompt
    from refusals.study import SystemSpec

_SLOTS = ("{prompt}", "{response}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrapper:
    """A text with slots."""

    text: str

    @property
    def digest(self) -> str:
        """The SHA-256 of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def around(self, prompt: Prompt) -> str:
        """Return the text with a prompt and its reply in it; the slots of what is put in are left alone."""
        before, _, rest = self.text.partition(_SLOTS[0])
        middle, _, after = rest.partition(_SLOTS[1])
        return f"{before}{prompt.text}{middle}{prompt.reply or ''}{after}"


def read_file(spec: SystemSpec, name: str) -> str:
    """Return the text of the file that an option names, relative to the study.

    Raises:
        InputError: if the option is missing, or the file cannot be read.
    """
    only(spec, names=[name])
    given = dict(spec.options).get(name)
    if not given:
        raise InputError(
            f"{spec.name}: a {spec.kind} is asked with a text of its own around what it judges; put that, from its "
            f"model card, into a file, and name it in the study: options: {{{name}: FILE}}"
        )
    return text_in(spec.folder / given)


def text_in(path: Path) -> str:
    """Return the text of a file.

    Raises:
        InputError: if it cannot be read, or is not UTF-8.
    """
    try:
        return read_bytes(path).decode()
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not UTF-8 (byte {error.start})") from None


def read_wrapper(spec: SystemSpec) -> Wrapper:
    """Return the wrapper in the file that the option `wrapper` names.

    Raises:
        InputError: if there is none, or its slots are not there, once, in their order.
    """
    text = read_file(spec, "wrapper")
    if [text.count(slot) for slot in _SLOTS] != [1, 1] or text.index(_SLOTS[0]) > text.index(_SLOTS[1]):
        path = spec.folder / dict(spec.options)["wrapper"]
        raise InputError(
            f"{path}: a wrapper has {_SLOTS[0]} once, and after it {_SLOTS[1]} once, which stays empty without a reply"
        )
    return Wrapper(text=text)
