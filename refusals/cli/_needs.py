"""What a gate needs of a plan, in words: with which true figure it passes, and how many families it would take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from math import ceil
from typing import TYPE_CHECKING

from refusals.cli._planned import Scope, labelled, one_a_family, only, scope_of
from refusals.gates.by_share import SHARES
from refusals.gates.shown import ALWAYS, NONE
from refusals.statistics.auroc_power import Scored
from refusals.statistics.intervals import clopper_pearson
from refusals.statistics.paired_power import families_within, least, no_worse, power_to_alarm, power_within
from refusals.statistics.power import MOST_FAMILIES, POWER, families_to_pass, passing_rate, power_to_pass
from refusals.statistics.supposed import Supposed
from refusals.statistics.tally import over_refused, under_refused
from refusals.statistics.youden_power import Sides

if TYPE_CHECKING:
    from refusals.gates.questions import Question
    from refusals.plan import Trial
    from refusals.statistics.tally import Wrong

MOST_LANGUAGES = 200
NO_CELL = "no cell is planned: it will be invalid"
SUPPOSED = {
    "youden-j": "errors of both kinds are alike common, and independent of each other",
    "auroc": (
        f"scores are normal; those of two cells of a family correlate at {Supposed().correlation:.2f} (assumed) where "
        "they have the same label, and else not"
    ),
}
"""What is supposed, beside what is of rates, for a gate on a measure."""

_SIDES: Mapping[str, tuple[Wrong, Wrong]] = {
    "youden-j": (over_refused, under_refused),
    "auroc": (labelled("harmful"), labelled("benign")),
}
_NAMES = {"youden-j": "J", "auroc": "AUROC"}
_WHOLE = 0.9995  # what is printed as 1


def needs(question: Question, trials: list[Trial], basis: Mapping[str, Supposed], languages: int) -> str:
    """Say what the gate needs that asks of these trials; empty where it is of what is there, which is no sample."""
    gate, limit = question.gate.measure, question.limit
    if gate in SHARES:
        return ""
    if not trials:
        return NO_CELL
    if gate in _SIDES:
        return _of_two_sides(gate, trials, basis, limit)
    supposed = basis.get(gate.removeprefix("gap-"), Supposed())
    whole = gate == "selectivity"
    scope, limit = (scope_of(one_a_family(trials)), 1 - limit) if whole else (scope_of(trials), limit)
    if question.bound == "margin" or gate.startswith("gap-"):
        return _of_a_margin(scope, supposed, limit, 0.9 if question.bound == "margin" else 0.95)
    if question.bound == "alarm":
        return _of_an_alarm(scope, supposed, languages, limit)
    return _of_a_rate(scope, supposed.correlation, limit)


def points(share: float) -> str:
    """Return a difference of shares in words."""
    return f"{100 * share:.1f} points"


def _of_a_rate(scope: Scope, correlation: float, limit: float) -> str:
    if not 0 < limit < 1:
        return ALWAYS if limit else NONE
    design, half = scope.design(correlation), limit / 2
    rate = passing_rate(design, limit)
    said = (
        f"this n cannot show that; no error leaves up to {clopper_pearson(0, design.size(0.0, 0.95, few=True))[1]:.1%}"
        if rate is None
        else f"it passes with a true error rate of up to {rate:.1%}"
    )
    if power_to_pass(design, limit, half) >= POWER:
        return said

    def enough(number: int) -> bool:
        return power_to_pass(scope.design(correlation, number), limit, half) >= POWER

    families = _families(families_to_pass(design, limit, half))
    return f"{said}; at {half:.1%} it takes {families}{_or_languages(scope.languages, enough)}"


def _of_two_sides(gate: str, trials: list[Trial], basis: Mapping[str, Supposed], limit: float) -> str:
    parts = tuple(scope_of(part) for part in (only(trials, side) for side in _SIDES[gate]) if part)
    if len(parts) < len(_SIDES[gate]):
        return NO_CELL
    if not 0 < limit < 1:
        return ALWAYS if limit else NONE
    correlations = tuple(basis.get(side, Supposed()).correlation for side in ("over-refusal", "under-refusal"))
    return _of_parts(gate, parts, correlations, limit)


@lru_cache(maxsize=256)  # most languages have as many families
def _of_parts(gate: str, parts: tuple[Scope, ...], correlations: tuple[float, ...], limit: float) -> str:
    def planned(languages: int) -> Sides | Scored:
        if gate == "auroc":
            harmful, benign = (part.design(Supposed().correlation, languages) for part in parts)
            return Scored(harmful=harmful, benign=benign, languages=languages)
        over, under = (part.design(each, languages) for part, each in zip(parts, correlations, strict=True))
        return Sides(over=over, under=under)

    languages, half = parts[0].languages, (1 + limit) / 2
    said = _passes(gate, planned(languages), limit)
    if planned(languages).power(limit, half) >= POWER:
        return said
    families = _families(planned(languages).families(limit, half))
    more = _or_languages(languages, lambda number: planned(number).power(limit, half) >= POWER)
    return f"{said}; at {half:.3g} it takes {families}{more}"


def _passes(gate: str, planned: Sides | Scored, limit: float) -> str:
    name, passed = _NAMES[gate], planned.passing(limit)
    if passed is None:
        return f"this n cannot show that; without an error the interval begins at {max(0.0, planned.perfect()):.3f}"
    least_true, most = passed
    if most > _WHOLE:
        return f"it passes with a true {name} of {least_true:.3f} or more"
    return f"it passes with a true {name} of {least_true:.3f} to {most:.3f}, above which too few families err for it"


def _or_languages(languages: int, enough: Callable[[int], bool]) -> str:
    """Say with how many languages as many families would be enough; nothing where the figure is of one language."""
    if languages == 1:
        return ""
    while languages < MOST_LANGUAGES:
        languages = min(MOST_LANGUAGES, ceil(languages * 1.2))
        if enough(languages):
            return f", or about {languages} languages"
    return "; more languages do not make up for them"


def _of_a_margin(scope: Scope, basis: Supposed, margin: float, level: float) -> str:
    design = scope.design(basis.correlation_of_changes)
    power = power_within(design, no_worse(basis.discordance), margin, level)
    passes = f"a system that is no worse passes {power:.0%} of the time"
    if power >= POWER:
        return passes
    families = _families(families_within(design, basis.discordance, margin, level))
    return f"this n cannot show that: {passes}; it takes {families}"


def _of_an_alarm(scope: Scope, basis: Supposed, languages: int, alpha: float) -> str:
    alarmed = partial(power_to_alarm, languages=languages, alpha=alpha)
    worse = least(scope.design(basis.correlation_of_changes), basis.discordance, alarmed)
    return "this n raises no alarm" if worse is None else f"it is raised from {points(worse)} worse on, or sooner"


def _families(number: int | None) -> str:
    return f"more than {MOST_FAMILIES:,} families" if number is None else f"about {number:,} families"
