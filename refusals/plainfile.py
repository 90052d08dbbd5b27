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
_LIST = r'\[ ?(?:"[^"\\\n]*"(?:, (?="))?)* ?\]'
_MEMBER = re.compile(r'"([^"]*)"')
# A blank line or a comment; or an entry: indentation, a dash, a key with nothing, a folded block or a scalar; a scalar.
_STEP = re.compile(
    r"(?: *#[^\n]*)?\n|( *)(- )?"
    rf"(?:([A-Za-z0-9_][A-Za-z0-9_/.-]*):(?:\n| >-\n((?:\1 {{2,}}[^ \n\t][^\n]*(?<![ \t])\n)+)| ({_SCALAR}|{_LIST})\n)"
    rf"|({_SCALAR})\n)"
)


def read_plain(text: str, name: str) -> Node | None:  # noqa: C901, PLR0911, PLR0912 - one loop, since it is for speed
    r"""Return the nodes of a text in plain form, None if it is in another.

    Args:
        text: without a byte order mark, characters that no file may have, or other ends of lines than `\n`.
        name: stands for the path in errors.
    """
    if not text.endswith("\n"):
        return None
    root: dict[str, Node] = {}
    stack: list[tuple[int, Any]] = [(0, root)]
    open_key: tuple[dict[str, Node], str, int, int] | None = None  # a key whose value begins on the next line
    first, line, at, end = 0, 1, 0, len(text)
    new, match = tuple.__new__, _STEP.match  # the same as Node(…), without a call in Python
    while at < end:
        step = match(text, at)
        if step is None:
            return None
        spaces, dash, key, folded, value, item = step.groups()
        here, at = line, step.end()
        line += 1 if folded is None else 1 + folded.count("\n")
        if spaces is None:
            continue
        indent = len(spaces)
        if open_key is not None:
            holder, opened, key_line, outer = open_key
            open_key = None
            if indent <= outer or len(stack) >= DEEPEST:
                return None
            inside: Any = [] if dash else {}
            holder[opened] = new(Node, (inside, name, here, indent + 1, key_line, outer + 1))
            stack.append((indent, inside))
        else:
            while stack[-1][0] > indent:
                stack.pop()
        level, container = stack[-1]
        if level != indent or (dash is not None) != isinstance(container, list):
            return None
        if dash is not None:
            if key is None:
                container.append(new(Node, (_plain(item), name, here, indent + 3, 0, 0)))
                continue
            entries: dict[str, Node] = {}
            container.append(new(Node, (entries, name, here, indent + 3, 0, 0)))
            container, indent = entries, indent + 2
            stack.append((indent, entries))
        if key is None or key in container or (dash is not None and folded is not None):
            return None
        first = first or here
        if folded is not None:
            block = _joined(folded)
            if block is None:
                return None
            container[key] = new(Node, (block, name, here, indent + len(key) + 3, here, indent + 1))
        elif value is not None:
            column = indent + len(key) + 3
            mark = value[0]
            said = value[1:-1] if mark == '"' else value if mark != "[" else _members(value, (name, here, column))
            container[key] = new(Node, (said, name, here, column, here, indent + 1))
        else:
            open_key = (container, key, here, indent)
    return None if open_key is not None or not root else Node(root, name, first, 1)


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
