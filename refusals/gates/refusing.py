"""A gate that names what no cell can have is refused before the first call, where the study says it.

What is merely empty, since the selection leaves nothing of it, is planned and ruled invalid: a run may be narrowed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from refusals.cases import Kind, Label
from refusals.errors import InputError, nearest
from refusals.gates.countable import countable
from refusals.gates.shown import ALL_RIGHT, NONE, never_shown
from refusals.languages import SOURCE_LANGUAGE
from refusals.statistics import ALL_LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from refusals.corpus import Corpus
    from refusals.plan import Plan, Trial
    from refusals.study import GateSpec, Study

PARTS = ("domain", "kind", "mechanism", "axis", "tier", "script")


def refuse_unasked(study: Study, plan: Plan, corpus: Corpus | None = None) -> None:
    """Refuse gates that name a part, a language or a label that no cell can have, or a limit that none can show.

    With the corpus, what it has and the families that were drawn from it have not is no mistake.

    Raises:
        InputError: with the place in the study, what is allowed and what may have been meant.
    """
    if not study.gates:
        return
    trials = _unlike(plan)
    parts = _parts_of(trials) if corpus is None else _parts(study, corpus, plan)
    for gate in study.gates:
        for key, value in gate.where:
            if value not in parts[key]:
                said = f"no case that is asked has the {key} {value!r}; {nearest(value, parts[key])}"
                raise InputError(said, study.place_in(gate, key, value))
        _refuse_languages(study, gate, plan)
        _refuse_label(study, gate, trials)
        _refuse_limit(study, gate)


def refuse_beyond_baseline(study: Study, plan: Plan, baseline: Plan, paired: Collection[str]) -> None:
    """Refuse gates against a baseline of a system that does not pair with one of it, or of a language that it has not.

    Raises:
        InputError: with the place of the gate.
    """
    old, new = ({trial.system for trial in each.trials} for each in (baseline, plan))
    for gate in study.gates:
        if not gate.against_baseline:
            continue
        for system in gate.systems or sorted(new):
            if system in new.difference(paired):
                has = f"the baseline has no system {system!r}, it has {', '.join(sorted(old))}"
                way = f"pair them under `baseline`, or give the gate `systems: [{', '.join(sorted(paired))}]`"
                raise InputError(f"{has}; {way}", study.place_in(gate, "systems", system))
        for tag in gate.languages or plan.languages:
            if tag not in (ALL_LANGUAGES, *baseline.languages):
                has = f"the baseline has no language {tag!r}, it has {', '.join(baseline.languages)}"
                way = "measure the baseline in it too, or leave it out of the study"
                raise InputError(f"{has}; {way}", study.place_in(gate, "languages", tag))


def _parts(study: Study, corpus: Corpus, plan: Plan) -> Mapping[str, list[str]]:
    """Return the values that cases of the selection have, whether or not they are among the families drawn."""
    chosen = study.selection
    families = [
        family
        for family in corpus.families
        if not family.language
        and (not chosen.domains or family.domain in chosen.domains)
        and (not chosen.kinds or family.kind in chosen.kinds)
    ]
    cases = [case for family in families for case in family.cases]
    languages = [corpus.languages[tag] for tag in plan.languages]
    return {
        "domain": _listed(family.domain for family in families),
        "kind": [kind for kind in map(str, Kind) if kind in {str(family.kind) for family in families}],
        "mechanism": _listed(case.mechanism for case in cases if not chosen.labels or case.label in chosen.labels),
        "axis": _listed(family.axis for family in families),
        "tier": _listed(language.tier for language in languages),
        "script": _listed(language.script for language in languages),
    }


def _parts_of(trials: Iterable[Trial]) -> Mapping[str, list[str]]:
    return {key: _listed(str(getattr(trial, key)) for trial in trials) for key in PARTS}


def _listed(values: Iterable[str]) -> list[str]:
    return sorted({value for value in values if value})


def _unlike(plan: Plan) -> list[Trial]:
    """Return a trial of each label, expectation and part that the plan has."""
    found = {}
    for trial in plan.trials:
        if not trial.native:
            found[trial.label, trial.expectation, *(getattr(trial, key) for key in PARTS)] = trial
    return list(found.values())


def _refuse_languages(study: Study, gate: GateSpec, plan: Plan) -> None:
    others = [tag for tag in plan.languages if tag != SOURCE_LANGUAGE]
    of_gap = gate.measure.startswith("gap-")
    allowed = [*(others if of_gap else plan.languages), ALL_LANGUAGES]
    for tag in gate.languages:
        if tag in allowed or (of_gap and not others):
            continue
        is_source = of_gap and tag == SOURCE_LANGUAGE
        said = f"a gap is to {tag} itself" if is_source else f"the study does not ask in the language {tag!r}"
        raise InputError(f"{said}; {nearest(tag, allowed)}", study.place_in(gate, "languages", tag))


def _refuse_label(study: Study, gate: GateSpec, trials: list[Trial]) -> None:
    """Refuse a label of which there are cases, none of which the measure can count under the policy."""
    if not gate.label:
        return
    part = [trial for trial in trials if all(str(getattr(trial, key)) == value for key, value in gate.where)]
    counts = countable(gate.measure)
    having = {trial.label for trial in part if counts(trial)}
    if gate.label in {trial.label for trial in part} - having:
        allowed = [*(str(label) for label in Label if label in having), *(["all"] if having else [])]
        said = f"{gate.measure} counts no case of the label {gate.label!r} under the policy {study.policy!r}"
        raise InputError(f"{said}; {nearest(gate.label, allowed)}", study.place_in(gate, "label", gate.label))


def _refuse_limit(study: Study, gate: GateSpec) -> None:
    key = never_shown(gate)
    if not key or (key == "limit" and study.early_stop is not None):
        return
    written = next((place for at, place in study.places.items() if _is_of(study, gate, key, at)), None)
    raise InputError(
        f"{NONE}: give a limit above it" if key == "limit" else f"{ALL_RIGHT}: give `at-least` below it",
        written or study.place_in(gate),
    )


def _is_of(study: Study, gate: GateSpec, key: str, at: tuple[str, ...]) -> bool:
    return at[:3] == ("gates", str(study.gates.index(gate)), key)
