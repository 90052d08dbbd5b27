"""Results are made of a run's folder alone, as often as anybody likes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from refusals.gates import overall
from refusals.gates.refusing import refuse_unasked
from refusals.pipeline.facts import pilots_in, study_in, with_pilots, with_thresholds
from refusals.pipeline.folder import database_in, opened
from refusals.pipeline.ruling import rule, stored_in
from refusals.pipeline.sealed import FILE as MANIFEST
from refusals.pipeline.sealed import manifest_of
from refusals.reports import Results, files_of
from refusals.statistics.raters import agreements, splits
from refusals.statistics.repeats import repeats_of
from refusals.wholefile import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from refusals.study import Baseline, Study


def results_of(
    out: Path, study: Study | None = None, *, texts: bool = False, against: Baseline | None = None
) -> Results:
    """Read a run's folder; estimates and rulings are made anew from its outcomes alone.

    Args:
        out: the folder.
        study: whose gates and sides rule instead of those that were stored.
        texts: whether replies are read too.
        against: the run to hold it against, instead of that which was stored with it.

    Raises:
        InputError: if the folder holds no run, a gate names what it has not, or the baseline is not of the same texts,
            policy or judge.
    """
    path = database_in(out)
    with opened(path) as kept:
        plan, outcomes = kept.plan(), kept.read()
        ruled_by = study or study_in(kept)
        stored = stored_in(kept, path, against)
        if study is not None:
            refuse_unasked(study, plan)
        replies, replies_digest = kept.replies() if texts else {}, kept.replies_digest()
        ratings, pilots = kept.ratings(), pilots_in(kept)
    ruled = rule(ruled_by, plan, outcomes, stored)
    plan, outcomes = ruled.plan, dict(ruled.outcomes)
    return Results(
        manifest=with_thresholds(stored.manifest, ruled.points),
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
        annotations=stored.annotations,
        compared=ruled.compared,
        replies_digest=replies_digest,
    )


def write_reports(results: Results, out: Path, *, show_text: bool = False) -> list[Path]:
    """Write every report that is a file, and `manifest.json`, each whole or not at all."""
    written = []
    files: dict[str, str | bytes] = {MANIFEST: manifest_of(results), **files_of(results, show_text=show_text)}
    for name, content in files.items():
        write_whole(out / name, content)
        written.append(out / name)
    return written
