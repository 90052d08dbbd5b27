"""A run keeps a copy of the run that it is held against, which is the one that its study names now."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from refusals.errors import InputError
from refusals.gates.refusing import refuse_beyond_baseline
from refusals.pipeline.comparing import refuse_other
from refusals.pipeline.facts import begun, manifest_from, manifest_in
from refusals.pipeline.folder import DATABASE, database_in, opened
from refusals.pipeline.pairs import pairs_with_baseline

if TYPE_CHECKING:
    from pathlib import Path

    from refusals.outcomes import Run
    from refusals.pipeline import Prepared
    from refusals.plan import Plan
    from refusals.study import Baseline, Study

_COPIED_FROM = "baseline"  # the fact of a run that says which folder its copy is of, and shows no path


def refuse_unheld(study: Study, plan: Plan) -> None:
    """Refuse gates against a baseline that has not their systems or languages.

    Raises:
        InputError: with the place of the gate.
    """
    gates = [gate for gate in study.gates if gate.against_baseline]
    if not gates or study.baseline is None or not (study.baseline.run / DATABASE).is_file():
        return  # a run that goes on may have the copy that it took
    with opened(study.baseline.run / DATABASE) as kept:
        its = kept.plan()
    refuse_beyond_baseline(study, plan, its, _paired(study, study.baseline, its, plan))


def _paired(study: Study, baseline: Baseline, its: Plan, plan: Plan) -> dict[str, str]:
    """Return the baseline's systems by those of the plan; what is wrong with that stands where the study says it."""
    try:
        return pairs_with_baseline(baseline.pairs, its, plan)
    except InputError as error:
        place = baseline.place if baseline.pairs else study.place("baseline", str(baseline.run))
        raise InputError(error.message, place) from None


def take_baseline(prepared: Prepared, kept: Run) -> None:
    """Keep a copy of the baseline, before any call is made; forget one that the study names no more.

    Raises:
        InputError: if a gate needs one and there is none, or it is not of the same corpus, policy or judge.
    """
    study = prepared.study
    if study.baseline is None:
        needs = [gate for gate in study.gates if gate.against_baseline]
        if needs:
            raise InputError(
                f"a gate on {needs[0].measure} is held against a baseline; give `baseline: {{run: DIR}}` in the study, "
                "or --baseline DIR, the folder of an earlier run",
                study.place_in(needs[0]),
            )
        kept.drop_baseline()
        return
    own = kept.baseline()
    if own is not None and _has_copy_alone(kept, study.baseline):
        _paired(study, study.baseline, own.plan(), prepared.plan)
        return
    try:
        path = database_in(study.baseline.run)
        now = manifest_from(begun(study, prepared.corpus, prepared.systems, prepared.plan))
        with opened(path) as baseline:
            refuse_other(manifest_in(baseline, path), now, study.baseline.may_differ)
            its = baseline.plan()
    except InputError as error:
        raise InputError(error.message, error.place or study.place("baseline", str(study.baseline.run))) from None
    _paired(study, study.baseline, its, prepared.plan)
    kept.take_baseline(path)
    kept.state(_COPIED_FROM, _name(study.baseline.run))


def _has_copy_alone(kept: Run, baseline: Baseline) -> bool:
    """Whether the folder of the baseline is gone, and the copy of the run, which goes on, is of it."""
    gone = not (baseline.run / DATABASE).is_file()
    return gone and kept.fact(_COPIED_FROM) == _name(baseline.run)


def _name(folder: Path) -> str:
    return hashlib.sha256(str(folder.resolve()).encode("utf-8", "surrogateescape")).hexdigest()
