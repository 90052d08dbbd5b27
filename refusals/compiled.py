"""What files say is kept, compiled, by the digest of their bytes, so that it is read from YAML once.

The store is a folder of the user's, as Python's own `__pycache__` is the program's. A unit's name is the digest of
everything that it depends on: the files' names and bytes, this program's reading code, and what the caller adds. So a
file that changed is another unit, and nothing needs to be believed of times or sizes. A unit that is damaged, or that
names a class which is not ours, is made anew. Where there is no place to keep it, nothing is kept.
"""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import sys
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from refusals.yamlfile import read_bytes, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Made = TypeVar("Made")

WORTH_KEEPING = 50_000  # bytes of YAML, under which reading is as quick as looking
UNITS = 400  # that are kept, the newest


class File(NamedTuple):
    """A file that was read: where it is below the folder, how errors call it, and its bytes."""

    name: str
    path: str
    raw: bytes


def read_files(folder: Path, paths: Iterable[Path]) -> list[File]:
    """Read files of a folder.

    Raises:
        InputError: if one cannot be read.
    """
    above, called = f"{folder}{os.sep}", shown(folder)
    before = "" if called == "." else f"{called}{os.sep}"
    names = [(path, str(path).removeprefix(above)) for path in paths]  # in strings, since there are many of them
    return [File(name.replace(os.sep, "/"), before + name, read_bytes(path, before + name)) for path, name in names]


def compiled(kind: str, files: Sequence[File], make: Callable[[], Made], *, depends: str = "") -> Made:
    """Return what `make` makes of files: from the store if these very bytes were read before.

    Args:
        kind: what it is; two kinds are never mixed up.
        files: all that are read.
        make: reads them; it may raise, and then nothing is kept. What it returns holds our own dataclasses and plain
            values, and nothing of where the files are.
        depends: whatever else the result depends on.
    """
    folder = _store() if sum(len(file.raw) for file in files) >= WORTH_KEEPING else None
    if folder is None:
        return make()
    digest = hashlib.sha256(f"{kind}\0{depends}\0{_code()}".encode())
    for file in files:
        digest.update(f"\0{file.name}\0{len(file.raw)}\0".encode())
        digest.update(file.raw)
    unit = folder / f"{digest.hexdigest()}.unit"
    found: list[Made] = _read(unit)
    if not found:
        found = [make()]
        _write(unit, found)
    return found[0]


def _store() -> Path | None:
    """Return the user's folder for such things, after the XDG base directory specification."""
    with suppress(OSError, RuntimeError):
        base = os.environ.get("XDG_CACHE_HOME", "")
        folder = (Path(base) if Path(base).is_absolute() else Path.home() / ".cache") / "refusals"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder if _is_ours(folder) else None
    return None


def _is_ours(path: Path) -> bool:
    """Whether nobody else can have written it."""
    found = path.stat()
    return sys.platform == "win32" or (found.st_uid == os.getuid() and not found.st_mode & 0o022)


@cache
def _code() -> str:
    """Return a digest of the code that reads files, so that a changed program makes its units anew."""
    here = Path(__file__).parent
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted([*here.glob("*.py"), *here.glob("translations/*.py"), *here.glob("schemas/*.json")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


class _Reader(pickle.Unpickler):
    """Makes our own nouns and nothing else, whatever a unit says."""

    def find_class(self, module: str, name: str) -> Any:
        stage = module.partition(".")[2].partition(".")[0]
        if not module.startswith("refusals.") or stage not in ("cases", "languages", "translations"):
            raise pickle.UnpicklingError(f"{module}.{name} is no noun of ours")
        found = super().find_class(module, name)
        if not isinstance(found, type):
            raise pickle.UnpicklingError(f"{module}.{name} is no noun of ours")
        return found


def _read(unit: Path) -> list[Any]:
    """Return a list of what is kept, empty where it is not there or not whole."""
    try:
        content = unit.read_bytes() if _is_ours(unit) else b""
        if content[:32] != hashlib.sha256(content[32:]).digest():
            return []
        return [_Reader(io.BytesIO(content[32:])).load()]
    except (OSError, EOFError, pickle.UnpicklingError, AttributeError, ImportError, TypeError, ValueError):
        return []


def _write(unit: Path, found: list[Any]) -> None:
    content = pickle.dumps(found[0], protocol=5)
    with suppress(OSError):
        handle, temporary = tempfile.mkstemp(dir=unit.parent, prefix=".")
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(content).digest() + content)
        Path(temporary).replace(unit)
        units = sorted(unit.parent.glob("*.unit"), key=lambda path: path.stat().st_mtime, reverse=True)
        for old in units[UNITS:]:
            old.unlink()
