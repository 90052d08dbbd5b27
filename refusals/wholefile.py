"""A file is written whole or not at all: whoever is killed in the middle leaves the old one."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def write_whole(path: Path, content: str | bytes) -> None:
    """Write text as UTF-8, or bytes, beside the file, make sure that it is on disk, then take the file's place."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "wb") as file:
        file.write(content.encode("utf-8") if isinstance(content, str) else content)
        file.flush()
        os.fsync(file.fileno())
    os.chmod(temporary, 0o644)  # noqa: PTH101 - mkstemp makes it private, and it is to be read
    os.replace(temporary, path)  # noqa: PTH105
