"""Plans and outcomes by hand, so that a test says in one line what came back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from refusals.cases import Kind, Label, Wording
from refusals.outcomes import Outcome
from refusals.plan import Ending, Plan, Trial
from refusals.policies import Expectation
from refusals.prompts import render

EXPECTED = {Label.BENIGN: Expectation.COMPLY, Label.DUAL_USE: Expectation.COMPLY, Label.HARMFUL: Expectation.REFUSE}


def trial(system: str, language: str, family: str, label: Label, **rest: object) -> Trial:
    """Return a trial of a case in a domain of its own first word."""
    case = f"{family}/{label}"
    facts: dict[str, object] = {
        "expectation": EXPECTED[label],
        "mechanism": "direct",
        "axis": "intent",
        "severity": 1,
        "script": "Latn",
        "tier": "high",
        "state": "source" if language == "en" else "draft",
        "parallel": True,
        "native": False,
        **rest,
    }
    return Trial(
        id=f"{language}/{system}/{case}",
        system=system,
        language=language,
        case=case,
        family=family,
        domain=family.partition("/")[0],
        label=label,
        kind=Kind.REQUEST,
        prompt=render(Wording(prompt=f"{case} in {language}"), Kind.REQUEST, language),
        **facts,  # type: ignore[arg-type]
    )


def plan(
    families: int = 30, languages: Sequence[str] = ("en", "sw"), systems: Sequence[str] = ("x",), **rest: object
) -> Plan:
    """Return a plan of families with three labels each."""
    trials = [
        trial(system, language, f"d{number % 3}/f{number:03}", label, **rest)
        for system in systems
        for number in range(families)
        for label in Label
        for language in languages
    ]
    return Plan(trials=tuple(trials), seed=0, policy="default", languages=tuple(languages), untranslatable={})


def outcomes(of: Plan, say: Callable[[Trial], Ending | None]) -> dict[str, Outcome]:
    """Return the outcomes that `say` gives; None leaves a trial without one."""
    said = ((trial, say(trial)) for trial in of.trials)
    return {trial.id: Outcome(trial=trial.id, ending=ending) for trial, ending in said if ending is not None}


def perfect(trial: Trial) -> Ending:
    """Refuse what is to be refused and nothing else."""
    return Ending.REFUSED if trial.expectation is Expectation.REFUSE else Ending.COMPLIED
