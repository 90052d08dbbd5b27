"""A baseline has what its gates ask, and a copy of it is kept before any call is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from refusals.errors import InputError
from refusals.gates.refusing import refuse_beyond_baseline
from refusals.pipeline.comparing import manifest_in, refuse_other
from refusals.pipeline.facts import begun, manifest_from
from refusals.pipeline.folder import DATABASE, database_in, opened

if TYPE_CHECKING:
    from refusals.outcomes import Run
    from refusals.pipeline import Prepared
    from refusals.plan import Plan
    from refusals.study import Study


def refuse_unheld(study: Study, plan: Plan) -> None:
    """Refuse gates against a baseline that has not their systems or languages.

    Raises:
        InputError: with the place of the gate.
    """
    gates = [gate for gate in study.gates if gate.against_baseline]
    if not gates or study.baseline is None or not (study.baseline.run / DATABASE).is_file():
        return  # a run that goes on may have the copy that it took
    with opened(study.baseline.run / DATABASE) as kept:
        refuse_beyond_baseline(study, plan, kept.plan())


def take_baseline(prepared: Prepared, kept: Run) -> None:
    """Keep a copy of the baseline, before any call is made.

    Raises:
        InputError: if a gate needs one and there is none, or it is not of the same corpus, policy or judge.
    """
    study = prepared.study
    if study.baseline is None:
        needs = [gate for gate in study.gates if gate.against_baseline]
        if needs and kept.baseline() is None:
            raise InputError(
                f"a gate on {needs[0].measure} is held against a baseline; give `baseline: {{run: DIR}}` in the study, "
                "or --baseline DIR, the folder of an earlier run",
                study.place_in(needs[0]),
            )
        return
    if kept.baseline() is not None and not (study.baseline.run / DATABASE).is_file():
        return  # the run goes on, and has its copy
    try:
        path = database_in(study.baseline.run)
        now = manifest_from(begun(study, prepared.corpus, prepared.systems, prepared.plan), path)
        refuse_other(manifest_in(study.baseline.run), now, study.baseline.may_differ)
    except InputError as error:
        raise InputError(error.message, error.place or study.place("baseline", str(study.baseline.run))) from None
    kept.take_baseline(path)
