"""JSON lines, one unit a line: for programs, and for whoever likes `jq`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from refusals.errors import InputError, Place
from refusals.exchange._units import Problem, Sheet, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator

SUFFIXES = (".jsonl",)
TEXT = True

_READ = ("language", "id", "source", "digest", "text", "state")


def write(sheet: Sheet) -> bytes:
    """Return a line a unit with everything that is known of it."""
    return "".join(json.dumps(_line(unit, sheet), ensure_ascii=False) + "\n" for unit in sheet.units).encode()


def _line(unit: Unit, sheet: Sheet) -> dict[str, Any]:
    return {
        "id": unit.id,
        "language": sheet.language,
        "source": unit.source,
        "digest": unit.digest,
        "text": unit.text,
        "state": unit.state,
        "label": unit.label,
        "why": unit.why,
        "previous": unit.previous,
        "translator": unit.translator,
        "notes": list(unit.notes),
    }


def read(raw: bytes, name: str) -> Sheet:
    """Read lines; what is wrong with one is a problem of that line only."""
    try:
        lines = raw.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: byte {error.start} is not UTF-8; save the file as UTF-8") from None
    places = ((Place(name, number, 1), line) for number, line in enumerate(lines, 1) if line.strip())
    found = [each for place, line in places for each in _entry(line, place)]
    languages = [each[0] for each in found if isinstance(each, tuple)]
    language = languages[0] if languages else ""
    strangers = [
        Problem(message=f"the language is {tag!r}, that of the file {language!r}", unit=unit.id, place=unit.place)
        for tag, unit in (each for each in found if isinstance(each, tuple))
        if tag != language
    ]
    return Sheet(
        language=language,
        units=tuple(unit for tag, unit in (each for each in found if isinstance(each, tuple)) if tag == language),
        problems=(*(each for each in found if isinstance(each, Problem)), *strangers),
    )


def _entry(line: str, place: Place) -> Iterator[tuple[str, Unit] | Problem]:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError) as error:
        yield Problem(message=f"not valid JSON: {error}", place=place)
        return
    wrong = [key for key in _READ if not isinstance(entry, dict) or not isinstance(entry.get(key), str)]
    if wrong:
        yield Problem(message=f"a line is an object with texts under {', '.join(_READ)}; here {wrong[0]}", place=place)
        return
    yield (
        entry["language"],
        Unit(
            id=entry["id"],
            source=entry["source"],
            digest=entry["digest"],
            text=entry["text"],
            state=entry["state"],
            place=place,
        ),
    )
