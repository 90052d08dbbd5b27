"""The JSON Schemas that ship for editors are the ones that the loader obeys.

A small part of JSON Schema 2020-12 is read, and only that part is used in `schemas/`: `type`,
`properties`, `required`, `additionalProperties`, `propertyNames`, `items`, `enum`, `pattern`,
`minLength`, `minItems`, `minimum`, `maximum`, `minProperties` and `$ref` into `$defs`. Scalars of
a file are strings, so a number is a string that reads as one.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from refusals.errors import InputError, nearest

if TYPE_CHECKING:
    from refusals.nodes import Node

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]{1,3})?")
_KINDS = {str: "a text", list: "a list", dict: "a mapping"}
_SHAPES = {"object": dict, "array": list}


@cache
def schema(name: str) -> dict[str, Any]:
    """Return the schema of a kind of file: family, domain, language, translations, study, policy."""
    loaded: dict[str, Any] = json.loads(files("refusals").joinpath("schemas", f"{name}.json").read_text("utf-8"))
    return loaded


def conform(node: Node, name: str) -> Node:
    """Return the node unchanged if it has the shape of the schema.

    Raises:
        InputError: at the first value that has not; it names place, value and what is allowed.
    """
    rules = schema(name)
    if not _fits(name)(node):
        _conform(node, rules, rules, "the file")  # says where, and what is allowed
    return node


Fits = Callable[["Node"], bool]


@cache
def _fits(name: str) -> Fits:
    """Return what tells quickly whether a node has a shape, and never says yes where `_conform` objects."""
    root = schema(name)
    shared: dict[str, Fits] = {}

    def compiled(rules: dict[str, Any]) -> Fits:
        if "$ref" not in rules:
            return made(rules)
        key = rules["$ref"].removeprefix("#/$defs/")
        if key not in shared:
            shared[key] = lambda node, key=key: shared[key](node)  # type: ignore[misc]  # what refers to itself is made later
            shared[key] = made(root["$defs"][key])
        return shared[key]

    def made(rules: dict[str, Any]) -> Fits:
        kind = rules.get("type", "string")
        if kind == "object":
            return _fitting_mapping(rules, compiled)
        if kind == "array":
            return _fitting_sequence(rules, compiled)
        return _fitting_scalar(rules, kind)

    return compiled(root)


def _fitting_mapping(rules: dict[str, Any], compiled: Callable[[dict[str, Any]], Fits]) -> Fits:
    known = {key: compiled(inner) for key, inner in rules.get("properties", {}).items()}
    others, names = rules.get("additionalProperties", True), rules.get("propertyNames", {})
    pattern, listed = re.compile(names.get("pattern", ".*"), re.DOTALL), names.get("enum")
    other = compiled(others) if isinstance(others, dict) else None
    required, fewest = frozenset(rules.get("required", ())), rules.get("minProperties", 0)

    def fits(node: Node) -> bool:
        entries = node.value
        if type(entries) is not dict or len(entries) < fewest or not required <= entries.keys():
            return False
        for key, value in entries.items():
            check = known.get(key)
            if check is None:
                if others is False or not pattern.fullmatch(key) or (listed is not None and key not in listed):
                    return False
                check = other
            if check is not None and not check(value):
                return False
        return True

    return fits


def _fitting_sequence(rules: dict[str, Any], compiled: Callable[[dict[str, Any]], Fits]) -> Fits:
    item, fewest = compiled(rules["items"]) if "items" in rules else None, rules.get("minItems", 0)

    def fits(node: Node) -> bool:
        items = node.value
        return type(items) is list and len(items) >= fewest and (item is None or all(map(item, items)))

    return fits


def _fitting_scalar(rules: dict[str, Any], kind: str) -> Fits:
    if kind in ("integer", "number"):
        low, high = rules.get("minimum", -math.inf), rules.get("maximum", math.inf)
        number = _INTEGER if kind == "integer" else _NUMBER
        return lambda node: (
            (type(node.value) is str and bool(number.fullmatch(node.value)) and low <= float(node.value) <= high)
            and math.isfinite(float(node.value))
        )
    allowed = frozenset(rules["enum"]) if "enum" in rules else None
    if kind == "boolean":
        allowed = frozenset(("true", "false"))
    pattern = re.compile(rules["pattern"]) if "pattern" in rules else None
    fewest = rules.get("minLength", 0)

    def fits(node: Node) -> bool:
        value = node.value
        if type(value) is not str or (allowed is not None and value not in allowed):
            return False
        if fewest and len(value.strip()) < fewest:
            return False
        return pattern is None or pattern.fullmatch(value) is not None

    return fits


def _conform(node: Node, rules: dict[str, Any], root: dict[str, Any], what: str) -> None:
    if "$ref" in rules:
        rules = root["$defs"][rules["$ref"].removeprefix("#/$defs/")]
    kind = rules.get("type", "string")
    if not isinstance(node.value, _SHAPES.get(kind, str)):
        wanted = _KINDS[_SHAPES.get(kind, str)]
        shown = f" ({_short(node.value)})" if isinstance(node.value, str) else ""
        raise node.wrong(f"{what} must be {wanted}, found {_KINDS[type(node.value)]}{shown}{_meaning(rules)}")
    if isinstance(node.value, dict):
        _mapping(node, rules, root, what)
    elif isinstance(node.value, list):
        _sequence(node, rules, root, what)
    else:
        _scalar(node, rules, kind, what)


def _mapping(node: Node, rules: dict[str, Any], root: dict[str, Any], what: str) -> None:
    known: dict[str, Any] = rules.get("properties", {})
    others = rules.get("additionalProperties", True)
    names = rules.get("propertyNames", {})
    for key, value in node.entries.items():
        if key in known:
            _conform(value, known[key], root, f"`{key}`")
        elif others is False:
            raise InputError(f"unknown key {key!r} in {what}; {nearest(key, list(known))}", value.key_place)
        else:
            if "pattern" in names and not re.fullmatch(names["pattern"], key):
                raise InputError(f"{key!r} is not allowed as a key in {what}{_meaning(names)}", value.key_place)
            if "enum" in names and key not in names["enum"]:
                listed = nearest(key, names["enum"])
                raise InputError(f"{key!r} is not allowed as a key in {what}; {listed}", value.key_place)
            if isinstance(others, dict):
                _conform(value, others, root, f"`{key}`")
    for key in rules.get("required", ()):
        if key not in node.entries:
            raise node.wrong(f"{what} lacks the key {key!r}{_meaning(known.get(key, {}))}")
    if len(node.entries) < rules.get("minProperties", 0):
        raise node.wrong(f"{what} is empty{_meaning(rules)}")


def _sequence(node: Node, rules: dict[str, Any], root: dict[str, Any], what: str) -> None:
    fewest = rules.get("minItems", 0)
    if len(node.items) < fewest:
        raise node.wrong(f"{what} has {len(node.items)} entries, at least {fewest} are needed{_meaning(rules)}")
    if "items" in rules:
        for item in node.items:
            _conform(item, rules["items"], root, f"an entry of {what}")


def _scalar(node: Node, rules: dict[str, Any], kind: str, what: str) -> None:
    value = node.scalar
    if kind in ("integer", "number"):
        _number(node, rules, kind, what)
    elif kind == "boolean" and value not in ("true", "false"):
        raise node.wrong(f"{what} must be true or false, found {_short(value)}")
    if "enum" in rules and value not in rules["enum"]:
        raise node.wrong(f"{what} is {_short(value)}; {nearest(value, rules['enum'])}")
    if len(value.strip()) < rules.get("minLength", 0):
        raise node.wrong(f"{what} is empty{_meaning(rules)}")
    if "pattern" in rules and not re.fullmatch(rules["pattern"], value):
        raise node.wrong(f"{what} is {_short(value)}, which is not allowed{_meaning(rules)}")


def _number(node: Node, rules: dict[str, Any], kind: str, what: str) -> None:
    pattern = _INTEGER if kind == "integer" else _NUMBER
    article = "an integer" if kind == "integer" else "a number"
    if not pattern.fullmatch(node.scalar) or not math.isfinite(float(node.scalar)):
        raise node.wrong(f"{what} must be {article}, found {_short(node.scalar)}")
    low, high = rules.get("minimum", -math.inf), rules.get("maximum", math.inf)
    if not low <= float(node.scalar) <= high:
        raise node.wrong(f"{what} is {_short(node.scalar)}; allowed: {_range(low, high)}{_meaning(rules)}")


def _range(low: float, high: float) -> str:
    return f"{low} or more" if high == math.inf else f"{low} to {high}"


def _short(value: str) -> str:
    return repr(value if len(value) <= 60 else value[:57] + "...")


def _meaning(rules: dict[str, Any]) -> str:
    said = rules.get("description")
    return f" ({said})" if said else ""
