"""What the literals of providers mean is data: `signals.yaml` says it, value by value, and readers look it up.

A value that is not in the table is what `other` of its field says, which for a stop reason is always `unknown`: it is
undecided, counted, and never a compliance.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from refusals.errors import InputError, nearest
from refusals.schema import conform
from refusals.systems import Failure, Finish
from refusals.yamlfile import parse_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from refusals.nodes import Node

_FILE = "signals.yaml"
_OTHER = ""  # no value is empty


class Means(StrEnum):
    """What a value says of an answer.

    ERROR is no answer, LASTING_ERROR one that asking again will not bring. UNKNOWN can be read as nothing else.
    PASSES says nothing of how the answer ended.
    """

    COMPLETE = "complete"
    TRUNCATED = "truncated"
    BLOCKED = "blocked"
    ERROR = "error"
    LASTING_ERROR = "lasting-error"
    UNKNOWN = "unknown"
    PASSES = "passes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of an answer: what its values mean, what every `other` one does, and notes on some."""

    other: Means
    values: Mapping[str, Means]
    notes: Mapping[str, str]

    def means(self, value: object) -> Means:
        """Return what a value means, whatever it is."""
        return self.values.get(value, self.other) if isinstance(value, str) else self.other


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A provider's signals by field, with the `source` and its `version` that they were read from."""

    id: str
    name: str
    source: str
    version: str
    read_by: tuple[str, ...]
    note: str
    fields: Mapping[str, Field]


@cache
def providers() -> Mapping[str, Provider]:
    """Return all that the table says, by provider."""
    raw = files("refusals.systems").joinpath(_FILE).read_bytes()
    return read_table(raw, _FILE)


def read_table(raw: bytes, name: str) -> dict[str, Provider]:
    """Return what a file says; `name` stands for it in errors.

    Raises:
        InputError: if it is wrong.
    """
    node = conform(parse_yaml(raw, name), "signals")
    return {key: _provider(key, entry) for key, entry in node.entries.items()}


@cache
def field(name: str, *dialects: str) -> Field:
    """Return a field as these providers fill it.

    Raises:
        InputError: if none of them has it, or two contradict each other.
    """
    return merged(name, {each: providers()[each].fields[name] for each in dialects if name in providers()[each].fields})


def merged(name: str, dialects: Mapping[str, Field]) -> Field:
    """Return one field of several providers that speak one protocol.

    Raises:
        InputError: if there is none, or two take a value for different things.
    """
    if not dialects:
        raise InputError(f"no provider here has the field {name!r}")
    values: dict[str, Means] = {}
    for each in dialects.values():
        for value, means in (*each.values.items(), (_OTHER, each.other)):
            if values.setdefault(value, means) is not means:
                raise InputError(f"{name}={value} is {values[value]} and {means} among {', '.join(dialects)}")
    return Field(other=values.pop(_OTHER), values=values, notes={})


def ended(means: Means, signal: str) -> Finish | Failure:
    """Return how an answer ended, or that it is none; PASSES, where nothing else was said, is UNKNOWN."""
    if means in (Means.ERROR, Means.LASTING_ERROR):
        return Failure(message=signal, lasting=means is Means.LASTING_ERROR)
    return Finish.UNKNOWN if means is Means.PASSES else Finish(means.value)


def _provider(key: str, node: Node) -> Provider:
    return Provider(
        id=key,
        name=node.text("name"),
        source=node.text("source"),
        version=node.text("version"),
        read_by=node.texts("read-by"),
        note=node.text("note"),
        fields={name: _field(entry) for name, entry in node.entries["fields"].entries.items()},
    )


def _field(node: Node) -> Field:
    values = {value: Means(said.scalar) for value, said in node.entries["values"].entries.items()}
    notes = node.child("notes")
    for value, note in (notes.entries if notes else {}).items():
        if value not in values:
            raise InputError(f"a note on {value!r}, which is no value here; {nearest(value, list(values))}", note.place)
    return Field(
        other=Means(node.text("other")),
        values=values,
        notes={value: note.scalar for value, note in (notes.entries if notes else {}).items()},
    )
