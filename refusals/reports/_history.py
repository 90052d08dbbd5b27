"""What a cell came to in the run that this one is held against, where that was something else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from refusals.outcomes import Outcome
from refusals.reports._cells import went

if TYPE_CHECKING:
    from refusals.reports import Results
    from refusals.reports._decisions import Past


def history_of(results: Results) -> dict[str, list[Past]]:
    """Return the past of the cells that flipped, by trial; empty without a baseline."""
    if results.compared is None:
        return {}
    trials = {(trial.system, trial.language, trial.case, trial.repeat): trial for trial in results.plan.trials}
    run = f"baseline of {results.compared.baseline.finished or results.compared.baseline.started}"
    found = {}
    for flip in results.compared.comparison.flips:
        trial = trials.get((flip.system, flip.language, flip.case, flip.repeat))
        if trial is not None:
            how = went(results.sides, trial, Outcome(trial=trial.id, ending=flip.before))
            found[trial.id] = [(run, how, str(flip.before))]
    return found
