"""Results are made of a run's folder alone, as often as anybody likes."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from refusals.annotations import ANNOTATIONS, annotations_from
from refusals.gates import Grounds, overall, questions, rule_on, slices_of
from refusals.gates.by_evidence import Suites
from refusals.grading.anchors import FACT, anchored_from
from refusals.pipeline.facts import manifest_from, study_from, with_pilots, with_thresholds
from refusals.pipeline.folder import database_in, opened
from refusals.pipeline.sealed import FILE as MANIFEST
from refusals.pipeline.sealed import manifest_of
from refusals.reports import Results, files_of
from refusals.statistics import estimate
from refusals.statistics.operating import operate
from refusals.statistics.raters import agreements, splits
from refusals.statistics.repeats import repeats_of
from refusals.wholefile import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from refusals.annotations import Annotation
    from refusals.gates import Ruling
    from refusals.outcomes import Outcome, Run
    from refusals.plan import Plan
    from refusals.statistics import Estimate
    from refusals.statistics.operating import OperatingPoint
    from refusals.study import Study

_NOTHING = Grounds()


def results_of(out: Path, study: Study | None = None, *, texts: bool = False) -> Results:
    """Read a run's folder; estimates and rulings are made anew from its outcomes alone.

    Args:
        out: the folder.
        study: whose gates and sides rule instead of those that were stored.
        texts: whether replies are read too.

    Raises:
        InputError: if the folder holds no run.
    """
    path = database_in(out)
    with opened(path) as kept:
        plan, outcomes = kept.plan(), kept.read()
        ruled_by = study or study_from(json.loads(kept.fact("study") or "{}"))
        manifest = manifest_from(json.loads(kept.fact("manifest") or "{}"), path)
        replies = kept.replies() if texts else {}
        annotations = annotations_from(kept.fact(ANNOTATIONS))
        grounds = grounds_of(kept)
        ratings, pilots = kept.ratings(), kept.fact("pilots")
    ruled = rule(ruled_by, plan, outcomes, annotations, grounds)
    plan, outcomes = ruled.plan, dict(ruled.outcomes)
    return Results(
        manifest=with_thresholds(manifest, ruled.points),
        plan=plan,
        outcomes=outcomes,
        estimates=ruled.estimates,
        rulings=ruled.rulings,
        standing=overall(ruled.rulings),
        replies=replies,
        sides=ruled_by.sides,
        agreements=agreements(plan, ratings),
        splits=splits(plan, ratings),
        operating=ruled.points,
        saved=ruled.saved,
        repeats=with_pilots(repeats_of(plan, outcomes, ruled_by.sides), pilots),
        annotations=tuple(annotations),
    )


def grounds_of(kept: Run) -> Grounds:
    """Return what a run has stored that its rulings rest on beside its outcomes."""
    judges = json.loads(kept.fact("manifest") or "{}").get("judges", ())
    return Grounds(anchored=anchored_from(kept.fact(FACT), judges))


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


def rule(
    study: Study,
    plan: Plan,
    outcomes: Mapping[str, Outcome],
    annotations: Iterable[Annotation] = (),
    grounds: Grounds = _NOTHING,
) -> Ruled:
    """Estimate and rule, the same for every door."""
    if study.early_stop is not None:
        suites = Suites(study, plan)
        suites.feed(outcomes)
        grounds = replace(grounds, decided=suites.decided)
    operated = operate(plan, outcomes, study.sides)
    asked = tuple(trial for trial in operated.plan.trials if not _saved(outcomes.get(trial.id)))
    saved = Counter(trial.system for trial in plan.trials if _saved(outcomes.get(trial.id)))
    whole = operated.plan if not saved else replace(operated.plan, trials=asked)
    slices = slices_of(questions(study, whole))
    estimates = estimate(whole, operated.outcomes, study.sides, annotations, slices)
    # A family that was asked in part would look whole: a system that was stopped has no selectivity.
    estimates = tuple(each for each in estimates if not (saved[each.system] and each.measure == "selectivity"))
    return Ruled(
        plan=whole,
        outcomes=operated.outcomes,
        points=operated.points,
        estimates=estimates,
        rulings=rule_on(study, whole, operated.outcomes, estimates, grounds),
        saved=dict(saved),
    )


def _saved(outcome: Outcome | None) -> bool:
    return outcome is not None and outcome.stopped_early


def write_reports(results: Results, out: Path, *, show_text: bool = False) -> list[Path]:
    """Write every report that is a file, and `manifest.json`, each whole or not at all."""
    written = []
    files: dict[str, str | bytes] = {MANIFEST: manifest_of(results), **files_of(results, show_text=show_text)}
    for name, content in files.items():
        write_whole(out / name, content)
        written.append(out / name)
    return written
