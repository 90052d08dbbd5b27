"""A run is compared with a baseline only where texts, policy and judge are the same, or where that was asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from refusals.errors import InputError, nearest
from refusals.gates.between_runs import between_runs
from refusals.outcomes import without_saved
from refusals.pipeline.facts import manifest_in, study_in
from refusals.pipeline.folder import database_in, opened
from refusals.pipeline.pairs import OPTION, pairs_by_name, pairs_told
from refusals.reports.comparison import Compared, Differing
from refusals.statistics.comparison import compare
from refusals.statistics.operating import operate

if TYPE_CHECKING:
    from pathlib import Path

    from refusals.outcomes import Kept, Outcome
    from refusals.plan import Plan
    from refusals.reports import Manifest
    from refusals.study import Sides

MAY_DIFFER = ("corpus", "policy", "judge")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A run as it is compared: plan and outcomes as its thresholds decide them, and what it says of itself."""

    plan: Plan
    outcomes: Mapping[str, Outcome]
    manifest: Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How two runs are to be compared, and what is to be ruled on that.

    `pairs` are `NEW=OLD`, a system of the candidate and one of the baseline; without any, the same names pair. Where
    that is settled, `systems` are the baseline's by the candidate's.
    `may_differ` are of `MAY_DIFFER`. `margin` and `alarm` are shares, as `between_runs` takes them.
    """

    pairs: tuple[str, ...] = ()
    systems: Mapping[str, str] | None = None
    may_differ: tuple[str, ...] = ()
    margin: float | None = None
    alarm: float | None = None


def compare_folders(baseline: Path, candidate: Path, asked: Asked) -> Compared:
    """Compare the runs of two folders; the candidate's study says which sides outcomes fall on, in both.

    Raises:
        InputError: if a folder holds no run, or as `compare_runs`.
    """
    before, after = measured_in(baseline), measured_in(candidate)
    with opened(database_in(candidate)) as kept:
        study = study_in(kept)
    sides = study.sides
    return compare_runs(
        as_decided(before, sides), as_decided(after, sides), sides, asked, undecided_ceiling=study.undecided_ceiling
    )


def compare_runs(
    baseline: Measured, candidate: Measured, sides: Sides, asked: Asked, *, undecided_ceiling: float = 0.05
) -> Compared:
    """Compare two runs.

    Raises:
        InputError: if they rest on different texts, policies or judges and that was not asked for, if it is not clear
            which systems pair, or if no cell is the same in both.
    """
    differing = refuse_other(baseline.manifest, candidate.manifest, asked.may_differ)
    comparison = compare(
        (baseline.plan, baseline.outcomes),
        (candidate.plan, candidate.outcomes),
        sides,
        asked.systems
        or pairs_told(asked.pairs, baseline.plan, candidate.plan)
        or pairs_by_name(baseline.plan, candidate.plan, OPTION),
        allow_changed=any(each.what != "judge" for each in differing),
        seed=candidate.plan.seed,
    )
    return Compared(
        baseline=baseline.manifest,
        candidate=candidate.manifest,
        comparison=comparison,
        differing=differing,
        rulings=between_runs(comparison, ceiling=undecided_ceiling, margin=asked.margin, alarm=asked.alarm),
        margin=asked.margin,
        alarm=asked.alarm,
    )


def measured_in(out: Path) -> Measured:
    """Return the run of a folder as it was recorded.

    Raises:
        InputError: if the folder holds no run.
    """
    path = database_in(out)
    with opened(path) as kept:
        return measured_from(kept, path)


def decided_in(out: Path) -> tuple[Measured, Sides]:
    """Return the run of a folder as its own study decides it, and the sides on which that lets outcomes fall.

    Raises:
        InputError: if the folder holds no run.
    """
    path = database_in(out)
    with opened(path) as kept:
        sides = study_in(kept).sides
        return as_decided(measured_from(kept, path), sides), sides


def measured_from(kept: Kept, path: Path) -> Measured:
    """Return a run as it was recorded."""
    return Measured(plan=kept.plan(), outcomes=kept.read(), manifest=manifest_in(kept, path))


def as_decided(run: Measured, sides: Sides) -> Measured:
    """Return a run as its thresholds decide it, without what was not asked because every gate about it was decided."""
    operated = operate(run.plan, run.outcomes, sides)
    asked, _ = without_saved(operated.plan, run.outcomes)
    return replace(run, plan=asked, outcomes=operated.outcomes)


def refuse_other(before: Manifest, after: Manifest, may_differ: Iterable[str]) -> tuple[Differing, ...]:
    """Return in what two runs differ beside their systems.

    Raises:
        InputError: if that is their corpus, policy or judge, and was not asked for.
    """
    allowed = list(may_differ)
    unknown = [each for each in allowed if each not in MAY_DIFFER]
    if unknown:
        raise InputError(f"{unknown[0]!r} is nothing that may differ; {nearest(unknown[0], list(MAY_DIFFER))}")
    differing = tuple(_differing(before, after))
    _refuse([each for each in differing if each.what not in allowed])
    return differing


def _differing(before: Manifest, after: Manifest) -> Iterable[Differing]:
    """Yield what a comparison rests on, where it is not the same in both runs."""
    was, now = _rests_on(before), _rests_on(after)
    for what, (digest, words) in was.items():
        if digest != now[what][0]:
            yield Differing(what=what, before=words, after=now[what][1])


def _rests_on(manifest: Manifest) -> dict[str, tuple[str, str]]:
    """Return the digest of each thing that a comparison rests on, and how it is said."""
    return {
        "corpus": (manifest.corpus, manifest.corpus[:12]),
        "policy": (manifest.policy_digest, f"{manifest.policy} ({manifest.policy_digest[:12]})"),
        "judge": (manifest.judge_digest, _judged_by(manifest)),
    }


def _judged_by(manifest: Manifest) -> str:
    return f"{', '.join(manifest.judges)} of version {manifest.version} ({manifest.judge_digest[:12]})"


def _refuse(differing: Sequence[Differing]) -> None:
    if not differing:
        return
    said = "; ".join(f"{each.what} {each.before} before, {each.after} now" for each in differing)
    names = ",".join(each.what for each in differing)
    raise InputError(
        f"the runs are not compared as they are: {said}. Run the baseline again with what the candidate has, or give "
        f"--may-differ {names}, which every report will say; cells that are not the same are left out and counted"
    )
