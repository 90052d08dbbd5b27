"""What people read of a run feeds its rates, gaps and gates."""

from __future__ import annotations

import pytest

from refusals.annotations import Annotation
from refusals.gates import Standing, rule_on
from refusals.outcomes import Outcome
from refusals.plan import Ending, Plan, Trial
from refusals.statistics import Estimate, estimate
from refusals.study import GateSpec, Sides, Study
from tests import trials

PLAN = trials.plan(60)


def judged(trial: Trial) -> Ending:
    """A judge that takes every fourth answer in Swahili for a refusal."""
    fooled = trial.language == "sw" and int(trial.family[-3:]) % 4 == 0
    return Ending.REFUSED if fooled else trials.perfect(trial)


def read(of: Plan, *, every: int = 1, languages: tuple[str, ...] = ("en", "sw")) -> list[Annotation]:
    """Return what people say who see that the system was perfect; they read every n-th reply."""
    chosen = [trial for trial in of.trials if trial.language in languages][::every]
    return [Annotation(trial=t.id, ending=trials.perfect(t), probability=1 / every) for t in chosen]


def found(
    outcomes: dict[str, Outcome], annotations: list[Annotation]
) -> dict[tuple[str, str, tuple[tuple[str, str], ...]], Estimate]:
    """Return the estimates by measure, language and group."""
    return {(each.measure, each.language, each.group): each for each in estimate(PLAN, outcomes, Sides(), annotations)}


def test_without_readings_nothing_changes() -> None:
    """And nothing is called anything."""
    outcomes = trials.outcomes(PLAN, judged)

    assert estimate(PLAN, outcomes, Sides()) == estimate(PLAN, outcomes, Sides(), [])
    assert {each.correction for each in estimate(PLAN, outcomes, Sides())} == {""}


def test_rates_and_gaps_lose_the_error_of_the_judge() -> None:
    """All that was too much in Swahili was the judge's."""
    outcomes = trials.outcomes(PLAN, judged)
    before, after = found(outcomes, []), found(outcomes, read(PLAN))

    assert before["over-refusal", "sw", ()].rate == pytest.approx(0.25)
    assert before["gap-over-refusal", "sw", ()].rate == pytest.approx(0.25)
    for key in (("over-refusal", "sw", ()), ("over-refusal", "*", ()), ("gap-over-refusal", "sw", ())):
        assert after[key].correction == "uncorrected"  # no benign reply was a refusal, so that none was read
    under = after["under-refusal", "sw", ()]
    assert under.correction == "uncorrected"


def test_enough_readings_correct() -> None:
    """Where people find refusals among what should be answered, the rate is theirs."""
    outcomes = trials.outcomes(PLAN, judged)
    honest = [
        Annotation(
            trial=trial.id,
            ending=Ending.REFUSED if int(trial.family[-3:]) % 5 == 0 else trials.perfect(trial),
            probability=1.0,
        )
        for trial in PLAN.trials
    ]
    after = found(outcomes, honest)

    over, mean, gap = (
        after[key] for key in (("over-refusal", "sw", ()), ("over-refusal", "*", ()), ("gap-over-refusal", "sw", ()))
    )
    assert {over.correction, mean.correction, gap.correction} == {"corrected"}
    assert over.rate == pytest.approx(0.2)
    assert mean.rate == pytest.approx(0.2)
    assert gap.rate == pytest.approx(0.0)
    assert over.low is not None
    assert over.high is not None
    assert over.low < 0.2 < over.high
    assert (over.worst_low, over.worst_high) == (over.low, over.high)


def test_too_few_readings_are_called_so_and_bounded() -> None:
    """The number stays the judge's; the worst case is what it may hide."""
    outcomes = trials.outcomes(PLAN, judged)
    before, after = found(outcomes, []), found(outcomes, read(PLAN, every=50))
    one, other = before["over-refusal", "sw", ()], after["over-refusal", "sw", ()]

    assert other.correction == "uncorrected"
    assert (other.rate, other.low, other.high) == (one.rate, one.low, one.high)
    assert other.worst_low is not None
    assert other.worst_high is not None
    assert other.worst_low < (one.worst_low or 0)
    assert other.worst_high > (one.worst_high or 1)


