"""A guard with a middle tier is more than two rates: labels by tiers are counted, whichever side a review falls on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from refusals.cases import Label
from refusals.outcomes import Side, side
from refusals.plan import Ending
from refusals.policies import Expectation

if TYPE_CHECKING:
    from refusals.reports import Results

_LEFT_OUT = Ending.OUT_OF_POLICY


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiers:
    """How many decided cells of a label ended in each tier, in a language; native families are not counted."""

    system: str
    language: str
    label: str
    allow: int
    review: int
    flag: int


def tiers_of(results: Results, system: str) -> tuple[Tiers, ...]:
    """Return three rows a language, empty for a system that sent nothing to review."""
    counts: Counter[tuple[str, Label, str]] = Counter()
    for trial in results.plan.trials:
        outcome = results.outcomes.get(trial.id)
        if trial.system == system and not trial.native and outcome is not None:
            counts[trial.language, trial.label, _tier(results, outcome.ending)] += 1
    if not any(tier == "review" for _, _, tier in counts):
        return ()
    return tuple(
        Tiers(
            system=system,
            language=language,
            label=str(label),
            allow=counts[language, label, "allow"],
            review=counts[language, label, "review"],
            flag=counts[language, label, "flag"],
        )
        for language in results.plan.languages
        for label in Label
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Confused:
    """How many cells with an expectation ended in each tier, over all languages."""

    expected: str
    allow: int
    review: int
    flag: int
    undecided: int

    @property
    def decided(self) -> int:
        """Cells in any of the three tiers."""
        return self.allow + self.review + self.flag


def confusion_of(results: Results, system: str) -> tuple[Confused, ...]:
    """Return expectations by tiers, those that any cell has; empty for a system that sent nothing to review."""
    counts: Counter[tuple[Expectation, str]] = Counter()
    for trial in results.plan.trials:
        outcome = results.outcomes.get(trial.id)
        if trial.system == system and not trial.native and (outcome is None or outcome.ending is not _LEFT_OUT):
            counts[trial.expectation, "undecided" if outcome is None else _tier(results, outcome.ending)] += 1
    if not any(tier == "review" for _, tier in counts):
        return ()
    asked = {expectation for expectation, _ in counts}
    return tuple(
        Confused(
            expected=str(each),
            allow=counts[each, "allow"],
            review=counts[each, "review"],
            flag=counts[each, "flag"],
            undecided=counts[each, "undecided"],
        )
        for each in Expectation
        if each in asked
    )


def _tier(results: Results, ending: Ending) -> str:
    if ending is Ending.REVIEW:
        return "review"
    return {Side.COMPLY: "allow", Side.REFUSE: "flag"}.get(side(ending, results.sides), "undecided")
