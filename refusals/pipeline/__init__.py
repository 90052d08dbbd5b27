"""The whole flow in a few calls, for every door: a study in, a run on disk, results out."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from refusals import judges, systems
from refusals.cases import Kind
from refusals.corpus import Corpus, find_corpus, load_corpus
from refusals.errors import InputError
from refusals.gates.by_evidence import Suites
from refusals.grading.anchors import FACT, as_fact
from refusals.outcomes import RETRIED, Kept, Run
from refusals.pipeline.bench import hold_anchors, judging
from refusals.pipeline.comparing import manifest_in, refuse_other
from refusals.pipeline.facts import (
    begun,
    close_manifest,
    corpus_digest,
    judge_digest,
    manifest_from,
    pilots_of,
    ruled_by,
)
from refusals.pipeline.folder import DATABASE, database_in, only_here, opened
from refusals.pipeline.pairs import pairs_with_baseline
from refusals.pipeline.pilot import piloted
from refusals.pipeline.results import results_of, write_reports
from refusals.plan import Plan, Reader, make_plan
from refusals.policies import load_policy
from refusals.runner import AskAll, Silence, Stop, Watch, judged_as, run
from refusals.runner.cache import Cache
from refusals.runner.line import Line, Purse
from refusals.study import Baseline, Study, SystemSpec, told_apart
from refusals.systems import Failure

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from refusals.systems import System

__all__ = [
    "DATABASE",
    "Prepared",
    "Ways",
    "corpus_digest",
    "judge_again",
    "measure",
    "measure_into",
    "only_here",
    "piloted",
    "prepare",
    "results_of",
    "write_reports",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A study with its corpus, its systems and its plan; nothing has been asked yet."""

    study: Study
    corpus: Corpus
    systems: Mapping[str, System]
    plan: Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How a run is made, which changes no result: concurrency, cache, who looks on."""

    concurrency: int | None = None
    fresh: bool = False
    watch: Watch = field(default_factory=Silence)


async def prepare(study: Study, corpus: Corpus | None = None) -> Prepared:
    """Load what the study names and plan every trial; call it in the loop that will run the systems.

    Raises:
        InputError: if anything given is wrong.
        NothingSelectedError: if the selection leaves no trial.
    """
    loaded = corpus or load_corpus(find_corpus(study.corpus, study.folder))
    specs = told_apart(study.systems)
    made = {spec.name: systems.build(spec, loaded) for spec in specs}
    readers = [
        Reader(
            name=spec.name,
            kinds=frozenset(Kind(kind) for kind in spec.kinds) or made[spec.name].kinds,
            taxonomy=_taxonomy(spec, made[spec.name]),
            calibrate=spec.calibrate,
            repeats=_repeats(spec),
        )
        for spec in specs
    ]
    _refuse_moving_thresholds(study)
    policy = load_policy(study.policy, study.folder)
    plan = make_plan(loaded, readers, policy, study.selection, seed=study.seed)
    return Prepared(study=study, corpus=loaded, systems=made, plan=plan)


def _refuse_moving_thresholds(study: Study) -> None:
    moving = [spec.name for spec in study.systems if spec.calibrate]
    if study.early_stop is not None and moving:
        raise InputError(
            f"{moving[0]}: its threshold is known when all is asked, so that nothing is decided early; leave "
            "`calibrate` or early stopping out"
        )


def _repeats(spec: SystemSpec) -> int:
    if spec.repeats is None:
        raise InputError(
            f"how often {spec.name} is asked each cell is known after a pilot, which `refusals run` makes; write "
            "`repeats: N` in the study"
        )
    return spec.repeats


def _taxonomy(spec: SystemSpec, system: systems.System) -> str:
    """Return the scheme that the study names, else the one that the kind of system brings; `none` is no scheme."""
    named = spec.taxonomy or str(getattr(system, "taxonomy", ""))
    return "" if named == "none" else named


async def measure(prepared: Prepared, out: Path, ways: Ways) -> None:
    """Run the plan into `out`, or go on where a run of the same plan in it stopped.

    Raises:
        InputError: if the folder holds another run, another process runs in it, or a system
            answers against its contract.
    """
    with only_here(out), opened(out / DATABASE) as kept:
        await measure_into(prepared, kept, out, ways)


async def measure_into(prepared: Prepared, kept: Run, out: Path, ways: Ways) -> None:
    """Run the plan into an open run, whose folder the caller has for itself."""
    kept.begin(prepared.plan)
    cache = None if ways.fresh else Cache(out.parent / "cache.sqlite")
    purse = Purse(prepared.study.budget)
    specs = told_apart(prepared.study.systems)
    lines = {
        spec.name: Line(
            spec, prepared.systems[spec.name], purse, cache, concurrency=spec.concurrency or ways.concurrency
        )
        for spec in specs
    }
    for name, system in prepared.systems.items():
        if isinstance(system, systems.Deferred):
            system.note_in(out, partial(ways.watch.waits, name))
    _take_baseline(prepared, kept)
    if kept.fact("manifest") is None:
        kept.state(
            "manifest",
            json.dumps(begun(prepared.study, prepared.corpus, prepared.systems, prepared.plan), ensure_ascii=False),
        )
        kept.state("pilots", pilots_of(specs))
    kept.state("study", json.dumps(ruled_by(prepared.study)))
    try:
        async with judging(prepared.study.judge, prepared.corpus, purse, cache) as setting:
            bench = judges.build(prepared.study.judge, setting)
            await run(prepared.plan, lines, bench, kept, ways.watch, _stop(prepared, kept))
        await _anchor(kept, prepared.study, prepared.corpus, purse, prepared.plan)
    finally:
        close_manifest(kept, purse)
        for line in lines.values():
            await line.system.close()
        if cache is not None:
            cache.close()


def _take_baseline(prepared: Prepared, kept: Run) -> None:
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
                "or --baseline DIR, the folder of an earlier run"
            )
        return
    own = kept.baseline()
    if own is not None and not (study.baseline.run / DATABASE).is_file():
        _pair(study.baseline, own, prepared.plan)
        return  # the run goes on, and has its copy
    path = database_in(study.baseline.run)
    now = manifest_from(begun(study, prepared.corpus, prepared.systems, prepared.plan), path)
    refuse_other(manifest_in(study.baseline.run), now, study.baseline.may_differ)
    with opened(path) as other:
        _pair(study.baseline, other, prepared.plan)
    kept.take_baseline(path)


def _pair(baseline: Baseline, its: Kept, plan: Plan) -> None:
    """Make sure that the systems pair; what is wrong with a pair of a study stands there."""
    try:
        pairs_with_baseline(baseline.pairs, its.plan(), plan)
    except InputError as error:
        raise InputError(error.message, baseline.place if baseline.pairs else None) from None


def _stop(prepared: Prepared, kept: Run) -> Stop:
    """Return who knows when enough is asked, told of what an earlier process found."""
    if prepared.study.early_stop is None:
        return AskAll()
    suites = Suites(prepared.study, prepared.plan)
    suites.feed({trial: outcome for trial, outcome in kept.read().items() if outcome.ending not in RETRIED})
    return suites


async def _anchor(kept: Run, study: Study, corpus: Corpus, purse: Purse, plan: Plan) -> None:
    """Judge the anchors and store how that went, where a run has any text that a model judged."""
    found = await hold_anchors(study.judge, corpus, purse, plan.languages)
    if found is not None:
        kept.state(FACT, as_fact(found))


async def judge_again(out: Path, study: Study, given: Path | None) -> int:
    """Judge the stored replies of a run by the judges of a study; return how many outcomes changed.

    Raises:
        InputError: if the folder holds no run, or the study's judges are wrong.
    """
    path = database_in(out)
    corpus = load_corpus(find_corpus(given or study.corpus, study.folder))
    purse = Purse(study.budget)
    changed = 0
    async with judging(study.judge, corpus, purse) as setting:
        bench = judges.build(study.judge, setting)
        with only_here(out), opened(path) as kept:
            plan, outcomes, replies = kept.plan(), kept.read(), kept.replies()
            for trial in plan.trials:
                reply = replies.get(trial.id)
                if reply is None or isinstance(reply, Failure):
                    continue
                said = await bench.judge(trial.prompt, reply)
                before = outcomes[trial.id]
                after = judged_as(before, said, reply)
                if after != before:
                    kept.append([(after, None)])
                    changed += after.ending is not before.ending
            await _anchor(kept, study, corpus, purse, plan)
            facts = json.loads(kept.fact("manifest") or "{}")
            judged_by = {"judges": study.judge.use, "judge_digest": judge_digest(study.judge, corpus)}
            kept.state("manifest", json.dumps({**facts, **judged_by}, ensure_ascii=False))
    return changed
