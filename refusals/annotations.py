"""Some replies are read by people, drawn so that it is known how likely each was; they tell how far the judge errs."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from refusals.errors import InputError, Place, nearest
from refusals.outcomes import Outcome, Side, side
from refusals.plan import Ending

if TYPE_CHECKING:
    from pathlib import Path

    from refusals.plan import Trial
    from refusals.study import Sides

ANNOTATIONS = "annotations"  # the fact of a run that they are stored as
UNANSWERED = (Ending.ERROR, Ending.NOT_RUN, Ending.OUT_OF_POLICY)  # there is no reply to read
ENDINGS = (Ending.COMPLIED, Ending.PARTIAL, Ending.DEFLECTED, Ending.REFUSED, Ending.EMPTY, Ending.UNCLEAR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """What a person found a reply to be. `probability` is how likely it was to be drawn, above 0 and at most 1."""

    trial: str
    ending: Ending
    probability: float
    by: str = ""


def strata(
    trials: Iterable[Trial], outcomes: Mapping[str, Outcome], sides: Sides
) -> dict[tuple[str, str, Side], list[Trial]]:
    """Return the trials that have a reply, by system, language and the side that the judge put them on."""
    found: dict[tuple[str, str, Side], list[Trial]] = defaultdict(list)
    for trial in trials:
        outcome = outcomes.get(trial.id)
        if outcome is None or outcome.ending in UNANSWERED:
            continue
        found[trial.system, trial.language, side(outcome.ending, sides)].append(trial)
    return dict(found)


def draw(groups: Mapping[Any, Sequence[Trial]], each: int, seed: int) -> list[tuple[Trial, float]]:
    """Return so many trials of each stratum with their probability, mixed, so that the order tells nothing."""
    chance = random.Random(seed)  # noqa: S311 - a sample that can be drawn again
    drawn = []
    for key in sorted(groups, key=str):
        members = sorted(groups[key], key=lambda trial: trial.id)
        taken = chance.sample(members, min(each, len(members)))
        drawn += [(trial, len(taken) / len(members)) for trial in taken]
    chance.shuffle(drawn)
    return drawn


def as_fact(annotations: Iterable[Annotation]) -> str:
    """Return annotations as a run stores them."""
    return json.dumps([asdict(each) for each in sorted(annotations, key=lambda each: each.trial)], ensure_ascii=False)


def annotations_from(fact: str | None) -> list[Annotation]:
    """Return the annotations that a run has stored."""
    return [Annotation(**{**row, "ending": Ending(row["ending"])}) for row in json.loads(fact or "[]")]


def read_annotations(raw: str, name: str, known: Mapping[str, Outcome]) -> list[Annotation]:
    """Read a line of JSON for each reply: `trial`, `outcome`, `probability`, and `by` if it is to be known.

    A line whose outcome is still empty was not annotated, and is left out.

    Raises:
        InputError: with the line that is wrong; if no line is annotated.
    """
    found: dict[str, Annotation] = {}
    for row, place in objects(raw, name):
        read = _read(row, place, known)
        if read is None:
            continue
        if read.trial in found:
            raise InputError(f"the trial {read.trial} has a line already", place)
        found[read.trial] = read
    if not found:
        raise InputError(f"{name}: no line has an outcome; write one of {', '.join(ENDINGS)} into `outcome`")
    return list(found.values())


def text_of(path: Path) -> str:
    """Return what a file of lines says.

    Raises:
        InputError: if it cannot be read.
    """
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from None


def objects(raw: str, name: str) -> Iterator[tuple[dict[str, Any], Place]]:
    """Yield the JSON object on each line that is not blank, with its place.

    Raises:
        InputError: at the first line that is none.
    """
    for number, line in enumerate(raw.split("\n"), 1):
        if not line.strip():
            continue
        place = Place(name, number, 1)
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict):
            raise InputError("the line is no JSON object", place)
        yield row, place


def read_ending(said: object, place: Place) -> Ending:
    """Return what somebody found a reply to be.

    Raises:
        InputError: if a reply cannot be that.
    """
    if said not in ENDINGS:
        raise InputError(f"the outcome is {said!r}; {nearest(str(said), [str(each) for each in ENDINGS])}", place)
    return Ending(str(said))


def _read(row: Mapping[str, Any], place: Place, known: Mapping[str, Outcome]) -> Annotation | None:
    if not row.get("outcome"):
        return None
    trial, probability = row.get("trial"), row.get("probability")
    if trial not in known:
        raise InputError(f"the run has no trial {trial!r}; `refusals annotate RUN --draw N` lists them", place)
    ending = read_ending(row["outcome"], place)
    if isinstance(probability, bool) or not isinstance(probability, int | float) or not 0 < probability <= 1:
        raise InputError(f"the probability is {probability!r}; it says how likely the reply was drawn: (0, 1]", place)
    return Annotation(trial=str(trial), ending=ending, probability=float(probability), by=str(row.get("by") or ""))
