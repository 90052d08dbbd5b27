"""What a file says, as it is written: scalars, sequences and mappings that know their place."""

from __future__ import annotations

from typing import NamedTuple

from refusals.errors import InputError, Place


class Node(NamedTuple):
    """A scalar, a sequence or a mapping, with the place where it begins."""

    value: str | list[Node] | dict[str, Node]
    path: str
    line: int
    column: int
    key_line: int = 0
    key_column: int = 0

    @property
    def key_place(self) -> Place:
        """Where the key that the node stands under begins."""
        return Place(self.path, self.key_line, self.key_column)

    @property
    def place(self) -> Place:
        """Where the node begins."""
        return Place(self.path, self.line, self.column)

    @property
    def scalar(self) -> str:
        """The text of a scalar."""
        assert isinstance(self.value, str)
        return self.value

    @property
    def items(self) -> list[Node]:
        """The members of a sequence."""
        assert isinstance(self.value, list)
        return self.value

    @property
    def entries(self) -> dict[str, Node]:
        """The entries of a mapping, in the order of the file."""
        assert isinstance(self.value, dict)
        return self.value

    def child(self, key: str) -> Node | None:
        """Return the entry under `key`, or None."""
        return self.entries.get(key)

    def text(self, key: str, default: str = "") -> str:
        """Return the scalar under `key`."""
        found = self.value.get(key)  # type: ignore[union-attr]  # the schema has made sure that it is a mapping
        return default if found is None else found.value  # type: ignore[return-value]

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the scalars of the sequence under `key`."""
        found = self.entries.get(key)
        return () if found is None else tuple(item.scalar for item in found.items)

    def number(self, key: str) -> float | None:
        """Return the number under `key`; the schema has made sure that it is one."""
        found = self.entries.get(key)
        return None if found is None else float(found.scalar)

    def integer(self, key: str, default: int) -> int:
        """Return the integer under `key`; the schema has made sure that it is one."""
        found = self.entries.get(key)
        return default if found is None else int(found.scalar)

    def wrong(self, message: str) -> InputError:
        """Return the error that says what is wrong at this node."""
        return InputError(message, self.place)
