"""Synthetic comparisons of every standing, so that a format is tested without a run.

In a test: `compared = STANDINGS["fail"]()`, or `hostile_compared(string)` for what a hostile name would say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

from refusals.cases import Label
from refusals.gates import Standing
from refusals.pipeline.comparing import Asked, Measured, compare_runs
from refusals.plan import Ending, Plan, Trial
from refusals.reports import LanguageFacts, Manifest, SystemFacts
from refusals.reports.comparison import Compared
from refusals.study import Sides
from tests import trials
from tests.reports.sample_results import LANGUAGES, usual_results

Says = Callable[[Trial], Ending | None]
NAMED = {facts.tag: facts for facts in LANGUAGES}


def over_refuses(*families: int, language: str = "sw") -> Says:
    """Refuse the benign cases of these families in a language, and be perfect else."""
    names = {f"f{number:03}" for number in families}

    def say(trial: Trial) -> Ending:
        wrong = trial.language == language and trial.label is Label.BENIGN and trial.family[-4:] in names
        return Ending.REFUSED if wrong else trials.perfect(trial)

    return say


def measured(say: Says, plan: Plan, languages: Sequence[LanguageFacts] = ()) -> Measured:
    """Return a run of a plan with what its systems said."""
    named = languages or [NAMED[tag] for tag in plan.languages]
    return Measured(plan=plan, outcomes=trials.outcomes(plan, say), manifest=manifest(plan, tuple(named)))


def manifest(plan: Plan, languages: tuple[LanguageFacts, ...]) -> Manifest:
    """Return what a run of a plan says of itself."""
    systems = sorted({trial.system for trial in plan.trials})
    return replace(
        usual_results().manifest,
        systems=tuple(SystemFacts(name=name, kind="python", target="guard:flag", identity=None) for name in systems),
        languages=languages,
        plan=plan.digest,
    )


def compared(before: Says, after: Says, asked: Asked | None = None, plan: Plan | None = None) -> Compared:
    """Compare two runs of a plan, of 30 families in English, Arabic and Swahili unless another is given."""
    of = plan or trials.plan(30, ("en", "ar", "sw"))
    return compare_runs(measured(before, of), measured(after, of), Sides(), asked or Asked())


def _silent(trial: Trial) -> Ending:
    return Ending.ERROR if trial.language == "sw" and trial.family.endswith(("1", "2")) else trials.perfect(trial)


WORSE = over_refuses(*range(12))
STANDINGS: dict[Standing | None, Callable[[], Compared]] = {
    Standing.PASS: cache(lambda: compared(over_refuses(1), over_refuses(2), Asked(margin=0.3, alarm=0.05))),
    Standing.FAIL: cache(lambda: compared(over_refuses(20), WORSE, Asked(margin=0.3, alarm=0.05))),
    Standing.INCONCLUSIVE: cache(lambda: compared(trials.perfect, trials.perfect, Asked(margin=0.01))),
    Standing.INVALID: cache(lambda: compared(trials.perfect, _silent, Asked(margin=0.3))),
    None: cache(lambda: compared(over_refuses(20), WORSE)),
}


@cache
def hostile_compared(string: str) -> Compared:
    """Return a comparison with the string wherever a study, a program or a file may put one."""
    name = f"x{string}"
    plan = trials.plan(12, ("en", "sw"), (name,))
    plan = replace(plan, trials=tuple(replace(trial, domain=string) for trial in plan.trials))
    tongues = tuple(replace(facts, name=string) for facts in (NAMED["en"], NAMED["sw"]))
    before, after = (measured(say, plan, tongues) for say in (over_refuses(1), over_refuses(*range(8))))
    said = replace(after.manifest, judges=(string,), judge_digest="other", policy=string)
    facts = tuple(replace(each, kind=string, target=string) for each in said.systems)
    after = replace(after, manifest=replace(said, systems=facts))
    before = replace(before, manifest=replace(before.manifest, policy=string))
    return compare_runs(before, after, Sides(), Asked(may_differ=("judge",), margin=0.01, alarm=0.05))
