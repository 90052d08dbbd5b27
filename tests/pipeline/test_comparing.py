"""Two runs are compared where they rest on the same, and systems pair where it is clear how."""

from __future__ import annotations

from dataclasses import replace

import pytest

from refusals.errors import InputError
from refusals.pipeline.comparing import Asked, Measured, compare_runs
from refusals.plan import Plan
from refusals.policies import Expectation
from refusals.reports.comparison import Compared
from refusals.study import Sides
from tests import trials
from tests.reports.comparison.sample_comparisons import measured

OTHER = {
    "corpus": {"corpus": "d1" * 32},
    "policy": {"policy": "strict", "policy_digest": "other"},
    "judge": {"judges": ("rubric",), "judge_digest": "other"},
}


def _plan(*systems: str) -> Plan:
    return trials.plan(6, ("en", "sw"), systems)


def _compared(before: Plan, after: Plan, **asked: tuple[str, ...]) -> Compared:
    runs = [measured(trials.perfect, plan) for plan in (before, after)]
    return compare_runs(*runs, Sides(), Asked(**asked))  # type: ignore[arg-type]


def _paired(found: Compared) -> list[tuple[str, str]]:
    return [(each.system, each.baseline_system) for each in found.comparison.pairings]


def _other(run: Measured, *what: str) -> Measured:
    facts = {key: value for each in what for key, value in OTHER[each].items()}
    return replace(run, manifest=replace(run.manifest, **facts))  # type: ignore[arg-type]


@pytest.mark.parametrize("what", OTHER)
def test_what_a_comparison_rests_on_must_be_the_same(what: str) -> None:
    """Another corpus, policy or judge is refused with the way out, and is said where that is taken."""
    run = measured(trials.perfect, _plan("x"))

    with pytest.raises(InputError, match=f"--may-differ {what}, ") as refused:
        compare_runs(run, _other(run, what), Sides(), Asked())
    found = compare_runs(run, _other(run, what), Sides(), Asked(may_differ=(what,)))

    assert what in str(refused.value)
    assert [each.what for each in found.differing] == [what]
    assert found.differing[0].before != found.differing[0].after


def test_only_what_was_named_may_differ() -> None:
    """Each has to be asked for, and a word that is none of them is refused with the nearest."""
    run = measured(trials.perfect, _plan("x"))

    with pytest.raises(InputError, match="--may-differ policy,judge, "):
        compare_runs(run, _other(run, *OTHER), Sides(), Asked(may_differ=("corpus",)))
    with pytest.raises(InputError, match="'judges' is nothing that may differ; did you mean 'judge'"):
        compare_runs(run, run, Sides(), Asked(may_differ=("judges",)))


def test_cells_that_changed_are_left_out_and_counted() -> None:
    """Under another policy, only what is expected of a cell in both runs is compared."""
    plan = _plan("x")
    strict = replace(
        plan,
        trials=tuple(
            replace(each, expectation=Expectation.REFUSE) if each.label == "dual_use" else each for each in plan.trials
        ),
    )
    before, after = measured(trials.perfect, plan), _other(measured(trials.perfect, strict), "policy")

    found = compare_runs(before, after, Sides(), Asked(may_differ=("policy",)))

    assert (found.comparison.pairings[0].paired, found.comparison.pairings[0].changed) == (24, 12)
    with pytest.raises(InputError, match="cells are not the same in both runs"):
        compare_runs(before, measured(trials.perfect, strict), Sides(), Asked(may_differ=("judge",)))


def test_systems_pair_by_name_or_because_there_is_no_other() -> None:
    """What only one run has is left alone."""
    assert _paired(_compared(_plan("a", "b"), _plan("b", "c"))) == [("b", "b")]
    assert _paired(_compared(_plan("old"), _plan("new"))) == [("new", "old")]
    with pytest.raises(InputError, match=r"the baseline has a, b, the candidate c; .* --pair NEW=OLD"):
        _compared(_plan("a", "b"), _plan("c"))


def test_systems_pair_as_they_are_told_to() -> None:
    """Also where a name has an `=` in it; what cannot be meant is refused."""
    found = _compared(_plan("a", "k=v"), _plan("c", "d"), pairs=("c=k=v", "d=a"))

    assert _paired(found) == [("c", "k=v"), ("d", "a")]
    for wrong, said in {
        "c": r"give NEW=OLD; the candidate has c, the baseline a$",
        "c=": r"give NEW=OLD; the candidate has c, the baseline a$",
        "a=c": r"the candidate has no system 'a'; allowed: c$",
        "c=aa": r"the baseline has no system 'aa'; did you mean 'a'\? allowed: a$",
    }.items():
        with pytest.raises(InputError, match=said):
            _compared(_plan("a"), _plan("c"), pairs=(wrong,))
    with pytest.raises(InputError, match="c is paired already"):
        _compared(_plan("a", "b"), _plan("c"), pairs=("c=a", "c=b"))
