"""A suite gate is decided while the run goes, from the finished prefix of the order that was drawn before it.

What it says is of this suite: how many of its cells are wrong, not what other families would show.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from refusals.gates.countable import countable
from refusals.gates.questions import Question, questions
from refusals.gates.rulings import Evidence, Standing
from refusals.outcomes import Side, side
from refusals.statistics import ALL_LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from refusals.gates.rulings import Ruling
    from refusals.outcomes import Outcome
    from refusals.plan import Plan, Trial
    from refusals.statistics.sequential import Prefix, SuiteGate
    from refusals.statistics.tally import Wrong
    from refusals.study import Sides, Study

_STANDINGS = {"pass": Standing.PASS, "fail": Standing.FAIL, None: Standing.INCONCLUSIVE}


@dataclass(frozen=True, slots=True)
class Decided:
    """What a suite gate has come to."""

    gate: SuiteGate

    @property
    def word(self) -> str:
        """`pass`, `fail`, or empty as long as both are open."""
        return self.gate.decided or ""

    @property
    def reason(self) -> str:
        """What was seen, and how strong the evidence is."""
        gate = self.gate
        counted = f"{gate.wrong} wrong and {gate.undecided} undecided in the first {gate.seen} of {gate.size} cells"
        bounds = f"{gate.low:.1%} to {gate.high:.1%}"
        strongest = max(gate.e_pass, gate.e_fail)
        return f"in this suite: {counted}, at any time {bounds}; e-value {strongest:.3g}"


@dataclass(frozen=True, slots=True)
class _Suite:
    """One question with its cells: the place of each in the order drawn."""

    question: Question
    wrong: Wrong
    places: Mapping[str, int]
    gate: SuiteGate
    prefix: Prefix


@dataclass(slots=True)
class Suites:
    """All suite gates of a study over a plan, fed by what ends, in whatever order it ends."""

    study: Study
    plan: Plan
    _by_trial: dict[str, list[_Suite]] = field(init=False, default_factory=dict)
    asked_whole: dict[str, str] = field(init=False, default_factory=dict)  # why, by system
    _fed: set[str] = field(init=False, default_factory=set)
    _suites: list[_Suite] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        asked = [each for each in questions(self.study, self.plan) if not each.nothing]
        gated = {each.system for each in asked}
        ungated = sorted({trial.system for trial in self.plan.trials} - gated)
        self.asked_whole = dict.fromkeys(ungated, "no gate is about it")
        for question in asked:
            suite = _suite_of(question, self.plan, self.study.early_stop or 0.0)
            if suite is None:
                self.asked_whole.setdefault(question.system, f"its gate on {question.name} needs every cell")
                continue
            self._suites.append(suite)
            for trial in suite.places:
                self._by_trial.setdefault(trial, []).append(suite)

    def wanted(self, trial: Trial) -> bool:
        """Whether a trial may still decide anything: a gate about it is open, or all of its system is needed."""
        return trial.system in self.asked_whole or any(
            suite.gate.decided is None for suite in self._by_trial.get(trial.id, ())
        )

    def ended(self, trial: Trial, outcome: Outcome) -> tuple[str, ...]:
        """Take what a trial came to; return what is said of gates that this has decided."""
        if trial.id in self._fed:
            return ()
        self._fed.add(trial.id)
        said = []
        for suite in self._by_trial.get(trial.id, ()):
            before = suite.gate.decided
            wrong = _wrong(suite, trial, outcome, self.study.sides)
            after = suite.gate.extend(suite.prefix.put(suite.places[trial.id], wrong))
            if after is not None and before is None:
                where = f"{suite.question.name} in {suite.question.language}"
                said.append(f"{where}: {after} {Decided(suite.gate).reason}")
        return tuple(said)

    def feed(self, outcomes: Mapping[str, Outcome]) -> None:
        """Take all outcomes there are but those of trials that were not asked, since the gates were decided."""
        for trial in self.plan.trials:
            outcome = outcomes.get(trial.id)
            if outcome is not None and not outcome.stopped_early:
                self.ended(trial, outcome)

    @property
    def decided(self) -> dict[Question, Decided]:
        """What each suite gate has come to."""
        return {suite.question: Decided(suite.gate) for suite in self._suites}


def in_this_suite(question: Question, decided: Decided) -> Ruling:
    """Return the ruling on a suite gate."""
    gate = decided.gate
    counted = gate.seen - gate.undecided
    return question.ruled(
        _STANDINGS[gate.decided],
        decided.reason,
        rate=gate.wrong / counted if counted else None,
        low=gate.low,
        high=gate.high,
        evidence=Evidence(seen=gate.seen, size=gate.size, e_pass=gate.e_pass, e_fail=gate.e_fail),
    )


def _suite_of(question: Question, plan: Plan, alpha: float) -> _Suite | None:
    """Return the suite of a question, None where it cannot be decided early.

    That takes a rate with a limit, of one language or of languages with as many cells each, whose mean is then the
    share of all cells.
    """
    from refusals.statistics.sequential import Prefix, SuiteGate
    from refusals.statistics.tally import COUNTED

    wrong, counts = COUNTED.get(question.gate.measure), countable(question.gate.measure)
    if wrong is None or question.bound != "at most":
        return None
    cells = [trial for trial in plan.trials if question.asks_of(trial) and counts(trial)]
    by_language = Counter(trial.language for trial in cells)
    if not cells or (question.language == ALL_LANGUAGES and not _alike(by_language.values())):
        return None
    places = {trial.id: place for place, trial in enumerate(cells)}
    return _Suite(question, wrong, places, SuiteGate(len(cells), question.limit, alpha), Prefix())


def _alike(counts: Iterable[int]) -> bool:
    return len(set(counts)) == 1


def _wrong(suite: _Suite, trial: Trial, outcome: Outcome, sides: Sides) -> bool | None:
    from refusals.statistics.tally import Cell

    found = side(outcome.ending, sides)
    if found is Side.UNDECIDED:
        return None
    return bool(suite.wrong(Cell(trial=trial, outcome=outcome, side=found)))
