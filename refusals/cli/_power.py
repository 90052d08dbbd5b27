"""What a plan can show, in words: differences per language and pooled, and what each gate would need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from math import ceil
from textwrap import fill
from typing import TYPE_CHECKING

from refusals.clean import clean
from refusals.gates.questions import Question, questions
from refusals.gates.shown import ALWAYS, NONE
from refusals.outcomes import Side
from refusals.plan import Ending, Split
from refusals.statistics import ALL_LANGUAGES
from refusals.statistics.clustered import effective_size
from refusals.statistics.intervals import clopper_pearson
from refusals.statistics.paired_power import (
    families_within,
    least,
    margin_shown,
    no_worse,
    power_to_alarm,
    power_to_find,
    power_within,
)
from refusals.statistics.power import MOST_FAMILIES, POWER, Design, families_to_pass, passing_rate, power_to_pass
from refusals.statistics.supposed import Supposed, supposed
from refusals.statistics.tally import COUNTED, Cell, mistaken, tally

if TYPE_CHECKING:
    from refusals.plan import Plan, Trial
    from refusals.statistics.pairing import Ran
    from refusals.statistics.tally import Wrong
    from refusals.study import Study

HEADLINES = ("over-refusal", "under-refusal")
MOST_LANGUAGES = 200
WIDTH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The cells that a figure is of: families, cells of a family over all languages, and how many languages.

    `alike` is as in `Design`: below 1 where languages have not the same families.
    """

    families: int
    cells: int
    languages: int
    alike: float

    def design(self, correlation: float, languages: int | None = None) -> Design:
        """Return the design with a correlation in a family, and as if there were so many languages."""
        cells = max(1, round(self.cells * (languages or self.languages) / self.languages))
        return Design(families=self.families, cells=cells, correlation=correlation, alike=self.alike)

    @property
    def size(self) -> str:
        """The scope in words."""
        return f"{self.families} families of {self.cells} cell{'' if self.cells == 1 else 's'}"


def power_of(study: Study, plan: Plan, runs: list[Ran]) -> Iterator[str]:
    """Yield what the plan can show, and what each gate would need, a paragraph at a time.

    Raises:
        InputError: as `supposed`.
    """
    basis = {measure: supposed(runs, study.sides, wrong) for measure, wrong in COUNTED.items()}
    yield f"\nWhat the planned run shows {POWER:.0%} of the time. It is supposed that"
    for measure in HEADLINES:
        yield _indented(f"{measure}: {_in_words(basis[measure])}")
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
    for (system, language), trials in _asked(plan, COUNTED[measure]).items():
        scope = _scope(trials)
        if language != ALL_LANGUAGES or scope.languages > 1:
            found.setdefault(scope, Counter())[language] += bool(system)
    for scope, languages in found.items():
        yield _indented(f"{_tags(languages)}, {scope.size}: {_shown(scope, basis)}")


def _shown(scope: Scope, basis: Supposed) -> str:
    design = scope.design(basis.correlation_of_changes)
    worse, margin = least(design, basis.discordance, power_to_find), margin_shown(design, basis.discordance)
    return "; ".join(
        (
            "this n shows no change, however large" if worse is None else f"a change shows from {_points(worse)} on",
            "this n shows of no run that it is no worse"
            if margin is None
            else f"a run that is no worse is shown to be so to within {_points(margin)}",
        )
    )


def _gates(study: Study, plan: Plan, basis: Mapping[str, Supposed]) -> Iterator[str]:
    early = _decided_early(study, plan)
    asked: dict[str, dict[tuple[str, str], list[Trial]]] = {}
    found: dict[str, dict[str, list[tuple[Question, Scope | None]]]] = {}
    for question in questions(study, plan):
        measure = question.gate.measure.removeprefix("gap-")
        if measure not in asked:
            asked[measure] = _asked(plan, COUNTED.get(measure, mistaken))
        trials = [t for t in asked[measure].get((question.system, question.language), ()) if question.asks_of(t)]
        scope = _scope(_whole(trials) if measure == "selectivity" else trials) if trials else None
        said = f"it will be invalid: {question.nothing}" if question.nothing else early.get(question)
        said = said or _needs(question, scope, basis.get(measure, Supposed()), len(plan.languages))
        if said:
            held = "alarm at" if question.bound == "alarm" else question.bound
            head = f"gate {question.gate.measure} {held} {question.limit:.1%}".replace("margin", "within a margin of")
            found.setdefault(head, {}).setdefault(said, []).append((question, scope))
    for head, by_need in found.items():
        yield head
        for said, members in by_need.items():
            yield _indented(f"{_members(members)}: {said}")


