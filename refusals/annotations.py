"""Some replies are read by people, drawn so that it is known how likely each was; they tell how far the judge errs."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from refusals.errors import InputError, Place, nearest
from refusals.outcomes import Outcome, Side, side
from refusals.plan import Ending

if TYPE_CHECKING:
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
    for number, line in enumerate(raw.split("\n"), 1):
        if not line.strip():
            continue
        place = Place(name, number, 1)
        read = _read(line, place, known)
        if read is None:
            continue
        if read.trial in found:
            raise InputError(f"the trial {read.trial} has a line already", place)
        found[read.trial] = read
    if not found:
        raise InputError(f"{name}: no line has an outcome; write one of {', '.join(ENDINGS)} into `outcome`")
    return list(found.values())


def _read(line: str, place: Place, known: Mapping[str, Outcome]) -> Annotation | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise InputError("the line is no JSON object", place) from None
    if not isinstance(row, dict):
        raise InputError("the line is no JSON object", place)
    if not row.get("outcome"):
        return None
    trial, outcome, probability = row.get("trial"), row["outcome"], row.get("probability")
    if trial not in known:
        raise InputError(f"the run has no trial {trial!r}; `refusals annotate RUN --draw N` lists them", place)
    if outcome not in ENDINGS:
        raise InputError(f"the outcome is {outcome!r}; {nearest(str(outcome), [str(each) for each in ENDINGS])}", place)
    if isinstance(probability, bool) or not isinstance(probability, int | float) or not 0 < probability <= 1:
        raise InputError(f"the probability is {probability!r}; it says how likely the reply was drawn: (0, 1]", place)
    return Annotation(
        trial=str(trial), ending=Ending(outcome), probability=float(probability), by=str(row.get("by") or "")
    )
