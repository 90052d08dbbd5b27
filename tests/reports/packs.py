"""What a page has packed, read as the page's own script reads it.

In a test: `cells = unpacked(render(results), "cells")`; `rows_of(cells)` are its rows as dictionaries.
"""

from __future__ import annotations

import json
import re
import zlib
from base64 import b64decode
from typing import Any


def packs_in(written: str) -> dict[str, str]:
    """Return the packs of a page by name, as they are written."""
    return dict(re.findall(r'<script type="text/plain" id="pack-([a-z_]+)">([^<]*)</script>', written))


def unpacked(written: str, name: str) -> Any:
    """Return what one pack of a page says."""
    return json.loads(zlib.decompress(b64decode(packs_in(written)[name], validate=True)))


def rows_of(cells: Any) -> list[dict[str, Any]]:
    """Return the listed cells, each with all of its columns."""
    return [
        {
            name: column[cells["cells"][table][row]]
            for table, columns in cells["tables"].items()
            for name, column in columns.items()
        }
        for row in range(len(cells["cells"]["case"]))
    ]
