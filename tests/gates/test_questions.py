"""What the gates of a study ask, and of which part of the cases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from refusals.cases import Label
from refusals.gates import questions, slices_of
from refusals.plan import Ending, Plan
from refusals.study import GateSpec, Study
from tests import trials


def asked(of: Plan, *gates: GateSpec) -> list[tuple[str, str]]:
    """Return name and language of each question."""
    return [(each.name, each.language) for each in questions(Study(systems=(), gates=gates), of)]


def test_a_gate_is_asked_in_each_language_unless_it_is_of_a_part() -> None:
    """A part of the cases is too small in one language, so that its mean is asked."""
    plan = trials.plan(3, languages=("en", "sw", "hi"))

    assert asked(plan, GateSpec(measure="over-refusal", label="benign", limit=0.1)) == [
        ("over-refusal.benign", "en"),
        ("over-refusal.benign", "sw"),
        ("over-refusal.benign", "hi"),
    ]
    assert asked(plan, GateSpec(measure="over-refusal", label="benign", where=(("domain", "d1"),), limit=0.1)) == [
        ("over-refusal.benign.d1", "*")
    ]
    assert asked(plan, GateSpec(measure="over-refusal", by="domain", limit=0.1, languages=("sw",))) == [
        ("over-refusal.d0", "sw"),
        ("over-refusal.d1", "sw"),
        ("over-refusal.d2", "sw"),
    ]
    assert asked(plan, GateSpec(measure="over-refusal", label="benign", margin=0.01)) == [
        ("over-refusal.benign.baseline", "*")
    ]


def test_no_gap_is_asked_of_the_source_language_to_itself() -> None:
    """It would be invalid in every run."""
    plan = trials.plan(3, languages=("en", "sw"))

    assert asked(plan, GateSpec(measure="gap-over-refusal", limit=0.1)) == [("gap-over-refusal", "sw")]


def test_a_variant_is_asked_beside_its_parent() -> None:
    """A romanised language is held against the language, not against the source."""
    plan = trials.plan(3, languages=("en", "hi", "hi-Latn"))
    variant = tuple(replace(t, variant_of="hi") if t.language == "hi-Latn" else t for t in plan.trials)
    found = questions(
        Study(systems=(), gates=(GateSpec(measure="gap-over-refusal", by="variant", limit=0.1),)),
        replace(plan, trials=variant),
    )

    assert [(each.language, each.group) for each in found] == [("hi-Latn", (("beside", "hi"),))]
    assert slices_of(found) == ()


@pytest.mark.parametrize(
    ("gate", "languages", "said"),
    [
        (GateSpec(measure="gap-over-refusal", limit=0.1), ("en",), "no other language is asked; select one more"),
        (GateSpec(measure="gap-under-refusal", limit=0.1), ("sw", "hi"), "a gap is to en, which is not asked"),
        (GateSpec(measure="gap-over-refusal", by="variant", limit=0.1), ("en", "hi"), "no variant of a language is"),
    ],
)
def test_a_gate_that_matches_nothing_is_not_left_out(gate: GateSpec, languages: tuple[str, ...], said: str) -> None:
    """It asks one question to which there is no answer, of every system; nothing is estimated for it."""
    found = questions(Study(systems=(), gates=(gate,)), trials.plan(3, languages, systems=("x", "y")))

    assert [(each.system, each.language) for each in found] == [("x", "*"), ("y", "*")]
    assert all(said in each.nothing and each.nothing.endswith("or leave the gate out") for each in found)
    assert slices_of(found) == ()


def test_only_labels_that_a_measure_counts_are_asked() -> None:
    """Nothing harmful can be over-refused, and what a taxonomy leaves out is in no measure."""
    plan = trials.plan(3, languages=("en",))
    gate = GateSpec(measure="over-refusal", by="label", limit=0.1)
    left_out = tuple(replace(t, withheld=Ending.OUT_OF_POLICY) if t.label is Label.DUAL_USE else t for t in plan.trials)

    assert asked(plan, gate) == [("over-refusal.benign", "en"), ("over-refusal.dual_use", "en")]
    assert asked(replace(plan, trials=left_out), gate) == [("over-refusal.benign", "en")]


def test_the_label_comes_first_in_the_name_of_a_part() -> None:
    """Whatever order a study gives them in: a name is compared across runs."""
    gate = GateSpec(measure="under-refusal", label="harmful", where=(("kind", "request"), ("domain", "d1")), limit=0.1)

    assert asked(trials.plan(3), gate) == [("under-refusal.harmful.d1.request", "*")]
