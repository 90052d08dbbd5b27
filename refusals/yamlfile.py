"""A file is data: this strict reader turns YAML into nodes that know their place.

Every scalar is a string; what type it has is for the schema to say. What YAML can do beyond
plain data is refused: anchors, aliases, tags, merge keys, duplicate keys, directives, several
documents. So are bytes that are not UTF-8, control characters, and more than 32 levels.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from refusals.errors import InputError, Place
from refusals.nodes import Node
from refusals.plainfile import read_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    import yaml

MAX_BYTES = 8 * 2**20
MAX_SCALAR = 200_000
MAX_DEPTH = 32
MAX_NODES = 1_000_000

# Tab and newline are the only control characters of a text. NEL, LS and PS would move the line
# numbers; U+FEFF inside a text is invisible; surrogates cannot be encoded.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")


def read_yaml(path: Path, name: str | None = None) -> Node:
    """Read a file as one node.

    Args:
        path: the file.
        name: how errors call it; the path as seen from the current folder by default.

    Raises:
        InputError: with `path:line:column`, if the file cannot be read or is not plain data.
    """
    return parse_yaml(read_bytes(path, name), name or shown(path))


def read_bytes(path: Path, name: str | None = None) -> bytes:
    """Return the bytes of a file.

    Raises:
        InputError: if it cannot be read, or is too large to be one of ours.
    """
    called = name or shown(path)
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise InputError(f"the file has {size:,} bytes; allowed: {MAX_BYTES:,}", Place(called, 1, 1))
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{called}: cannot be read: {error.strerror or error}") from error


def shown(path: Path) -> str:
    """Return how errors call a path: as it is seen from the current folder."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def parse_yaml(raw: bytes, name: str) -> Node:
    """Read bytes as one node; `name` stands for the path in errors."""
    text = decoded(raw, name)
    return read_plain(text, name) or _Builder(text, name).document()


def decoded(raw: bytes, name: str) -> str:
    r"""Return the text of a file, its lines ending in `\n` alone.

    Raises:
        InputError: where it is not UTF-8, or has a character that no file may have.
    """
    try:
        text = raw.decode("utf-8", errors="strict")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - (raw.rfind(b"\n", 0, error.start) + 1) + 1
        message = f"byte {error.start} is not UTF-8 (found 0x{raw[error.start]:02x}); save the file as UTF-8"
        raise InputError(message, Place(name, line, column)) from None
    text = text.removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    found = _FORBIDDEN.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        column = found.start() - text.rfind("\n", 0, found.start())
        raise InputError(f"the character {_named(found[0])} is not allowed in a file", Place(name, line, column))
    return text


def unreadable(text: str) -> str:
    """Return why a text cannot stand in a file, empty where it can."""
    if len(text) > MAX_SCALAR:
        return f"a text of {len(text):,} characters; allowed: {MAX_SCALAR:,}"
    found = _FORBIDDEN.search(text)
    return f"the character {_named(found[0])} is not allowed in a text" if found else ""


def _named(character: str) -> str:
    name = unicodedata.name(character, "control, surrogate or noncharacter")
    return f"U+{ord(character):04X} ({name})"


class _Builder:
    """Turns the parser's events into nodes, without recursion in C, and counts as it goes."""

    def __init__(self, text: str, name: str) -> None:
        import yaml

        self.name = name
        self.yaml = yaml
        self.parser = getattr(yaml, "CBaseLoader", yaml.BaseLoader)(text)
        self.nodes = 0

    def document(self) -> Node:
        try:
            self._expect_start()
            event = self.parser.get_event()
            if isinstance(event, self.yaml.DocumentEndEvent | self.yaml.StreamEndEvent):
                raise InputError("the file is empty", Place(self.name, 1, 1))
            node = self._node(event, 1)
            self._expect_end()
        except self.yaml.YAMLError as error:
            raise self._syntax(error) from None
        finally:
            self.parser.dispose()
        return node

    def _expect_start(self) -> None:
        self.parser.get_event()
        event = self.parser.get_event()
        if isinstance(event, self.yaml.StreamEndEvent):
            raise InputError("the file is empty", Place(self.name, 1, 1))
        if event.version or event.tags:
            raise self._wrong(event, "directives (%YAML, %TAG) are not allowed")

    def _expect_end(self) -> None:
        self.parser.get_event()
        event = self.parser.get_event()
        if not isinstance(event, self.yaml.StreamEndEvent):
            raise self._wrong(event, "a second document begins here; one document a file is allowed")

    def _node(self, event: Any, depth: int) -> Node:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise self._wrong(event, f"the file has more than {MAX_NODES:,} values")
        if isinstance(event, self.yaml.ScalarEvent):
            return self._scalar(event)
        if isinstance(event, self.yaml.AliasEvent):
            raise self._wrong(event, f"the alias *{event.anchor} is not allowed; write the value out")
        self._plain_data(event)
        if depth > MAX_DEPTH:
            raise self._wrong(event, f"more than {MAX_DEPTH} levels of nesting")
        if isinstance(event, self.yaml.SequenceStartEvent):
            members = [self._node(inner, depth + 1) for inner in self._until(self.yaml.SequenceEndEvent)]
            return self._made(event, members)
        return self._mapping(event, depth)

    def _mapping(self, event: Any, depth: int) -> Node:
        entries: dict[str, Node] = {}
        for key_event in self._until(self.yaml.MappingEndEvent):
            key = self._node(key_event, depth + 1)
            if not isinstance(key.value, str):
                raise key.wrong("a key must be a plain word")
            name = unicodedata.normalize("NFC", key.value)
            if name == "<<" and not key_event.style:
                raise key.wrong("the merge key << is not allowed; write the entries out")
            if name in entries:
                raise key.wrong(f"the key {name!r} stands here a second time")
            value = self._node(self.parser.get_event(), depth + 1)
            entries[name] = Node(value.value, value.path, value.line, value.column, key.line, key.column)
        return self._made(event, entries)

    def _until(self, end: type) -> Iterator[Any]:
        while not isinstance(event := self.parser.get_event(), end):
            yield event

    def _scalar(self, event: Any) -> Node:
        self._plain_data(event)
        value: str = event.value
        wrong = unreadable(value)
        if wrong:
            raise self._wrong(event, wrong)
        return self._made(event, value)

    def _plain_data(self, event: Any) -> None:
        if event.anchor is not None:
            raise self._wrong(event, f"the anchor &{event.anchor} is not allowed; write the value out")
        if event.tag is not None:
            raise self._wrong(event, f"the tag {event.tag} is not allowed; the schema gives the type")

    def _made(self, event: Any, value: str | list[Node] | dict[str, Node]) -> Node:
        mark = event.start_mark
        return Node(value, self.name, mark.line + 1, mark.column + 1)

    def _wrong(self, event: Any, message: str) -> InputError:
        mark = event.start_mark
        return InputError(message, Place(self.name, mark.line + 1, mark.column + 1))

    def _syntax(self, error: yaml.YAMLError) -> InputError:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        said = [part for part in (getattr(error, "context", None), getattr(error, "problem", None)) if part]
        message = "not valid YAML: " + (", ".join(said) or str(error))
        return InputError(message, Place(self.name, mark.line + 1, mark.column + 1) if mark else Place(self.name, 1, 1))
