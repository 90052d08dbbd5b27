"""What power rests on beside the plan, assumed or estimated from stored runs: how alike families are, what changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from refusals.errors import InputError
from refusals.outcomes import Side
from refusals.statistics.clustered import FEW_FAMILIES
from refusals.statistics.pairing import Ran, paired
from refusals.statistics.repeats import within_cell_correlation
from refusals.statistics.tally import cells_of

if TYPE_CHECKING:
    from refusals.statistics.pairing import Pair
    from refusals.statistics.tally import Wrong
    from refusals.study import Sides

CORRELATION = 0.2
"""Whether models refuse a prompt correlates at 0.15 to 0.29 within prompts; of languages nothing is published."""
DISCORDANCE = 0.03


@dataclass(frozen=True, slots=True, kw_only=True)
class Supposed:
    """How two cells of a family correlate in being wrong, and which share of cells changes from run to run.

    Changes of two cells of a family are taken to correlate by `correlation_of_changes`. Each says whether it is
    `assumed` or from where it is.
    """

    correlation: float = CORRELATION
    correlation_from: str = "assumed"
    discordance: float = DISCORDANCE
    correlation_of_changes: float = CORRELATION
    changes_from: str = "assumed"


def supposed(runs: Sequence[Ran], sides: Sides, wrong: Wrong) -> Supposed:
    """Return what none, one or two stored runs say; of two the first is the baseline of the second.

    The correlation is that of one-way analysis of variance between families, within each system. A figure that fewer
    than 20 families would speak for stays assumed, and so does what changes, as long as there is one run.

    Raises:
        InputError: if there are more than two runs, or the two have no system or no cell in common.
    """
    if len(runs) > 2:
        raise InputError(f"{len(runs)} runs: give one, or a baseline and a candidate")
    families = [family for run in runs for family in _answers(run, sides, wrong)]
    found = _estimated(families)
    pairs = _pairs(runs, sides, wrong) if len(runs) == 2 else []
    changed = [change for _, change in pairs]
    alike = _estimated([_by_family(pairs)])
    enough = len({family for family, change in pairs if change}) >= FEW_FAMILIES
    return Supposed(
        correlation=CORRELATION if found is None else found,
        correlation_from="assumed" if found is None else "estimated",
        discordance=sum(map(abs, changed)) / len(changed) if enough else DISCORDANCE,
        correlation_of_changes=CORRELATION if alike is None else alike,
        changes_from="estimated" if enough else "assumed",
    )


def _answers(run: Ran, sides: Sides, wrong: Wrong) -> Iterable[list[list[float]]]:
    """Yield, for each system, what the decided cells of each family came to."""
    plan, outcomes = run
    for system in sorted({trial.system for trial in plan.trials}):
        cells = cells_of((t for t in plan.trials if t.system == system and not t.native), outcomes, sides)
        said = [(cell.trial.family, wrong(cell)) for cell in cells if cell.side is not Side.UNDECIDED]
        yield _by_family((family, float(each)) for family, each in said if each is not None)


def _by_family(pairs: Iterable[tuple[str, float]]) -> list[list[float]]:
    found: dict[str, list[float]] = {}
    for family, value in pairs:
        found.setdefault(family, []).append(value)
    return list(found.values())


def _estimated(strata: Sequence[Sequence[Sequence[float]]]) -> float | None:
    """Return the correlation within families, not below 0; None where too few families differ in anything."""
    known = [families for families in strata if _showing(families) >= FEW_FAMILIES]
    found = within_cell_correlation(known)
    return None if found is None else max(0.0, found)


def _showing(families: Iterable[Sequence[float]]) -> int:
    return sum(any(values) for values in families)


def _pairs(runs: Sequence[Ran], sides: Sides, wrong: Wrong) -> list[tuple[str, float]]:
    """Return the family and the change of each cell decided in both: 1 where it became wrong, -1 where right."""
    before, after = ({trial.system for trial in plan.trials} for plan, _ in runs)
    shared = {system: system for system in sorted(before & after)}
    if not shared:
        raise InputError(
            f"the two runs have no system in common: {', '.join(sorted(before))}; {', '.join(sorted(after))}"
        )
    matched = paired(runs[0], runs[1], sides, shared, allow_changed=True)
    change = _change(wrong)
    return [
        (pair.after.trial.family, found)
        for _, pairs in matched
        for pair in pairs
        if not pair.undecided and not pair.after.trial.native and (found := change(pair)) is not None
    ]


def _change(wrong: Wrong) -> Callable[[Pair], float | None]:
    def found(pair: Pair) -> float | None:
        before, after = wrong(pair.before), wrong(pair.after)
        return None if before is None or after is None else float(after) - float(before)

    return found
