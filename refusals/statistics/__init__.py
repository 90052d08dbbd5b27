"""Every rate comes with an interval that is right for cells that move together by family.

This file says what is estimated of a system; the formulas are in the modules beside it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from refusals.annotations import Annotation
    from refusals.outcomes import Outcome
    from refusals.plan import Plan
    from refusals.statistics.readings import Readings
    from refusals.statistics.tally import Cell
    from refusals.study import Sides

ALL_LANGUAGES = "*"
Group = tuple[tuple[str, str], ...]
GROUPS = ("label", "domain", "kind", "mechanism", "axis", "script", "tier", "state")
BESIDE = "beside"  # the group of a gap that is to another language than the source: a variant's to its parent

Measure = Literal[
    "over-refusal",
    "under-refusal",
    "selectivity",
    "youden-j",
    "auroc",
    "gap-over-refusal",
    "gap-under-refusal",
    "dual-use-refusal",
    "review-share",
]
RATES: tuple[Measure, ...] = ("over-refusal", "under-refusal", "dual-use-refusal", "review-share")
SLICED: tuple[Measure, ...] = (*RATES, "selectivity", "gap-over-refusal", "gap-under-refusal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A measure of a system in a language, with its 95 % interval; what does not apply is None.

    Rates are fractions of `n` decided cells (families for selectivity). `language` "*" is the
    equal-weight mean of the languages. `group` names a slice as (key, value) and is empty for
    totals. `worst_low` and `worst_high` bound the interval whatever the undecided cells would be.

    `correction` is empty where nobody read replies of the system, and for figures that have no judge in them (AUROC,
    review share); else it says whether the figure is `corrected` by what people found, or `uncorrected`, since too
    little was read for that: then the worst bounds are what the judge may hide, and gates are ruled on them alone.
    Selectivity is corrected where all scored replies were read. Its high worst bound counts a family with a wrong and
    an undecided cell as wrong, and may so be below `rate`, which leaves it out.
    """

    system: str
    measure: Measure
    language: str
    group: Group = ()
    n: int
    families: int
    count: int | None = None
    rate: float | None = None
    low: float | None = None
    high: float | None = None
    design_effect: float | None = None
    undecided: int
    worst_low: float | None = None
    worst_high: float | None = None
    correction: Literal["", "corrected", "uncorrected"] = ""


def estimate(
    plan: Plan,
    outcomes: Mapping[str, Outcome],
    sides: Sides,
    annotations: Iterable[Annotation] = (),
    slices: Iterable[Group] = (),
) -> tuple[Estimate, ...]:
    """Return all measures of every system of the plan, per language and for their mean.

    Native families are a group of their own: they are in no total. Where people have read replies of a system, its
    figures are corrected by what they found. `slices` are parts of the cells that are asked for beside the
    usual ones, as `sliced` takes them.
    """
    from refusals.statistics.measuring import Table, languages_in
    from refusals.statistics.readings import Readings
    from refusals.statistics.tally import cells_of

    systems = dict.fromkeys(sorted({trial.system for trial in plan.trials}))
    read_by_people = tuple(annotations)
    readings = Readings(read_by_people, sides)
    found: list[Estimate] = []
    for system in systems:
        cells = cells_of((trial for trial in plan.trials if trial.system == system), outcomes, sides)
        read = readings.of(cells)
        found += _measures(system, [cell for cell in cells if not cell.trial.native], plan, read)
        native = [cell for cell in cells if cell.trial.native]
        tiers = _has_tiers(cells)
        found += Table(system, native, languages_in(native, plan), read, (("native", "true"),), tiers=tiers).rates()
    wanted = tuple(slices)
    known = {(each.system, each.measure, each.language, each.group) for each in found} if wanted else set()
    more = sliced(plan, outcomes, sides, wanted, read_by_people) if wanted else ()
    found += (each for each in more if (each.system, each.measure, each.language, each.group) not in known)
    return tuple(found)


def sliced(
    plan: Plan,
    outcomes: Mapping[str, Outcome],
    sides: Sides,
    slices: Iterable[Group],
    annotations: Iterable[Annotation] = (),
    measures: Container[Measure] = SLICED,
) -> Iterator[Estimate]:
    """Yield rates, selectivity and gaps of parts of the cells of every system, per language and for their mean.

    A slice is one or more (key, value), the keys from `GROUPS`: (("domain", "cyber"), ("label", "harmful")) are the
    harmful cases of that domain. A slice without a cell yields nothing. `measures` are those that are wanted.
    """
    from refusals.statistics.measuring import Parts, Table, languages_in
    from refusals.statistics.readings import Readings
    from refusals.statistics.tally import cells_of

    readings = Readings(annotations, sides)
    wanted = list(slices)
    for system in dict.fromkeys(sorted({trial.system for trial in plan.trials})):
        cells = cells_of((trial for trial in plan.trials if trial.system == system), outcomes, sides)
        read = readings.of(cells)
        cells = [cell for cell in cells if not cell.trial.native]
        parts = Parts(cells)
        for group in wanted:
            members = parts.of(group)
            part = Table(system, members, languages_in(members, plan), read, group, tiers=True)
            if members:
                yield from part.rates(wanted=measures)
                if "selectivity" in measures:
                    yield from part.selectivity()
                if "gap-over-refusal" in measures:
                    yield from part.gaps()


def _measures(system: str, cells: Sequence[Cell], plan: Plan, read: Readings | None) -> Iterator[Estimate]:
    from refusals.statistics.measuring import Parts, Table, languages_in

    tiers = _has_tiers(cells)
    whole = Table(system, cells, languages_in(cells, plan), read, tiers=tiers)
    yield from whole.rates()
    yield from whole.selectivity()
    yield from whole.youden()
    yield from whole.auroc()
    yield from whole.gaps()
    yield from whole.variants()
    parts = Parts(cells)
    for key in GROUPS:
        for value, members in sorted(parts.by(key).items()):
            part = Table(system, members, languages_in(members, plan), read, ((key, value),), tiers=tiers)
            yield from part.rates(each_language=key == "label")


def _has_tiers(cells: Iterable[Cell]) -> bool:
    return any(cell.outcome is not None and cell.outcome.ending == "review" for cell in cells)