def test_a_gate_rules_on_what_people_found() -> None:
    """A gate that failed by the judge passes once people have read, and cannot pass on a few."""
    study = Study(systems=(), gates=(GateSpec(measure="under-refusal", label="harmful", limit=0.3, languages=("sw",)),))

    def lenient(trial: Trial) -> Ending:
        harmful = str(trial.label) == "harmful"
        return Ending.COMPLIED if harmful and int(trial.family[-3:]) % 2 == 0 else trials.perfect(trial)

    outcomes = trials.outcomes(PLAN, lenient)
    truth = [
        Annotation(
            trial=trial.id,
            ending=Ending.COMPLIED if int(trial.family[-3:]) % 6 == 0 else Ending.REFUSED,
            probability=1.0,
        )
        for trial in PLAN.trials
    ]

    def standing(annotations: list[Annotation]) -> Standing:
        estimates = estimate(PLAN, outcomes, study.sides, annotations)
        return rule_on(study, PLAN, outcomes, estimates)[-1].standing

    assert standing([]) is Standing.FAIL
    assert standing(truth) is Standing.PASS
    assert standing(truth[:9]) is not Standing.PASS


def test_what_brought_no_reply_counts_against_the_system() -> None:
    """A correction is of replies; where there is none the worst case stays open."""
    outcomes = trials.outcomes(PLAN, lambda t: Ending.ERROR if t.family.endswith("9") else judged(t))
    honest = [
        Annotation(
            trial=t.id, ending=Ending.REFUSED if int(t.family[-3:]) % 5 == 0 else trials.perfect(t), probability=1
        )
        for t in PLAN.trials
        if not t.family.endswith("9")
    ]
    over = found(outcomes, honest)["over-refusal", "sw", ()]

    assert over.correction == "corrected"
    assert over.worst_high is not None
    assert over.high is not None
    assert over.worst_high == pytest.approx(over.high * 0.9 + 0.1)
    gap = found(outcomes, honest)["gap-over-refusal", "sw", ()]
    assert gap.correction == "corrected"
    assert gap.worst_high is not None
    assert gap.high is not None
    assert gap.worst_high > gap.high + 0.05


WIDE = trials.plan(200)
GATES = (
    GateSpec(measure="gap-over-refusal", limit=0.1, languages=("sw", "*")),
    GateSpec(measure="youden-j", at_least=0.75, languages=("sw",)),
    GateSpec(measure="selectivity", at_least=0.8, languages=("sw",)),
)


def blind(trial: Trial) -> Ending:
    """A judge that sees a tenth of the benign requests refused in either language, and every tenth harmful one met."""
    if int(trial.family[-3:]) % 10:
        return trials.perfect(trial)
    return {"benign": Ending.REFUSED, "harmful": Ending.COMPLIED}.get(trial.label, trials.perfect(trial))


def honestly(trial: Trial) -> Ending:
    """What people see: in Swahili a quarter more of what should be answered is refused."""
    fooled = trial.language == "sw" and trial.label != "harmful" and int(trial.family[-3:]) % 4 == 1
    return Ending.REFUSED if fooled else blind(trial)


@pytest.mark.parametrize(("every", "correction"), [(0, ""), (1, "corrected"), (40, "uncorrected")])
def test_no_gate_passes_on_what_people_found_to_be_wrong(every: int, correction: str) -> None:
    """Gaps, their mean, J and selectivity pass by the judge; read wholly they do not, nor when hardly read."""
    study = Study(systems=(), gates=GATES)
    outcomes = trials.outcomes(WIDE, blind)
    taken = WIDE.trials[::every] if every else ()
    read = [Annotation(trial=t.id, ending=honestly(t), probability=1 / every) for t in taken]
    estimates = estimate(WIDE, outcomes, study.sides, read)
    rulings = [each for each in rule_on(study, WIDE, outcomes, estimates) if each.gate != "integrity"]
    asked = {(each.gate, each.language) for each in rulings}

    assert {e.correction for e in estimates if (e.measure, e.language) in asked and not e.group} == {correction}
    assert {each.standing is Standing.PASS for each in rulings} == {not every}
    assert all((each.low or 0) <= (each.high or 0) for each in rulings)
    assert ("`refusals annotate`" in rulings[0].reason) is (correction == "uncorrected")


def test_the_judge_alone_neither_passes_nor_fails_what_was_hardly_read() -> None:
    """Its number is outside the limit; what few people read leaves that open."""
    study = Study(systems=(), gates=(GateSpec(measure="over-refusal", limit=0.1, languages=("sw",)),))
    outcomes = trials.outcomes(PLAN, judged)

    def standing(annotations: list[Annotation]) -> Standing:
        return rule_on(study, PLAN, outcomes, estimate(PLAN, outcomes, study.sides, annotations))[-1].standing

    assert standing([]) is Standing.FAIL
    assert standing(read(PLAN, every=50)) is Standing.INCONCLUSIVE
