"""The cells of a run with what was said in them, read from its folder without estimating anything."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from refusals.outcomes import without_saved
from refusals.pipeline.facts import study_from
from refusals.pipeline.folder import database_in, opened
from refusals.reports._cells import Cell, went
from refusals.statistics.operating import operate

if TYPE_CHECKING:
    from pathlib import Path


def cells_of(out: Path) -> tuple[Cell, ...]:
    """Return the cells of a run in the random order that they were planned in.

    They are those that are reported: decided by the threshold where the run has chosen one, and without what was not
    asked because its gates were decided.

    Raises:
        InputError: if the folder holds no run.
    """
    with opened(database_in(out)) as kept:
        plan, outcomes, replies = kept.plan(), kept.read(), kept.replies()
        sides = study_from(json.loads(kept.fact("study") or "{}")).sides
    operated = operate(plan, outcomes, sides)
    reported, _ = without_saved(operated.plan, outcomes)
    return tuple(
        Cell(
            trial=trial,
            outcome=(outcome := operated.outcomes.get(trial.id)),
            reply=replies.get(trial.id),
            went=went(sides, trial, outcome),
        )
        for trial in reported.trials
    )
