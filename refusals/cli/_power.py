"""What a plan can show, in words: differences per language and pooled, and what each gate would need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from textwrap import fill
from typing import TYPE_CHECKING

from refusals.clean import clean
from refusals.cli._needs import SUPPOSED, needs, points
from refusals.cli._planned import one_a_family, planned, scope_of
from refusals.gates.questions import questions
from refusals.statistics import ALL_LANGUAGES
from refusals.statistics.paired_power import least, margin_shown, power_to_find
from refusals.statistics.power import POWER
from refusals.statistics.supposed import supposed
from refusals.statistics.tally import COUNTED

if TYPE_CHECKING:
    from refusals.cli._planned import Scope
    from refusals.gates.questions import Question
    from refusals.plan import Plan, Trial
    from refusals.statistics.pairing import Ran
    from refusals.statistics.supposed import Supposed
    from refusals.study import Study

HEADLINES = ("over-refusal", "under-refusal")
WIDTH = 100


def power_of(study: Study, plan: Plan, runs: list[Ran]) -> Iterator[str]:
    """Yield what the plan can show, and what each gate would need, a paragraph at a time.

    Raises:
        InputError: as `supposed`.
    """
    basis = {measure: supposed(runs, study.sides, wrong) for measure, wrong in COUNTED.items()}
    yield f"\nWhat the planned run shows {POWER:.0%} of the time. It is supposed that"
    for measure in HEADLINES:
        yield _indented(f"{measure}: {_in_words(basis[measure])}")
    for measure in dict.fromkeys(gate.measure for gate in study.gates if gate.measure in SUPPOSED):
        yield _indented(f"{measure}: {SUPPOSED[measure]}")
    if not runs:
        yield "  --from RUN estimates the first, --from BASELINE --from CANDIDATE both."
    for measure in HEADLINES:
        yield f"{measure}, against another run of the same cells"
        yield from _headline(plan, measure, basis[measure])
    yield from _gates(study, plan, basis)


def _in_words(basis: Supposed) -> str:
    return (
        f"errors in two cells of a family correlate at {basis.correlation:.2f} ({basis.correlation_from}); "
        f"{basis.discordance:.1%} of cells change between two runs that are alike, changes in two cells of a family "
        f"correlating at {basis.correlation_of_changes:.2f} ({basis.changes_from})"
    )


def _headline(plan: Plan, measure: str, basis: Supposed) -> Iterator[str]:
    found: dict[Scope, Counter[str]] = {}
    for (system, language), trials in planned(plan, measure).items():
        scope = scope_of(trials)
        if language != ALL_LANGUAGES or scope.languages > 1:
            found.setdefault(scope, Counter())[language] += bool(system)
    for scope, languages in found.items():
        yield _indented(f"{_tags(languages)}, {scope.size}: {_shown(scope, basis)}")


def _shown(scope: Scope, basis: Supposed) -> str:
    design = scope.design(basis.correlation_of_changes)
    worse, margin = least(design, basis.discordance, power_to_find), margin_shown(design, basis.discordance)
    return "; ".join(
        (
            "this n shows no change, however large" if worse is None else f"a change shows from {points(worse)} on",
            "this n shows of no run that it is no worse"
            if margin is None
            else f"a run that is no worse is shown to be so to within {points(margin)}",
        )
    )


def _gates(study: Study, plan: Plan, basis: Mapping[str, Supposed]) -> Iterator[str]:
    early = _decided_early(study, plan)
    asked: dict[str, dict[tuple[str, str], list[Trial]]] = {}
    found: dict[str, dict[str, list[tuple[Question, Scope | None]]]] = {}
    for question in questions(study, plan):
        measure = question.gate.measure.removeprefix("gap-")
        if measure not in asked:
            asked[measure] = planned(plan, measure)
        trials = [t for t in asked[measure].get((question.system, question.language), ()) if question.asks_of(t)]
        scope = scope_of(one_a_family(trials) if measure == "selectivity" else trials) if trials else None
        said = f"it will be invalid: {question.nothing}" if question.nothing else early.get(question)
        said = said or needs(question, trials, basis, len(plan.languages))
        if said:
            held = "alarm at" if question.bound == "alarm" else question.bound
            head = f"gate {question.gate.measure} {held} {question.limit:.1%}".replace("margin", "within a margin of")
            found.setdefault(head, {}).setdefault(said, []).append((question, scope))
    for head, by_need in found.items():
        yield head
        for said, members in by_need.items():
            yield _indented(f"{_members(members)}: {said}")


def _decided_early(study: Study, plan: Plan) -> dict[Question, str]:
    """Say of gates on the suite alone how soon they can pass; they need no more families."""
    from refusals.gates.by_evidence import Suites
    from refusals.statistics.sequential import SuiteGate

    if study.early_stop is None:
        return {}
    said = {}
    for question, decided in Suites(study, plan).decided.items():
        gate = SuiteGate(decided.gate.size, decided.gate.limit, decided.gate.alpha)
        while gate.decided is None:
            gate.add(wrong=False)
        said[question] = f"of this suite of {gate.size:,} cells, it passes after {gate.seen:,} without an error"
    return said


def _members(members: list[tuple[Question, Scope | None]]) -> str:
    """Name what one sentence holds of: parts of the cases, languages, and their sizes."""
    parts = list(dict.fromkeys(" ".join(value for _, value in question.group) for question, _ in members))
    named = ", ".join(parts[:3]) + (f" and {len(parts) - 3} more" if len(parts) > 3 else "")
    sizes = [scope for _, scope in members if scope is not None]
    words = [named, _tags(Counter(question.language for question, _ in members))]
    if sizes:
        least_one, most = min(scope.families for scope in sizes), max(scope.families for scope in sizes)
        words.append(sizes[0].size if least_one == most else f"{least_one} to {most} families")
    return ", ".join(word for word in words if word)


def _tags(languages: Iterable[str]) -> str:
    tags = sorted(set(languages) - {ALL_LANGUAGES})
    one = [tags[0] if len(tags) == 1 else f"each of {len(tags)} languages"] if tags else []
    return " and ".join([*one, *(["the languages' mean"] if ALL_LANGUAGES in languages else [])])


def _indented(text: str) -> str:
    return fill(clean(text), WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)