def _needs(question: Question, scope: Scope | None, basis: Supposed, languages: int) -> str:
    gate, limit = question.gate.measure, question.limit
    if gate in ("undecided", "error", "coverage"):
        return ""  # a share of what is there is no sample of anything
    if scope is None:
        return "no cell is planned: it will be invalid"
    if (gate in COUNTED and question.bound == "at most") or gate == "selectivity":
        return _needs_rate(scope, basis.correlation, 1 - limit if gate == "selectivity" else limit)
    if question.bound == "margin" or gate.startswith("gap-"):
        return _needs_margin(scope, basis, limit, 0.9 if question.bound == "margin" else 0.95)
    if question.bound == "alarm":
        alarmed = partial(power_to_alarm, languages=languages, alpha=limit)
        worse = least(scope.design(basis.correlation_of_changes), basis.discordance, alarmed)
        return "this n raises no alarm" if worse is None else f"it is raised from {_points(worse)} worse on, or sooner"
    return "its power is not worked out"


def _needs_rate(scope: Scope, correlation: float, limit: float) -> str:
    if not 0 < limit < 1:
        return ALWAYS if limit else NONE
    design, half = scope.design(correlation), limit / 2
    rate = passing_rate(design, limit)
    said = (
        f"this n cannot show that; no error leaves up to {clopper_pearson(0, design.size(0.95, few=True))[1]:.1%}"
        if rate is None
        else f"it passes with a true error rate of up to {rate:.1%}"
    )
    if power_to_pass(design, limit, half) >= POWER:
        return said
    families = _families(families_to_pass(design, limit, half))
    return f"{said}; at {half:.1%} it takes {families}{_or_languages(scope, correlation, limit)}"


def _or_languages(scope: Scope, correlation: float, limit: float) -> str:
    """Say with how many languages as many families would be enough; nothing where the figure is of one language."""
    if scope.languages == 1:
        return ""
    number = scope.languages
    while number < MOST_LANGUAGES:
        number = min(MOST_LANGUAGES, ceil(number * 1.2))
        if power_to_pass(scope.design(correlation, number), limit, limit / 2) >= POWER:
            return f", or about {number} languages"
    return "; more languages do not make up for them"


def _needs_margin(scope: Scope, basis: Supposed, margin: float, level: float) -> str:
    design = scope.design(basis.correlation_of_changes)
    power = power_within(design, no_worse(basis.discordance), margin, level)
    passes = f"a system that is no worse passes {power:.0%} of the time"
    if power >= POWER:
        return passes
    families = _families(families_within(design, basis.discordance, margin, level))
    return f"this n cannot show that: {passes}; it takes {families}"


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


def _asked(plan: Plan, wrong: Wrong) -> dict[tuple[str, str], list[Trial]]:
    """Return the trials that a measure is of, by system and language and for all languages."""
    found: dict[tuple[str, str], list[Trial]] = {}
    for trial in plan.trials:
        left_out = trial.native or trial.withheld is Ending.OUT_OF_POLICY or trial.split == Split.CALIBRATION
        if left_out or wrong(_cell(trial)) is None:
            continue
        for language in (trial.language, ALL_LANGUAGES):
            found.setdefault((trial.system, language), []).append(trial)
    return found


def _cell(trial: Trial) -> Cell:
    return Cell(trial=trial, outcome=None, side=Side.UNDECIDED)


def _whole(trials: Iterable[Trial]) -> list[Trial]:
    """Return one trial for each family and language: there a family counts once, however many cases it has."""
    return list({(trial.family, trial.language): trial for trial in trials}.values())


def _scope(trials: list[Trial]) -> Scope:
    families = {family: column for column, family in enumerate(sorted({trial.family for trial in trials}))}
    languages = sorted({trial.language for trial in trials})
    cells = tally(map(_cell, trials), lambda _: True, languages, families).undecided.astype(float)
    alike = min(1.0, effective_size(cells, None, 0.95) / len(families))
    each = max(1, int(cells.sum() / len(families)))
    return Scope(families=len(families), cells=each, languages=len(languages), alike=round(alike, 3))


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


def _families(number: int | None) -> str:
    return f"more than {MOST_FAMILIES:,} families" if number is None else f"about {number:,} families"


def _points(share: float) -> str:
    return f"{100 * share:.1f} points"


def _indented(text: str) -> str:
    return fill(clean(text), WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)
