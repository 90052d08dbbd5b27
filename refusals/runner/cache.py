"""Replies are kept under everything that was sent and whom it was sent to; failures never are."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from typing import TYPE_CHECKING

from refusals.errors import InputError
from refusals.prompts import as_json
from refusals.systems import Failure, Reply, reply_as_json, reply_from_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from refusals.prompts import Prompt


class Cache:
    """A SQLite file of replies. A row that cannot be read is a miss, never an error.

    Raises:
        InputError: if the file is something else.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._db = sqlite3.connect(path, timeout=30.0, isolation_level=None)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.execute("CREATE TABLE IF NOT EXISTS replies (key TEXT PRIMARY KEY, content TEXT) WITHOUT ROWID")
        except sqlite3.Error as error:
            raise InputError(f"{path}: is no cache ({error}); delete it, or run with --fresh") from error

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def get(self, key: str) -> Reply | None:
        """Return the reply kept under a key."""
        row = self._db.execute("SELECT content FROM replies WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        try:
            return reply_from_json(json.loads(row[0]))
        except (ValueError, TypeError, KeyError, AttributeError):
            return None

    def put(self, kept: Iterable[tuple[str, Reply]]) -> None:
        """Keep replies; a failure is not one."""
        rows = [(key, json.dumps(reply_as_json(reply))) for key, reply in kept if not isinstance(reply, Failure)]
        if rows:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany("INSERT OR REPLACE INTO replies VALUES (?, ?)", rows)
            self._db.execute("COMMIT")


def cache_key(identity: Mapping[str, object], prompt: Prompt, repeat: int = 1) -> str:
    """Return the digest of whom is asked and of every word that is sent; each further repeat has its own."""
    content = {"to": identity, "sent": as_json(prompt), **({"repeat": repeat} if repeat > 1 else {})}
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=True).encode()).hexdigest()
