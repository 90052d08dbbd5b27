"""Results are made of a run's folder alone, as often as anybody likes."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from refusals.annotations import ANNOTATIONS, annotations_from
from refusals.gates import overall, rule_on
from refusals.grading.anchors import FACT, anchored_from
from refusals.pipeline.facts import manifest_from, study_from, with_pilots, with_thresholds
from refusals.pipeline.folder import database_in, opened
from refusals.reports import Results, files_of
from refusals.statistics import estimate
from refusals.statistics.operating import operate
from refusals.statistics.raters import agreements, splits
from refusals.statistics.repeats import repeats_of
from refusals.wholefile import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from refusals.study import Study


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
        anchored = anchored_from(kept.fact(FACT), manifest.judges)
        ratings, pilots = kept.ratings(), kept.fact("pilots")
    operated = operate(plan, outcomes, ruled_by.sides)
    plan, outcomes = operated.plan, dict(operated.outcomes)
    estimates = estimate(plan, outcomes, ruled_by.sides, annotations)
    rulings = rule_on(ruled_by, plan, outcomes, estimates, anchored)
    return Results(
        manifest=with_thresholds(manifest, operated.points),
        plan=plan,
        outcomes=outcomes,
        estimates=estimates,
        rulings=rulings,
        standing=overall(rulings),
        replies=replies,
        sides=ruled_by.sides,
        agreements=agreements(plan, ratings),
        splits=splits(plan, ratings),
        operating=operated.points,
        repeats=with_pilots(repeats_of(plan, outcomes, ruled_by.sides), pilots),
        annotations=tuple(annotations),
    )


def write_reports(results: Results, out: Path, *, show_text: bool = False) -> list[Path]:
    """Write every report that is a file, and `manifest.json`, each whole or not at all."""
    manifest = json.dumps(asdict(results.manifest), ensure_ascii=False, indent=1) + "\n"
    written = []
    files: dict[str, str | bytes] = {"manifest.json": manifest, **files_of(results, show_text=show_text)}
    for name, content in files.items():
        write_whole(out / name, content)
        written.append(out / name)
    return written
