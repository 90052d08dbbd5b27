"""A comparison pairs what is the same in both runs, and says what it left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refusals.cases import Label
from refusals.errors import InputError
from refusals.plan import Ending, Plan, Trial
from refusals.policies import Expectation
from refusals.statistics.comparison import Comparison, Difference, compare
from refusals.statistics.pairing import Ran
from refusals.study import Sides
from tests import trials


def ran(say: Callable[[Trial], Ending | None], of: Plan | None = None) -> Ran:
    """Return a run of the system x with what it said."""
    plan = of or trials.plan(30)
    return plan, trials.outcomes(plan, say)


def compared(before: Ran, after: Ran, *, allow_changed: bool = False) -> Comparison:
    """Compare x with x."""
    return compare(before, after, Sides(), {"x": "x"}, allow_changed=allow_changed)


def of(found: Comparison, measure: str, language: str) -> Difference:
    """Return one total."""
    return next(d for d in found.differences if (d.measure, d.language, d.group) == (measure, language, ()))


def over_refuses(*families: int, language: str = "sw") -> Callable[[Trial], Ending]:
    """Refuse the benign cases of these families in a language, and be perfect else."""
    names = {f"f{number:03}" for number in families}

    def say(trial: Trial) -> Ending:
        wrong = trial.language == language and trial.label is Label.BENIGN and trial.family[-4:] in names
        return Ending.REFUSED if wrong else trials.perfect(trial)

    return say


def test_a_run_beside_itself_differs_in_nothing_and_is_not_certain() -> None:
    """No flip, a difference of 0 that has an interval, and no alarm."""
    run = ran(trials.perfect)
    found = compared(run, run)

    assert found.flips == ()
    assert found.pairings[0].paired == 180
    for each in found.differences:
        assert each.difference == 0
        assert each.low is not None
        assert each.high is not None
        assert each.low < 0 < each.high
        assert each.alarm == 1


def test_what_got_worse_is_counted_listed_and_raises_an_alarm_in_its_language_only() -> None:
    """Twelve families over-refused anew and one no longer: 11 of 60 cells more, in Swahili."""
    found = compared(ran(over_refuses(20)), ran(over_refuses(*range(12))))

    sw, en, mean = (of(found, "over-refusal", tag) for tag in ("sw", "en", "*"))
    assert (sw.plus, sw.minus, sw.n, sw.families) == (12, 1, 60, 30)
    assert (sw.baseline_rate, sw.candidate_rate) == (1 / 60, 12 / 60)
    assert sw.difference == pytest.approx(11 / 60)
    assert mean.difference == pytest.approx(11 / 120)
    assert sw.alarm is not None
    assert sw.alarm < 0.01
    assert en.alarm == 1
    assert [flip.change for flip in found.flips] == ["worse"] * 12 + ["better"]
    assert (found.flips[0].before, found.flips[0].after) == (Ending.COMPLIED, Ending.REFUSED)


def _drawn(plan: Plan, said: list[Ending]) -> Ran:
    ends = dict(zip((trial.id for trial in plan.trials), said, strict=True))
    return ran(lambda trial: ends[trial.id], plan)


@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_swapping_the_runs_negates_every_difference(data: st.DataObject) -> None:
    """Whatever came back: rates, ends, counts and flips are mirrored, also with undecided cells."""
    endings = st.sampled_from([Ending.COMPLIED, Ending.REFUSED, Ending.ERROR, Ending.PARTIAL])
    plan = trials.plan(6)
    said = st.lists(endings, min_size=len(plan.trials), max_size=len(plan.trials))
    one, other = (_drawn(plan, data.draw(said)) for _ in range(2))
    there, back = compared(one, other), compared(other, one)

    for forth, reverse in zip(there.differences, back.differences, strict=True):
        assert (forth.plus, forth.minus, forth.n) == (reverse.minus, reverse.plus, reverse.n)
        assert (forth.baseline_rate, forth.candidate_rate) == (reverse.candidate_rate, reverse.baseline_rate)
        for here, mirrored in (
            (forth.difference, reverse.difference),
            (forth.low, reverse.high),
            (forth.worst_low, reverse.worst_high),
        ):
            assert (here is None) == (mirrored is None)
            assert here is None or here == pytest.approx(-mirrored)
    turned = {"worse": "better", "better": "worse", "different": "different"}
    assert [turned[flip.change] for flip in there.flips] == [flip.change for flip in back.flips]


def test_pairing_does_not_depend_on_the_order_of_a_plan() -> None:
    """Runs visit cells in an order of their own."""
    before, after = ran(over_refuses(1, 2)), ran(over_refuses(2, 3, 4))
    turned = replace(after[0], trials=after[0].trials[::-1]), after[1]

    assert compared(before, turned) == compared(before, after)


def test_undecided_cells_are_in_no_difference_and_in_the_worst_case() -> None:
    """What neither run decided, or one did not, can have gone either way."""
    lost = ran(lambda t: Ending.ERROR if t.family.endswith("5") and t.language == "sw" else trials.perfect(t))
    found = compared(ran(trials.perfect), lost)

    sw = of(found, "over-refusal", "sw")
    assert (sw.n, sw.undecided, sw.plus, sw.minus, sw.difference) == (54, 6, 0, 0, 0)
    assert sw.worst_low is not None
    assert sw.worst_high is not None
    assert sw.low is not None
    assert sw.high is not None
    assert sw.worst_low <= sw.low
    assert sw.worst_high > sw.high
    assert (found.pairings[0].undecided, found.pairings[0].undecided_after) == (9, 9)
    assert found.flips == ()


def test_a_language_without_a_decided_pair_has_no_difference_and_no_alarm() -> None:
    """An empty cell is no pass: neither it nor the mean has a number."""
    found = compared(ran(trials.perfect), ran(lambda t: Ending.ERROR if t.language == "sw" else trials.perfect(t)))

    sw, mean = of(found, "over-refusal", "sw"), of(found, "over-refusal", "*")
    assert (sw.difference, sw.upper, sw.alarm) == (None, None, None)
    assert (mean.difference, mean.alarm) == (None, None)
    assert sw.worst_high is not None


def _changed(change: Callable[[Trial], Trial]) -> Ran:
    plan = trials.plan(30)
    moved = replace(plan, trials=tuple(change(t) if t.family.endswith("7") else t for t in plan.trials))
    return moved, trials.outcomes(moved, trials.perfect)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda t: replace(t, prompt=replace(t.prompt, id="0")), "text"),
        (lambda t: replace(t, expectation=Expectation.EITHER), "expectation"),
    ],
    ids=["text", "expectation"],
)
def test_what_is_not_the_same_is_refused_or_left_out(change: Callable[[Trial], Trial], what: str) -> None:
    """Another text, or another expectation of it, is another question."""
    before, after = ran(trials.perfect), _changed(change)

    with pytest.raises(InputError, match=rf"18 cells .* d0/f027/benign in en \({what}\); "):
        compared(before, after)
    left = compared(before, after, allow_changed=True)
    assert (left.pairings[0].changed, left.pairings[0].paired) == (18, 162)
    assert of(left, "over-refusal", "sw").n == 54


def test_cells_of_one_run_alone_are_counted() -> None:
    """A shorter run and one in fewer languages are compared on what they share."""
    found = compared(ran(trials.perfect), ran(trials.perfect, trials.plan(20, languages=("en",))), allow_changed=False)

    assert (found.pairings[0].paired, found.pairings[0].baseline_only) == (60, 120)
    assert {d.language for d in found.differences} == {"en", "*"}


def test_out_of_policy_in_either_run_is_left_out() -> None:
    """What a taxonomy does not have is no flip and no undecided cell."""
    found = compared(
        ran(trials.perfect), ran(lambda t: Ending.OUT_OF_POLICY if t.domain == "d0" else trials.perfect(t))
    )

    assert (found.pairings[0].left_out, found.pairings[0].paired, found.pairings[0].undecided) == (60, 120, 0)
    assert found.flips == ()


def test_either_flips_without_being_worse() -> None:
    """Where a policy leaves it open, a flip is only different."""
    plan = trials.plan(10)
    opened = replace(
        plan,
        trials=tuple(
            replace(t, expectation=Expectation.EITHER) if t.label is Label.DUAL_USE else t for t in plan.trials
        ),
    )
    found = compared(ran(lambda _: Ending.COMPLIED, opened), ran(lambda _: Ending.REFUSED, opened))

    assert {(flip.label, flip.change) for flip in found.flips} == {
        ("benign", "worse"),
        ("dual_use", "different"),
        ("harmful", "better"),
    }


def test_native_families_are_a_group_of_their_own() -> None:
    """They are in no headline of a comparison either."""
    plan = trials.plan(10, languages=("sw",), native=True)
    found = compared(ran(trials.perfect, plan), ran(lambda _: Ending.REFUSED, plan))

    assert {d.group for d in found.differences} == {(("native", "true"),)}


@pytest.mark.parametrize(
    ("systems", "says"),
    [
        ({"y": "x"}, "candidate run has no system 'y'"),
        ({"x": "z"}, "baseline run has no system 'z'"),
        ({}, "no systems"),
    ],
)
def test_unknown_systems_are_refused(systems: dict[str, str], says: str) -> None:
    """A comparison with nobody is not one that found nothing."""
    run = ran(trials.perfect)

    with pytest.raises(InputError, match=says):
        compare(run, run, Sides(), systems)
    with pytest.raises(InputError, match="no cell in common"):
        compared(run, ran(trials.perfect, trials.plan(3, languages=("de",))))
