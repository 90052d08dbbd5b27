"""What a judge said elsewhere of the samples: the set goes out as JSON lines, verdicts come back the same way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from refusals.annotations import objects, read_ending, text_of
from refusals.errors import InputError
from refusals.plan import Ending

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from refusals.errors import Place
    from refusals.grading import Sample

Said = tuple[Ending, int | None]


def lines(samples: Iterable[Sample], *, blind: bool = False) -> Iterable[str]:
    """Yield a JSON object a sample; with `blind` it has nothing that tells what the reply is."""
    for sample in samples:
        row: dict[str, Any] = {
            "id": sample.id,
            "language": sample.language,
            "request": sample.prompt.text,
            "reply": sample.reply.text,
            "truncated": str(sample.reply.finish) == "truncated",
        }
        if not blind:
            row |= {
                "case": sample.request,
                "half": sample.half,
                "manner": sample.manner.name,
                "outcome": str(sample.manner.ending),
                "score": sample.manner.score,
            }
        yield json.dumps(row, ensure_ascii=False)


def read_said(path: Path, known: Collection[str]) -> Mapping[str, Said]:
    """Return what a file of lines `{"id": …, "outcome": …, "score": …}` says of samples; the score may be left out.

    Raises:
        InputError: with the line that cannot be read, names no sample, or says a second thing of one.
    """
    found: dict[str, Said] = {}
    for row, place in objects(text_of(path), str(path)):
        identity, said = _read(row, place, known)
        if identity in found:
            raise InputError(f"the sample {identity} has a line already", place)
        found[identity] = said
    if not found:
        raise InputError(
            f'{path}: has no line; it wants one for each sample, such as {{"id": …, "outcome": "refused"}}'
        )
    return found


def _read(row: Mapping[str, Any], place: Place, known: Collection[str]) -> tuple[str, Said]:
    identity, score = row.get("id"), row.get("score")
    if identity not in known:
        raise InputError(f"no sample has the id {identity!r}; `refusals judges --export FILE` lists them", place)
    ending = read_ending(row.get("outcome"), place)
    if score is not None and (type(score) is not int or not 1 <= score <= 5):
        raise InputError(f"the score is {score!r}; allowed: 1, 2, 3, 4, 5, or none", place)
    return str(identity), (ending, score)
