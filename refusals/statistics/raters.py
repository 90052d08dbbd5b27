"""How far the raters of one system agree, per language and label, and which cases they split on.

An abstention is no category but a missing rating. Native families are in it: agreement is of all that was rated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from refusals.cases import Label
from refusals.statistics.agreement import ac1, krippendorff_alpha
from refusals.systems import Decision, Rating

if TYPE_CHECKING:
    from refusals.plan import Plan, Trial

TWICE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Agreement of a system's raters in a language, on one label or (`label` empty) on all.

    `raters` and `rated` count who decided and in how many cells; `rated_twice` the cells that two or more decided, on
    which both figures rest. `alpha` is Krippendorff's, nominal; `ac1` the mean of Gwet's AC1 over all pairs of raters
    with a cell in common. None where there is none, or where all ratings are the same (`alpha`).
    """

    system: str
    language: str
    label: str
    raters: int
    roles: tuple[tuple[str, int], ...]
    rated: int
    rated_twice: int
    alpha: float | None
    ac1: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A cell whose raters differ, with how many said what (abstentions too)."""

    system: str
    language: str
    case: str
    counts: tuple[tuple[str, int], ...]


Rated = tuple["Trial", Sequence[Rating]]


def agreements(plan: Plan, ratings: Mapping[str, Sequence[Rating]]) -> tuple[Agreement, ...]:
    """Return the agreement of every system with raters, by language: on all labels, then on each."""
    found: list[Agreement] = []
    for system, rated in _by_system(plan, ratings).items():
        scale = _scale(rated)
        for language in (tag for tag in plan.languages if any(trial.language == tag for trial, _ in rated)):
            spoken = [each for each in rated if each[0].language == language]
            found.append(_agreement((system, language, ""), spoken, scale))
            for label in Label:
                part = [each for each in spoken if each[0].label is label]
                if part:
                    found.append(_agreement((system, language, str(label)), part, scale))
    return tuple(found)


def splits(plan: Plan, ratings: Mapping[str, Sequence[Rating]]) -> tuple[Split, ...]:
    """Return the cells whose raters differ, by system, language and case."""
    found = [
        Split(system=system, language=trial.language, case=trial.case, counts=_counts(said))
        for system, rated in _by_system(plan, ratings).items()
        for trial, said in rated
        if len({rating.decision for rating in _decided(said)}) > 1
    ]
    return tuple(sorted(found, key=lambda split: (split.system, split.language, split.case)))


def mean_ac1(units: Sequence[Mapping[str, Decision]], scale: Iterable[Decision]) -> float | None:
    """Return the mean of AC1 over all pairs of raters that have a unit in common, each pair with equal weight."""
    raters, known = sorted({rater for unit in units for rater in unit}), frozenset(scale)
    found = []
    for one, other in combinations(raters, 2):
        both = [unit for unit in units if one in unit and other in unit]
        pair = ac1([unit[one] for unit in both], [unit[other] for unit in both], known)
        if pair is not None:
            found.append(pair)
    return sum(found) / len(found) if found else None


def _by_system(plan: Plan, ratings: Mapping[str, Sequence[Rating]]) -> dict[str, list[Rated]]:
    found: dict[str, list[Rated]] = {}
    for trial in sorted(plan.trials, key=lambda trial: trial.id):
        if ratings.get(trial.id):
            found.setdefault(trial.system, []).append((trial, ratings[trial.id]))
    return found


def _scale(rated: Iterable[Rated]) -> frozenset[Decision]:
    """Return what the raters could choose from: to review is one of it only where any of them did."""
    used = {rating.decision for _, said in rated for rating in said}
    return frozenset({Decision.ALLOW, Decision.FLAG} | (used & {Decision.REVIEW}))


def _agreement(of: tuple[str, str, str], rated: Sequence[Rated], scale: frozenset[Decision]) -> Agreement:
    units = [{rating.rater: rating.decision for rating in _decided(said)} for _, said in rated]
    people = {(rating.rater, rating.role) for _, said in rated for rating in said}
    system, language, label = of
    return Agreement(
        system=system,
        language=language,
        label=label,
        raters=len({rater for rater, _ in people}),
        roles=tuple(sorted(Counter(role for _, role in people if role).items())),
        rated=sum(bool(unit) for unit in units),
        rated_twice=sum(len(unit) >= TWICE for unit in units),
        alpha=krippendorff_alpha(units),
        ac1=mean_ac1(units, scale),
    )


def _decided(said: Iterable[Rating]) -> Iterator[Rating]:
    return (rating for rating in said if rating.decision is not Decision.ABSTAIN)


def _counts(said: Iterable[Rating]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(str(rating.decision) for rating in said).items()))
