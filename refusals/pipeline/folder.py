"""The folder of a run is one process's at a time, and holds one database."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from refusals.errors import InputError
from refusals.outcomes import Run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DATABASE = "run.sqlite"


@contextmanager
def only_here(out: Path, *, wait: float = 0.0) -> Iterator[None]:
    """Hold the folder for this process; the hold ends with the process, however that ends.

    Args:
        out: the folder of a run; it is made if it is not there.
        wait: seconds to wait for another process to leave it.

    Raises:
        InputError: if another process still holds it, or nothing can be written there.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock = sqlite3.connect(out / ".lock", timeout=wait, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise _unwritable(out, error) from error
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        lock.close()
        if getattr(error, "sqlite_errorcode", None) != sqlite3.SQLITE_BUSY:
            raise _unwritable(out, error) from error
        raise InputError(f"{out}: another process is running here; wait for it or give another --out") from error
    try:
        yield
    finally:
        lock.close()


@contextmanager
def opened(path: Path) -> Iterator[Run]:
    """Open the database of a run.

    Raises:
        InputError: if it is none, or cannot be written any more.
    """
    try:
        with Run(path) as kept:
            yield kept
    except sqlite3.Error as error:
        raise InputError(f"{path}: {error}; where space is missing, make some, else give another folder") from error


def _unwritable(out: Path, error: Exception) -> InputError:
    return InputError(f"{out}: no run can be kept there ({error}); give --out a folder that can be written")


def database_in(out: Path) -> Path:
    """Return the database of a folder.

    Raises:
        InputError: if it holds none.
    """
    path = out / DATABASE
    if not path.is_file():
        raise InputError(f"{out}: holds no {DATABASE}; give the folder that `refusals run` wrote")
    return path
