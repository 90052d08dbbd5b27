"""What has been sent as batches is noted before it is sent, so that after a crash it is found and not sent twice."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from refusals.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

FILE = "batches.sqlite"
_TABLES = """
CREATE TABLE IF NOT EXISTS batches (token TEXT PRIMARY KEY, newest TEXT NOT NULL, batch TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS requests (id TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, token TEXT NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A batch that was sent, or was about to be.

    Attributes:
        token: what nobody else's batch has in its ids.
        newest: the id of the newest batch there was before; empty if there was none.
        batch: its own id, empty as long as no answer has told it.
        keys: what was asked, by the custom id of the request.
    """

    token: str
    newest: str
    batch: str
    keys: Mapping[str, str]


class BatchNotes:
    """A SQLite file with a commit a step, each of them on disk before the next is taken.

    Raises:
        InputError: if the file is something else.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / FILE
        try:
            self._db = sqlite3.connect(path, timeout=30.0)
            with self._db:
                self._db.executescript(_TABLES)
        except sqlite3.Error as error:
            raise InputError(f"{path}: holds no notes of batches ({error}); give another --out") from error

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def posted(self, keys: Collection[str]) -> list[Posted]:
        """Return the batches that hold any of these, each with all that it holds, in the order of their tokens."""
        held: dict[str, dict[str, str]] = defaultdict(dict)
        for identity, key, token in self._db.execute("SELECT id, key, token FROM requests"):
            held[token][identity] = key
        return [
            Posted(token=token, newest=newest, batch=batch or "", keys=held[token])
            for token, newest, batch in self._db.execute("SELECT token, newest, batch FROM batches ORDER BY token")
            if any(key in keys for key in held.get(token, {}).values())
        ]

    def known(self) -> frozenset[str]:
        """Return the ids of all batches that were ever noted here."""
        return frozenset(batch for (batch,) in self._db.execute("SELECT batch FROM batches WHERE batch IS NOT NULL"))

    def write(self, keys: Iterable[str], newest: str) -> Posted:
        """Note what is about to be sent."""
        token = secrets.token_hex(16)
        held = {_custom_id(token, key): key for key in keys}
        with self._db:
            self._db.execute("INSERT INTO batches VALUES (?, ?, NULL)", (token, newest))
            self._db.executemany("INSERT INTO requests VALUES (?, ?, ?)", [(*each, token) for each in held.items()])
        return Posted(token=token, newest=newest, batch="", keys=held)

    def name(self, posted: Posted, batch: str) -> Posted:
        """Note the id that a batch was given."""
        with self._db:
            self._db.execute("UPDATE batches SET batch = ? WHERE token = ?", (batch, posted.token))
        return replace(posted, batch=batch)

    def forget(self, posted: Posted) -> None:
        """Strike out a batch that was never sent, or of which nothing more can come."""
        with self._db:
            self._db.execute("DELETE FROM batches WHERE token = ? AND batch IS NULL", (posted.token,))
            self._db.execute("DELETE FROM requests WHERE token = ?", (posted.token,))

    def drop(self, ids: Iterable[str]) -> None:
        """Strike out requests that got no reply, so that they may be sent again."""
        with self._db:
            self._db.executemany("DELETE FROM requests WHERE id = ?", [(each,) for each in ids])


def _custom_id(token: str, key: str) -> str:
    return hashlib.sha256(f"{token} {key}".encode()).hexdigest()[:40]
