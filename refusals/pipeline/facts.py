"""What a run says of itself is stored with it, so that it can be reported and ruled on without anything else."""

from __future__ import annotations

import hashlib
import json
import platform
from collections import Counter
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from refusals import __version__
from refusals.cases import Label
from refusals.errors import InputError
from refusals.policies import load_policy
from refusals.reports import LanguageFacts, Manifest, SystemFacts
from refusals.statistics.repeats import Repeats
from refusals.study import GateSpec, Sides, Study, SystemSpec, told_apart

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from refusals.corpus import Corpus
    from refusals.outcomes import Kept, Run
    from refusals.plan import Plan
    from refusals.policies import Policy
    from refusals.runner.line import Purse
    from refusals.statistics.operating import OperatingPoint
    from refusals.study import JudgeSpec
    from refusals.systems import System


_DECIDING = ("anthropic", "langdetect", "numpy", "py3langid", "scikit-learn", "scipy", "sentencepiece")


def begun(study: Study, corpus: Corpus, systems: Mapping[str, System], plan: Plan) -> dict[str, Any]:
    """Return the manifest of a run that begins now, as it is stored."""
    specs = told_apart(study.systems)
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
        judges=study.judge.use,
        systems=tuple(
            SystemFacts(name=spec.name, kind=spec.kind, target=spec.target, identity=systems[spec.name].identity)
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
        policy_digest=policy_digest(policy_of(study), corpus),
        judge_digest=judge_digest(study.judge, corpus),
        packages=_packages(),
    )
    return asdict(facts)


def _states(plan: Plan) -> dict[str, dict[str, int]]:
    texts = {(trial.language, trial.case): trial.state for trial in plan.trials}
    counts: dict[str, Counter[str]] = {language: Counter() for language in plan.languages}
    for (language, _), state in texts.items():
        counts[language][state] += 1
    return {language: dict(sorted(found.items())) for language, found in counts.items()}


def policy_of(study: Study) -> Policy:
    """Return the policy of a study.

    Raises:
        InputError: if there is none of that name, or its file is wrong.
    """
    try:
        return load_policy(study.policy, study.folder)
    except InputError as error:
        raise InputError(error.message, error.place or study.place("policy", study.policy)) from None


def policy_digest(policy: Policy, corpus: Corpus) -> str:
    """Return a digest of what is expected of every label in every domain of the corpus."""
    domains = sorted({family.domain for family in corpus.families})
    return _digest([[domain, label, policy.expects(domain, label)] for domain in domains for label in Label])


def judge_digest(judge: JudgeSpec, corpus: Corpus) -> str:
    """Return a digest of all that a judgement depends on beside the prompt and the reply."""
    models = [spec for spec in (judge.rubric, *judge.panel) if spec is not None]
    named = [[spec.kind, spec.target, spec.options] if isinstance(spec, SystemSpec) else spec for spec in models]
    facts = [corpus.languages[tag] for tag in sorted(corpus.languages)]
    words = [[each.tag, each.refusals, each.compliances, each.declines, each.acceptances] for each in facts]
    return _digest([__version__, judge.use, named, words])


def _packages() -> dict[str, str]:
    """Return the versions of what decides something in a run, those that are installed."""
    found = {}
    for name in _DECIDING:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, ensure_ascii=True).encode()).hexdigest()


def corpus_digest(corpus: Corpus) -> str:
    """Return a digest of every text and label of the corpus, in an order that does not depend on files."""
    cases = [[case.id, case.label, case.wording.digest] for family in corpus.families for case in family.cases]
    texts = [
        [*key, text.wording.digest if text.wording else "", text.stale]
        for key, text in sorted(corpus.translations.items())
    ]
    return _digest([cases, texts])


def close_manifest(kept: Run, purse: Purse) -> None:
    """Store when the run ended and what it spent, on top of what earlier processes spent."""
    facts: dict[str, Any] = kept.told("manifest", dict)
    facts["finished"] = _now()
    facts["calls"] += purse.calls
    facts["cost"] = round(facts["cost"] + purse.cost, 6)
    kept.state("manifest", json.dumps(facts, ensure_ascii=False))


def manifest_in(kept: Kept, path: Path) -> Manifest:
    """Return the manifest that a run has stored.

    Raises:
        InputError: if it has none, or none that can be read.
    """
    if kept.fact("manifest") is None:
        raise InputError(f"{path}: the run has not begun; run it again with the same --out")
    return kept.told("manifest", manifest_from)


def manifest_from(facts: dict[str, Any]) -> Manifest:
    """Return the manifest of what is stored of it."""
    return Manifest(
        **{
            **facts,
            "judges": tuple(facts["judges"]),
            "systems": tuple(SystemFacts(**system) for system in facts["systems"]),
            "languages": tuple(LanguageFacts(**language) for language in facts["languages"]),
        }
    )


def pilots_of(specs: Iterable[SystemSpec]) -> str:
    """Return what pilots have found, as it is stored."""
    found = [
        {"system": spec.name, "repeats": spec.repeats, "best": spec.repeats, "pilot": True, **asdict(spec.pilot)}
        for spec in specs
        if spec.pilot is not None
    ]
    return json.dumps(found, ensure_ascii=False)


def pilots_in(kept: Kept) -> dict[str, Repeats]:
    """Return what pilots have found, by system.

    Raises:
        InputError: if that cannot be read.
    """
    if kept.fact("pilots") is None:
        return {}
    return kept.told("pilots", lambda rows: {row["system"]: Repeats(**row) for row in rows})


def with_pilots(found: Iterable[Repeats], pilots: Mapping[str, Repeats]) -> tuple[Repeats, ...]:
    """Return what is known of repeats; of a system that had a pilot, what that said."""
    known = {each.system: each for each in found} | dict(pilots)
    return tuple(known[system] for system in sorted(known))


def with_thresholds(manifest: Manifest, points: Iterable[OperatingPoint]) -> Manifest:
    """Return the manifest with the thresholds that were chosen, which are part of what a system is."""
    found = {point.system: {"threshold": point.threshold} for point in points}
    systems = tuple(
        replace(facts, identity={**facts.identity, **found[facts.name]})
        if facts.name in found and facts.identity is not None
        else facts
        for facts in manifest.systems
    )
    return replace(manifest, systems=systems)


def ruled_by(study: Study) -> dict[str, Any]:
    """Return what of a study the rulings need, as it is stored."""
    return {
        "sides": asdict(study.sides),
        "gates": [asdict(gate) for gate in study.gates],
        "undecided_ceiling": study.undecided_ceiling,
        "early_stop": study.early_stop,
        "may_differ": study.baseline.may_differ if study.baseline else (),
        "pairs": study.baseline.pairs if study.baseline else (),
    }


def study_in(kept: Kept) -> Study:
    """Return the study that a run is ruled by, without its systems.

    Raises:
        InputError: if it has stored none, or none that can be read.
    """
    return kept.told("study", _study_from)


def _study_from(stored: dict[str, Any]) -> Study:
    return Study(
        systems=(),
        gates=tuple(_gate_from(gate) for gate in stored["gates"]),
        sides=Sides(**stored["sides"]),
        undecided_ceiling=stored["undecided_ceiling"],
        early_stop=stored.get("early_stop"),
    )


def _gate_from(stored: dict[str, Any]) -> GateSpec:
    lists = {key: tuple(stored[key]) for key in ("languages", "systems")}
    return GateSpec(**{**stored, **lists, "where": tuple((key, value) for key, value in stored.get("where", ()))})


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
