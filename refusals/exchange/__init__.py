"""Texts leave for the tools of translators, and what comes back changes nothing without a name.

Each module beside this one is a format; its file name is the format's name. It has

- `SUFFIXES`, the endings of its files, and `TEXT`, whether a terminal can show one;
- `write(sheet) -> bytes` and `read(raw, name) -> Sheet`; what is written is read back with the
  same ids, sources, digests, texts and states.

    export(corpus, "sw", "xliff")  →  a tool, a person  →  read(path)  →  bring_in(…)  →  keep(…)
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING, cast

from refusals.cases import Label
from refusals.errors import InputError, NothingSelectedError, nearest
from refusals.exchange._bringing_in import bring_in
from refusals.exchange._keeping import keep
from refusals.exchange._units import Problem, Sheet, Standing, Unit, sheet_of
from refusals.plugins import plugin, plugins

if TYPE_CHECKING:
    from refusals.corpus import Corpus

__all__ = ["Problem", "Sheet", "Standing", "Unit", "bring_in", "export", "format_of", "keep", "read"]

MAX_BYTES = 64 * 2**20


def export(
    corpus: Corpus,
    tag: str,
    form: str,
    *,
    labels: Collection[Label] = tuple(Label),
    standings: Collection[Standing] = tuple(Standing),
) -> bytes:
    """Return a file of the format `form` with the texts of a language.

    Raises:
        InputError: if the language or the format is not there, or the format cannot hold a text.
        NothingSelectedError: if no text is left.
    """
    module = plugin("exchange", form).load()
    sheet = sheet_of(corpus, tag, labels, standings)
    if not sheet.units:
        raise NothingSelectedError(f"no text in {tag} is {' or '.join(standings)} with the label {' or '.join(labels)}")
    return cast("Callable[[Sheet], bytes]", module.write)(sheet)


def format_of(path: Path) -> str:
    """Return the format that the ending of a file stands for.

    Raises:
        InputError: if it stands for none.
    """
    endings = {suffix: name for name, found in plugins("exchange").items() for suffix in found.load().SUFFIXES}
    ending = path.suffix.lower()
    if ending not in endings:
        raise InputError(f"{path}: the ending {ending!r} says no format; {nearest(ending, sorted(endings))}")
    return endings[ending]


def read(path: Path) -> Sheet:
    """Read a file that came back; its ending says the format.

    Raises:
        InputError: if it cannot be read at all; what is wrong with single texts is in the sheet's problems.
    """
    module = plugin("exchange", format_of(path)).load()
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise InputError(f"{path}: the file has {size:,} bytes; allowed: {MAX_BYTES:,}")
    return cast("Callable[[bytes, str], Sheet]", module.read)(path.read_bytes(), str(path))
