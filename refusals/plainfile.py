"""The plain form of YAML that our files are written in, read several times faster than all of YAML.

`read_plain` returns the very nodes that the whole reader would, or None where a file has anything else in it:
then the whole reader reads it, and says what is wrong with it. So nothing is decided here, and no error made.

The plain form: block mappings with keys of ASCII letters and digits, block sequences, and as scalars words without
marks that YAML reads, double quotes without escapes, folded blocks of even lines, and lists of quoted words on a line.
"""

from __future__ import annotations

import re
from typing import Any

from refusals.nodes import Node

LONGEST = 200_000  # characters of a scalar, above which the whole reader says so
DEEPEST = 8

_WORDS = r"\w[^:#\n\t]*(?<! )"
_SCALAR = rf'(?:{_WORDS}|"[^"\\\n]*")'
_LIST = r'\[ ?(?:"[^"\\\n]*"(?:, "[^"\\\n]*")*)? ?\]'
_MEMBER = re.compile(r'"([^"]*)"')
# A blank line or a comment; or an entry: indentation, a dash, a key with nothing, a folded block or a scalar; a scalar.
_STEP = re.compile(
    r"(?: *#[^\n]*)?\n|( *)(- )?"
    rf"(?:([A-Za-z0-9_][A-Za-z0-9_/.-]*):(?:\n| >-\n((?:\1 {{2,}}[^ \n\t][^\n]*(?<![ \t])\n)+)| ({_SCALAR}|{_LIST})\n)"
    rf"|({_SCALAR})\n)"
)


def read_plain(text: str, name: str) -> Node | None:  # noqa: C901, PLR0912 - one loop, since it is for speed
    r"""Return the nodes of a text in plain form, None if it is in another.

    Args:
        text: without a byte order mark, characters that no file may have, or other ends of lines than `\n`.
        name: stands for the path in errors.
    """
    if not text.endswith("\n"):
        return None
    root: dict[str, Node] = {}
    stack: list[tuple[int, Any]] = [(0, root)]
    level, container = stack[0]
    open_key: tuple[dict[str, Node], str, int, int] | None = None  # a key whose value begins on the next line
    first, line, end = 0, 1, 0
    new = tuple.__new__  # the same as Node(…), without a call in Python
    for step in iter(_STEP.scanner(text).match, None):  # type: ignore[attr-defined]  # where one ends the next begins
        spaces, dash, key, folded, value, item = step.groups()
        here, end = line, step.end()
        line += 1 if folded is None else 1 + folded.count("\n")
        if spaces is None:
            continue
        indent = len(spaces)
        if open_key is not None:
            holder, opened, key_line, outer = open_key
            open_key = None
            if indent <= outer or len(stack) >= DEEPEST:
                return None
            level, container = indent, [] if dash else {}
            holder[opened] = new(Node, (container, name, here, indent + 1, key_line, outer + 1))
            stack.append((level, container))
        elif indent < level:
            while stack[-1][0] > indent:
                stack.pop()
            level, container = stack[-1]
        if level != indent or (dash is None) is not (type(container) is dict):
            return None
        if dash is not None:
            if key is None:
                container.append(new(Node, (_plain(item), name, here, indent + 3, 0, 0)))
                continue
            entries: dict[str, Node] = {}
            container.append(new(Node, (entries, name, here, indent + 3, 0, 0)))
            indent += 2
            level, container = indent, entries
            stack.append((level, container))
        if key is None or key in container or (dash is not None and folded is not None):
            return None
        if value is not None:
            column = indent + len(key) + 3
            mark = value[0]
            said = value[1:-1] if mark == '"' else value if mark != "[" else _members(value, (name, here, column))
            container[key] = new(Node, (said, name, here, column, here, indent + 1))
        elif folded is not None:
            block = _joined(folded)
            if block is None:
                return None
            container[key] = new(Node, (block, name, here, indent + len(key) + 3, here, indent + 1))
        else:
            open_key = (container, key, here, indent)
        first = first or here
    return None if end != len(text) or open_key is not None or not root else Node(root, name, first, 1)


def _plain(scalar: str) -> str:
    return scalar[1:-1] if scalar[0] == '"' else scalar


def _members(listed: str, place: tuple[str, int, int]) -> list[Node]:
    """Return the members of a list on one line, each with its own place."""
    name, line, column = place
    return [Node(found[1], name, line, column + found.start()) for found in _MEMBER.finditer(listed)]


def _joined(folded: str) -> str | None:
    """Return the lines of a folded block with a space between them; None where they are not even, or too many."""
    margin = "\n" + " " * (len(folded) - len(folded.lstrip(" ")))
    said = folded[len(margin) - 1 : -1].replace(margin, "\0")
    if "\n" in said or "\0 " in said or len(said) > LONGEST:
        return None
    return said.replace("\0", " ")
