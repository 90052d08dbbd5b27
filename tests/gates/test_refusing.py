"""A gate that no run can answer is refused before the first call, at its place and with what is allowed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from refusals.errors import InputError, Place
from refusals.gates.refusing import refuse_beyond_baseline, refuse_unasked
from refusals.study import GateSpec, Study
from tests import trials

PLAN = trials.plan(3, languages=("en", "sw"))
OVER = GateSpec(measure="over-refusal", label="benign", limit=0.1)
HERE = Place("refusals.yaml", 7, 5)


def refused(gate: GateSpec, *written: str) -> str:
    """Return what is said of a gate that stands at `HERE` in its study, or has what is wrong there."""
    study = Study(systems=(), gates=(OVER, gate), places={("gates", "1", *written): HERE})
    with pytest.raises(InputError) as error:
        refuse_unasked(study, PLAN)
    assert error.value.place == HERE
    return error.value.message


@pytest.mark.parametrize(
    ("gate", "written", "said"),
    [
        (replace(OVER, where=(("domain", "d11"),)), ("domain", "d11"), "did you mean 'd1'? allowed: d0, d1, d2"),
        (replace(OVER, where=(("kind", "requests"),)), ("kind", "requests"), "did you mean 'request'?"),
        (replace(OVER, where=(("script", "Latin"),)), ("script", "Latin"), "did you mean 'Latn'?"),
        (replace(OVER, where=(("axis", "foo"),)), (), "no case that is asked has the axis 'foo'; allowed: intent"),
        (replace(OVER, languages=("sw", "hi")), ("languages", "hi"), "the language 'hi'; allowed: en, sw, *"),
        (replace(OVER, label="harmful"), ("label", "harmful"), "no case of the label 'harmful'"),
        (GateSpec(measure="gap-over-refusal", limit=0, languages=("en",)), (), "a gap is to en itself; allowed: sw, *"),
        (replace(OVER, limit=0.0), ("limit", "1e-400"), "no number of cases shows 0 %: give a limit above it"),
        (GateSpec(measure="selectivity", at_least=1.0), (), "give `at-least` below it"),
    ],
)
def test_what_no_cell_can_have_is_refused_at_its_place(gate: GateSpec, written: tuple[str, ...], said: str) -> None:
    """Before a call is paid, with what may have been meant."""
    assert said in refused(gate, *written)


@pytest.mark.parametrize(
    "study",
    [
        Study(systems=(), gates=(OVER, replace(OVER, where=(("domain", "d1"),), languages=("sw", "*")))),
        Study(
            systems=(), gates=(GateSpec(measure="gap-over-refusal", limit=0.0), GateSpec(measure="error", limit=0.0))
        ),
        Study(systems=(), gates=(replace(OVER, limit=0.0),), early_stop=0.05),
    ],
)
def test_what_a_run_can_answer_is_not_refused(study: Study) -> None:
    """A gap or a plain share may be shown to be at most nothing, and so may the errors of one suite."""
    refuse_unasked(study, PLAN)


def test_a_baseline_has_the_systems_and_languages_of_its_gates() -> None:
    """Else the ruling could only be invalid; a system that no gate is of may be new, and one of one is renamed."""
    both = trials.plan(3, languages=("en", "sw"), systems=("x", "new"))
    margin = Study(systems=(), gates=(GateSpec(measure="over-refusal", label="benign", margin=0.02),))
    named = replace(margin, gates=(replace(margin.gates[0], systems=("x",)),))

    with pytest.raises(InputError, match=r"no system 'new', it has x; pair them .*give the gate `systems: \[x\]`"):
        refuse_beyond_baseline(margin, both, PLAN, {"x"})
    with pytest.raises(InputError, match="no language 'sw', it has en; measure the baseline in it too"):
        refuse_beyond_baseline(named, both, trials.plan(3, languages=("en",)), {"x"})
    refuse_beyond_baseline(named, both, PLAN, {"x"})
    refuse_beyond_baseline(margin, trials.plan(3, languages=("en", "sw"), systems=("renamed",)), PLAN, {"renamed"})
