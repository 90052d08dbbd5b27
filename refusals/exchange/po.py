"""PO, for Weblate, Poedit, Pontoon, Lokalize and gettext's own tools; `polib` reads and writes it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from refusals.errors import InputError, Place
from refusals.exchange._library import library
from refusals.exchange._units import Sheet, Standing, Unit
from refusals.yamlfile import unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

SUFFIXES = (".po",)
TEXT = True

# A program's line in the comments, for what PO has no field for.
_FACTS = re.compile(r"^refusals: source=([0-9a-f]{8}) state=([a-z]+)$", re.MULTILINE)
_HEADER = {
    "Project-Id-Version": "refusals",
    "Report-Msgid-Bugs-To": "",
    "PO-Revision-Date": "",
    "Last-Translator": "",
    "Language-Team": "",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
}


def write(sheet: Sheet) -> bytes:
    """Return an entry a unit; drafts and stale texts are fuzzy, and a stale one has its previous source."""
    polib = library("polib", "po")
    file = polib.POFile(wrapwidth=0)
    file.header = "\n".join(f"Note: {' '.join(note.split())}" for note in sheet.notes)
    file.metadata = {**_HEADER, "Language": sheet.language.replace("-", "_")}
    for unit in sheet.units:
        file.append(_entry(polib, unit))
    return f"{file}\n".encode()


def _entry(polib: Any, unit: Unit) -> Any:
    state = Standing(unit.state)
    said = (f"refusals: source={unit.digest} state={state}", *unit.notes, f"Label: {unit.label}", f"Why: {unit.why}")
    return polib.POEntry(
        msgctxt=unit.id,
        msgid=unit.source,
        msgstr=unit.text,
        comment="\n".join(" ".join(line.split()) for line in said),
        flags=["fuzzy"] if state in (Standing.STALE, Standing.DRAFT) else [],
        previous_msgid=unit.previous or None,
    )


def read(raw: bytes, name: str) -> Sheet:
    """Read every entry that is in use.

    Raises:
        InputError: if it is not a PO file.
    """
    polib = library("polib", "po")
    text = _decoded(raw, name)
    try:
        file = polib.pofile(f"{text}\n")  # with a newline it is never taken for a path
    except (OSError, ValueError, IndexError) as error:
        raise InputError(f"{name}: not a PO file: {error}") from None
    return Sheet(
        language=file.metadata.get("Language", "").replace("_", "-"),
        units=tuple(_units(file, name)),
    )


def _decoded(raw: bytes, name: str) -> str:
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: byte {error.start} is not UTF-8; save the file as UTF-8") from None
    for number, line in enumerate(text.split("\n"), 1):
        wrong = unreadable(line)
        if wrong:
            raise InputError(wrong, Place(name, number, 1))
        if '"' in line and not line.startswith("#") and not line.rstrip().endswith('"'):
            raise InputError("the quotation mark at the end of the line is missing", Place(name, number, 1))
    return text


def _units(file: Any, name: str) -> Iterator[Unit]:
    for entry in file:
        if entry.obsolete:
            continue
        facts = _FACTS.search(entry.comment)
        yield Unit(
            id=entry.msgctxt or "",
            source=entry.msgid,
            digest=facts[1] if facts else "",
            text=entry.msgstr,
            state=_state(entry, facts[2] if facts else ""),
            place=Place(name, entry.linenum, 1),
        )


def _state(entry: Any, written: str) -> str:
    """Return what the flag says now; the comment says what it was, and so tells apart what PO cannot."""
    if not entry.msgstr.strip():
        return Standing.MISSING
    if "fuzzy" in entry.flags:
        return Standing.STALE if written == Standing.STALE else Standing.DRAFT
    return written if written in (Standing.REVIEWED, Standing.ADJUDICATED) else Standing.CHECKED
