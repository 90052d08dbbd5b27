"""The whole flow in a few calls, for every door: a study in, a run on disk, results out."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sqlite3
import tempfile
from collections import Counter
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from refusals import __version__, judges, systems
from refusals.cases import Kind
from refusals.corpus import Corpus, find_corpus, load_corpus
from refusals.errors import InputError
from refusals.gates import overall, rule_on
from refusals.outcomes import Run
from refusals.plan import Plan, Reader, make_plan
from refusals.policies import load_policy
from refusals.reports import LanguageFacts, Manifest, Results, SystemFacts, files_of
from refusals.runner import Silence, Watch, judged_as, run
from refusals.runner.cache import Cache
from refusals.runner.line import Line, Purse
from refusals.statistics import estimate
from refusals.study import GateSpec, Sides, Study, told_apart
from refusals.systems import Failure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from refusals.systems import System

DATABASE = "run.sqlite"


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
            taxonomy=spec.taxonomy,
        )
        for spec in specs
    ]
    policy = load_policy(study.policy, study.folder)
    plan = make_plan(loaded, readers, policy, study.selection, seed=study.seed)
    return Prepared(study=study, corpus=loaded, systems=made, plan=plan)


async def measure(prepared: Prepared, out: Path, ways: Ways) -> None:
    """Run the plan into `out`, or go on where a run of the same plan in it stopped.

    Raises:
        InputError: if the folder holds another run, another process runs in it, or a system
            answers against its contract.
    """
    with only_here(out), _opened(out / DATABASE) as kept:
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
    rubric = prepared.study.judge.rubric
    model = None if rubric is None else Line(rubric, systems.build(rubric, prepared.corpus), purse, cache)
    setting = judges.Setting(languages=prepared.corpus.languages, model=model)
    if kept.fact("manifest") is None:
        kept.state("manifest", json.dumps(_manifest(prepared), ensure_ascii=False))
        kept.state("study", json.dumps(_ruled_by(prepared.study)))
    try:
        await run(prepared.plan, lines, judges.build(prepared.study.judge, setting), kept, ways.watch)
    finally:
        _close_manifest(kept, purse)
        for line in (*lines.values(), *([model] if model else [])):
            await line.system.close()
        if cache is not None:
            cache.close()


@contextmanager
def only_here(out: Path, *, wait: float = 0.0) -> Iterator[None]:
    """Hold the folder for this process; the hold ends with the process, however that ends.

    Args:
        out: the folder of a run; it is made if it is not there.
        wait: seconds to wait for another process to leave it.

    Raises:
        InputError: if another process still holds it, or nothing can be written there.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock = sqlite3.connect(out / ".lock", timeout=wait, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise _unwritable(out, error) from error
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        lock.close()
        if getattr(error, "sqlite_errorcode", None) != sqlite3.SQLITE_BUSY:
            raise _unwritable(out, error) from error
        raise InputError(f"{out}: another process is running here; wait for it or give another --out") from error
    try:
        yield
    finally:
        lock.close()


@contextmanager
def _opened(path: Path) -> Iterator[Run]:
    try:
        with Run(path) as kept:
            yield kept
    except sqlite3.Error as error:
        raise InputError(f"{path}: {error}; where space is missing, make some, else give another folder") from error


def _unwritable(out: Path, error: Exception) -> InputError:
    return InputError(f"{out}: no run can be kept there ({error}); give --out a folder that can be written")


def results_of(out: Path, study: Study | None = None, *, texts: bool = False) -> Results:
    """Read a run's folder; estimates and rulings are made anew from its outcomes alone.

    Args:
        out: the folder.
        study: whose gates and sides rule instead of those that were stored.
        texts: whether replies are read too.

    Raises:
        InputError: if the folder holds no run.
    """
    path = _database(out)
    with _opened(path) as kept:
        plan, outcomes = kept.plan(), kept.read()
        ruled_by = study or _study_from(json.loads(kept.fact("study") or "{}"))
        manifest = _manifest_from(json.loads(kept.fact("manifest") or "{}"), path)
        replies = kept.replies() if texts else {}
    estimates = estimate(plan, outcomes, ruled_by.sides)
    rulings = rule_on(ruled_by, plan, outcomes, estimates)
    return Results(
        manifest=manifest,
        plan=plan,
        outcomes=outcomes,
        estimates=estimates,
        rulings=rulings,
        standing=overall(rulings),
        replies=replies,
        sides=ruled_by.sides,
    )


def _database(out: Path) -> Path:
    path = out / DATABASE
    if not path.is_file():
        raise InputError(f"{out}: holds no {DATABASE}; give the folder that `refusals run` wrote")
    return path


async def judge_again(out: Path, study: Study, given: Path | None) -> int:
    """Judge the stored replies of a run by the judges of a study; return how many outcomes changed.

    Raises:
        InputError: if the folder holds no run, or the study's judges are wrong.
    """
    path = _database(out)
    corpus = load_corpus(find_corpus(given or study.corpus, study.folder))
    purse = Purse(study.budget)
    rubric = study.judge.rubric
    model = None if rubric is None else Line(rubric, systems.build(rubric, corpus), purse)
    bench = judges.build(study.judge, judges.Setting(languages=corpus.languages, model=model))
    changed = 0
    with only_here(out), _opened(path) as kept:
        outcomes, replies = kept.read(), kept.replies()
        for trial in kept.plan().trials:
            reply = replies.get(trial.id)
            if reply is None or isinstance(reply, Failure):
                continue
            said = await bench.judge(trial.prompt, reply)
            before = outcomes[trial.id]
            after = judged_as(before, said, reply)
            if after != before:
                kept.append([(after, None)])
                changed += after.ending is not before.ending
        facts = json.loads(kept.fact("manifest") or "{}")
        kept.state("manifest", json.dumps({**facts, "judges": study.judge.use}, ensure_ascii=False))
    if model is not None:
        await model.system.close()
    return changed


def write_reports(results: Results, out: Path, *, show_text: bool = False) -> list[Path]:
    """Write every report that is a file, and `manifest.json`, each whole or not at all."""
    manifest = json.dumps(asdict(results.manifest), ensure_ascii=False, indent=1) + "\n"
    written = []
    for name, content in {"manifest.json": manifest, **files_of(results, show_text=show_text)}.items():
        _write_whole(out / name, content)
        written.append(out / name)
    return written


def _write_whole(path: Path, content: str) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.chmod(temporary, 0o644)  # noqa: PTH101 - mkstemp makes it private, a report is to be read
    os.replace(temporary, path)  # noqa: PTH105


def _manifest(prepared: Prepared) -> dict[str, Any]:
    corpus, plan = prepared.corpus, prepared.plan
    specs = told_apart(prepared.study.systems)
    facts = Manifest(
        version=__version__,
        python=platform.python_version(),
        platform=platform.system(),
        started=_now(),
        finished="",
        corpus=corpus_digest(corpus),
        plan=plan.digest,
        seed=plan.seed,
        policy=plan.policy,
        judges=prepared.study.judge.use,
        systems=tuple(
            SystemFacts(
                name=spec.name, kind=spec.kind, target=spec.target, identity=prepared.systems[spec.name].identity
            )
            for spec in specs
        ),
        languages=tuple(
            LanguageFacts(tag=tag, name=fact.name, direction=fact.direction, script=fact.script, tier=fact.tier)
            for tag, fact in ((tag, corpus.languages[tag]) for tag in plan.languages)
        ),
        untranslatable=plan.untranslatable,
        states=_states(plan),
        calls=0,
        cost=0.0,
    )
    return asdict(facts)


def _states(plan: Plan) -> dict[str, dict[str, int]]:
    texts = {(trial.language, trial.case): trial.state for trial in plan.trials}
    counts: dict[str, Counter[str]] = {language: Counter() for language in plan.languages}
    for (language, _), state in texts.items():
        counts[language][state] += 1
    return {language: dict(sorted(found.items())) for language, found in counts.items()}


def corpus_digest(corpus: Corpus) -> str:
    """Return a digest of every text and label of the corpus, in an order that does not depend on files."""
    cases = [[case.id, case.label, case.wording.digest] for family in corpus.families for case in family.cases]
    texts = [
        [*key, text.wording.digest if text.wording else "", text.stale]
        for key, text in sorted(corpus.translations.items())
    ]
    return hashlib.sha256(json.dumps([cases, texts]).encode()).hexdigest()


def _close_manifest(kept: Run, purse: Purse) -> None:
    facts = json.loads(kept.fact("manifest") or "{}")
    facts["finished"] = _now()
    facts["calls"] += purse.calls
    facts["cost"] = round(facts["cost"] + purse.cost, 6)
    kept.state("manifest", json.dumps(facts, ensure_ascii=False))


def _manifest_from(facts: dict[str, Any], path: Path) -> Manifest:
    if not facts:
        raise InputError(f"{path}: the run has not begun; run it again with the same --out")
    return Manifest(
        **{
            **facts,
            "judges": tuple(facts["judges"]),
            "systems": tuple(SystemFacts(**system) for system in facts["systems"]),
            "languages": tuple(LanguageFacts(**language) for language in facts["languages"]),
        }
    )


def _ruled_by(study: Study) -> dict[str, Any]:
    return {
        "sides": asdict(study.sides),
        "gates": [asdict(gate) for gate in study.gates],
        "undecided_ceiling": study.undecided_ceiling,
    }


def _study_from(stored: dict[str, Any]) -> Study:
    gates = tuple(
        GateSpec(**{**gate, "languages": tuple(gate["languages"]), "systems": tuple(gate["systems"])})
        for gate in stored["gates"]
    )
    sides = Sides(**stored["sides"])
    return Study(systems=(), gates=gates, sides=sides, undecided_ceiling=stored["undecided_ceiling"])


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
