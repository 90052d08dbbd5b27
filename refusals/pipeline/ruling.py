"""What a run comes to is estimated and ruled in one place, for the command line and for pytest alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from refusals.annotations import ANNOTATIONS, annotations_from
from refusals.damaged import readable
from refusals.gates import Grounds, questions, rule_on, slices_of
from refusals.gates.by_evidence import Suites
from refusals.grading.anchors import FACT, anchored_from
from refusals.outcomes import without_saved
from refusals.pipeline.comparing import Asked, Measured, as_decided, compare_runs, measured_from, measured_in
from refusals.pipeline.facts import manifest_in
from refusals.pipeline.pairs import pairs_with_baseline
from refusals.statistics import estimate
from refusals.statistics.operating import operate

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from refusals.annotations import Annotation
    from refusals.gates import Question, Ruling
    from refusals.gates.by_evidence import Decided
    from refusals.grading.anchors import Anchored
    from refusals.outcomes import Outcome, Run
    from refusals.plan import Plan
    from refusals.reports import Manifest
    from refusals.reports.comparison import Compared
    from refusals.statistics import Estimate
    from refusals.statistics.operating import OperatingPoint
    from refusals.study import Baseline, Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What rulings rest on beside plan and outcomes: what people read, how the judge held, the run to compare with."""

    manifest: Manifest
    annotations: tuple[Annotation, ...] = ()
    anchored: Anchored | None = None
    baseline: Measured | None = None
    may_differ: tuple[str, ...] = ()
    pairs: tuple[str, ...] = ()


def stored_in(kept: Run, path: Path, against: Baseline | None = None) -> Stored:
    """Return what a run has stored that its rulings rest on; a baseline that is given takes the place of its own.

    Raises:
        InputError: if the run has not begun, or the baseline is none.
    """
    manifest = manifest_in(kept, path)
    own = kept.baseline()
    differing, pairs = kept.told("study", lambda said: [tuple(said.get(key, ())) for key in ("may_differ", "pairs")])
    with readable(path, "what people or anchors said"):
        annotations = tuple(annotations_from(kept.fact(ANNOTATIONS)))
        anchored = anchored_from(kept.fact(FACT), manifest.judges)
    return Stored(
        manifest=manifest,
        annotations=annotations,
        anchored=anchored,
        baseline=measured_in(against.run) if against else measured_from(own, path) if own else None,
        may_differ=against.may_differ if against else differing,
        pairs=against.pairs if against else pairs,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """What a run comes to: what is reported of it, what is estimated of that, and what is ruled.

    The plan is without the families that a threshold was chosen on, and without the cells that were not asked because
    every gate about them was decided; `saved` counts those by system.
    """

    plan: Plan
    outcomes: Mapping[str, Outcome]
    points: tuple[OperatingPoint, ...]
    estimates: tuple[Estimate, ...]
    rulings: tuple[Ruling, ...]
    saved: Mapping[str, int]
    compared: Compared | None


def rule(study: Study, plan: Plan, outcomes: Mapping[str, Outcome], stored: Stored | None) -> Ruled:
    """Estimate and rule, the same for every door; `stored` is None where nothing was asked.

    Raises:
        InputError: if the baseline is not of the same texts, policy or judge.
    """
    operated = operate(plan, outcomes, study.sides)
    whole, saved = without_saved(operated.plan, outcomes)
    slices = slices_of(questions(study, whole))
    annotations = stored.annotations if stored else ()
    estimates = estimate(whole, operated.outcomes, study.sides, annotations, slices)
    # A family that was asked in part would look whole: a system that was stopped has no selectivity.
    estimates = tuple(each for each in estimates if not (saved.get(each.system) and each.measure == "selectivity"))
    compared = None
    if stored is not None and stored.baseline is not None:
        now = Measured(plan=whole, outcomes=operated.outcomes, manifest=stored.manifest)
        before = as_decided(stored.baseline, study.sides)
        paired = pairs_with_baseline(stored.pairs, before.plan, whole)
        compared = compare_runs(before, now, study.sides, Asked(may_differ=stored.may_differ, systems=paired))
    grounds = Grounds(
        anchored=stored.anchored if stored else None,
        comparison=compared.comparison if compared else None,
        decided=_suites(study, plan, outcomes),
    )
    return Ruled(
        plan=whole,
        outcomes=operated.outcomes,
        points=operated.points,
        estimates=estimates,
        rulings=rule_on(study, whole, operated.outcomes, estimates, grounds),
        saved=saved,
        compared=compared,
    )


def _suites(study: Study, plan: Plan, outcomes: Mapping[str, Outcome]) -> Mapping[Question, Decided]:
    if study.early_stop is None:
        return {}
    suites = Suites(study, plan)
    suites.feed(outcomes)
    return suites.decided
