"""Tables of many rows are packed for the page: columns of codes into tables of what is different, as JSON, compressed.

The page unpacks them with `DecompressionStream("deflate")`. That is zlib's format, since gzip's names a time and an
operating system in its header, and the same results are to give the same bytes.
"""

from __future__ import annotations

import json
import sys
import zlib
from base64 import b64encode
from dataclasses import dataclass, field

from refusals.clean import clean

LONGEST = 240  # characters of a reason or a name
_STEP = 1 << 20


@dataclass(slots=True)
class Coded:
    """A table of rows that are all different, and for each cell which of them is its own."""

    columns: tuple[str, ...]
    of_cells: list[int] = field(default_factory=list)
    _seen: dict[tuple[object, ...], int] = field(default_factory=dict)

    def add(self, *row: object) -> None:
        """Give the next cell this row."""
        self.of_cells.append(self._seen.setdefault(row, len(self._seen)))

    @property
    def columnwise(self) -> dict[str, list[object]]:
        """The different rows, as one list a column; what came from outside is cleaned."""
        columns = zip(*self._seen, strict=True) if self._seen else ([] for _ in self.columns)
        return {name: [_plain(each) for each in column] for name, column in zip(self.columns, columns, strict=True)}


def packed(content: object) -> str:
    """Return content as the page unpacks it, in base64."""
    found = packed_within(content, sys.maxsize)
    assert found is not None
    return found


def packed_within(content: object, most: int) -> str | None:
    """Return the same; None where it has more than `most` characters, which is found out before all is compressed."""
    written = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    press = zlib.compressobj(6)
    parts: list[bytes] = []
    size = 0
    for start in range(0, len(written), _STEP):
        parts.append(press.compress(written[start : start + _STEP]))
        size += len(parts[-1])
        if size * 4 > most * 3:
            return None
    found = b64encode(b"".join([*parts, press.flush()])).decode()
    return found if len(found) <= most else None


def _plain(each: object) -> object:
    return clean(each)[:LONGEST] if isinstance(each, str) else each
