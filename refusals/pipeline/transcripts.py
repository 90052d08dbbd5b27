"""The cells of a run with what was said in them, read from its folder without estimating anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from refusals.pipeline.comparing import as_decided, measured_from
from refusals.pipeline.facts import study_in
from refusals.pipeline.folder import database_in, opened
from refusals.reports._cells import Cell, went

if TYPE_CHECKING:
    from pathlib import Path


def cells_of(out: Path) -> tuple[Cell, ...]:
    """Return the cells of a run in the random order that they were planned in.

    They are those that are reported: decided by the threshold where the run has chosen one, and without what was not
    asked because its gates were decided.

    Raises:
        InputError: if the folder holds no run.
    """
    path = database_in(out)
    with opened(path) as kept:
        sides = study_in(kept).sides
        decided, replies = as_decided(measured_from(kept, path), sides), kept.replies()
    return tuple(
        Cell(
            trial=trial,
            outcome=(outcome := decided.outcomes.get(trial.id)),
            reply=replies.get(trial.id),
            went=went(sides, trial, outcome),
        )
        for trial in decided.plan.trials
    )
