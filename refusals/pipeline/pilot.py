"""How often a cell is asked is found out by a small run before the run, where a study says `repeats: auto`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from refusals.errors import InputError
from refusals.pipeline.results import results_of
from refusals.statistics.repeats import repeats_of
from refusals.study import Budget, Pilot, Study, SystemSpec, told_apart

if TYPE_CHECKING:
    from pathlib import Path

    from refusals.reports import Manifest
    from refusals.statistics.repeats import Repeats

FAMILIES = 20
SAMPLES = 2


async def piloted(study: Study, out: Path, run: Callable[[Study, Path], Awaitable[None]]) -> Study:
    """Return the study with every `repeats: auto` made a number by a pilot beside `out`, in a folder of its own.

    The pilot asks two samples a cell of 20 families at most. It stands beside the run, so that both share a cache and a
    run that goes on finds the pilot done; what it spends is taken off the budget.

    Raises:
        InputError: if the folder of the pilot holds a run of another plan.
    """
    unknown = [spec for spec in told_apart(study.systems) if spec.repeats is None]
    if not unknown:
        return study
    limit = study.selection.limit
    small = replace(
        study,
        systems=tuple(replace(spec, repeats=SAMPLES) for spec in unknown),
        selection=replace(study.selection, limit=FAMILIES if limit is None else min(limit, FAMILIES)),
        gates=(),
        baseline=None,
        early_stop=None,
    )
    beside = out.with_name(f"{out.name}-pilot")
    await run(small, beside)
    results = results_of(beside)
    found = {each.system: each for each in repeats_of(results.plan, results.outcomes, study.sides)}
    systems = tuple(_with_repeats(spec, found) if spec.repeats is None else spec for spec in told_apart(study.systems))
    return replace(study, systems=systems, budget=_left(study.budget, results.manifest))


def _with_repeats(spec: SystemSpec, found: dict[str, Repeats]) -> SystemSpec:
    pilot = found.get(spec.name)
    if pilot is None or not pilot.cells:
        raise InputError(
            f"the pilot of {spec.name} has no cell with {SAMPLES} decided answers, so that nothing tells how many it "
            "needs; write `repeats: N` in the study"
        )
    return replace(spec, repeats=pilot.best, pilot=Pilot(cells=pilot.cells, correlation=pilot.correlation))


def _left(budget: Budget, spent: Manifest) -> Budget:
    return Budget(
        max_calls=None if budget.max_calls is None else max(0, budget.max_calls - spent.calls),
        max_cost=None if budget.max_cost is None else max(0.0, budget.max_cost - spent.cost),
    )
