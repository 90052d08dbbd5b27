"""A study is read strictly, and options say the same as keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from refusals.errors import InputError
from refusals.study import BUILT_IN, SystemSpec, load_study, parse_spec, told_apart


def study(tmp_path: Path, text: str):  # type: ignore[no-untyped-def]  # noqa: ANN201
    """Load a study of that text."""
    path = tmp_path / "refusals.yaml"
    path.write_text(text, "utf-8")
    return load_study(path)


@pytest.mark.parametrize(
    ("written", "name", "kind", "target"),
    [
        ("always_refuse", "always_refuse", "always_refuse", ""),
        ("anthropic:claude-x", "anthropic", "anthropic", "claude-x"),
        ("mine=anthropic:claude-x", "mine", "anthropic", "claude-x"),
        ("command:python guard.py --level=3", "command", "command", "python guard.py --level=3"),
        ("g=command:env A=1 ./guard", "g", "command", "env A=1 ./guard"),
        ("python:guards.mine:flag", "python", "python", "guards.mine:flag"),
        (
            "openai_compatible:m@http://127.0.0.1:8000/v1",
            "openai_compatible",
            "openai_compatible",
            "m@http://127.0.0.1:8000/v1",
        ),
    ],
)
def test_a_spec_is_kind_and_target(written: str, name: str, kind: str, target: str) -> None:
    """`NAME=` stands before the kind, and an `=` in a target is none."""
    spec = parse_spec(written)

    assert (spec.name, spec.kind, spec.target) == (name, kind, target)


@pytest.mark.parametrize("written", ["", ":x", "A B", "9:x"])
def test_a_spec_without_a_kind_is_refused(written: str) -> None:
    """The way out is in the message."""
    with pytest.raises(InputError, match="write KIND or KIND:TARGET"):
        parse_spec(written)


def test_two_of_a_kind_are_told_apart_by_target() -> None:
    """Without a name, what differs is what reports show."""
    specs = told_apart([parse_spec("anthropic:a"), parse_spec("anthropic:b/c"), parse_spec("surface")])

    assert [spec.name for spec in specs] == ["anthropic-a", "anthropic-b-c", "surface"]


def test_two_of_the_same_are_refused() -> None:
    """Their cells could not be told apart."""
    with pytest.raises(InputError, match="two systems are called 'anthropic-a'; tell them apart with NAME=SPEC"):
        told_apart([parse_spec("anthropic:a"), parse_spec("anthropic:a")])


def test_an_empty_study_is_the_built_in_one(tmp_path: Path) -> None:
    """Everything has a default that is right."""
    loaded = study(tmp_path, "policy: default\n")

    assert tuple(spec.kind for spec in loaded.systems) == BUILT_IN
    assert loaded.undecided_ceiling == 0.05
    assert loaded.gates == ()


def test_a_gate_is_on_the_label_that_its_measure_is_about(tmp_path: Path) -> None:
    """Over-refusal is gated on benign, under-refusal on harmful, unless it says otherwise."""
    gates = """
gates:
  - {measure: over-refusal, limit: 0.1}
  - {measure: under-refusal, limit: 0.05, languages: [sw, '*']}
"""
    over, under = study(tmp_path, gates).gates

    assert (over.label, over.limit, over.languages) == ("benign", 0.1, ())
    assert (under.label, under.limit, under.languages) == ("harmful", 0.05, ("sw", "*"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("systms: {}\n", r"refusals\.yaml:1:1 unknown key 'systms' in the file; did you mean 'systems'"),
        ("systems: {a: {use: 'B C'}}\n", r"refusals\.yaml:1:20 'B C' names no system"),
        ("gates:\n  - {measure: overrefusal, limit: 0.1}\n", r"refusals\.yaml:2:15 .*did you mean 'over-refusal'"),
        (
            "gates:\n  - {measure: over-refusal, limit: 5%}\n",
            r"refusals\.yaml:2:36 `limit` must be a number, found '5%'",
        ),
        ("gates:\n  - {measure: over-refusal, limit: 5}\n", r"refusals\.yaml:2:36 `limit` is '5'; allowed: 0 to 1"),
        (
            "gates:\n  - {measure: over-refusal}\n",
            r"refusals\.yaml:2:5 a gate on over-refusal takes `limit` or `margin` or `alarm`, and has none",
        ),
        (
            "gates:\n  - {measure: over-refusal, limit: 0, systems: [x]}\n",
            r"refusals\.yaml:2:49 no system is called 'x'",
        ),
        ("judge: {use: [rubric]}\n", r"refusals\.yaml:1:8 the judge `rubric` needs a model"),
        ("seed: -1\n", r"refusals\.yaml:1:7 `seed` is '-1'; allowed: 0"),
        ("languages: []\n", r"refusals\.yaml:1:12 `languages` has 0 entries"),
        ("languages: sw\n", r"refusals\.yaml:1:12 `languages` must be a list, found a text \('sw'\)"),
    ],
)
def test_what_is_wrong_is_named_at_its_place(tmp_path: Path, text: str, said: str) -> None:
    """One line: the place, what stood there, what is allowed."""
    with pytest.raises(InputError, match=said):
        study(tmp_path, text)


def test_options_of_a_system_arrive(tmp_path: Path) -> None:
    """Every key of a system has its field."""
    text = """
systems:
  guard:
    use: command:./guard
    threshold: 0.7
    taxonomy: llama-guard-3
    kinds: [request, exchange]
    concurrency: 4
    timeout: 30
    price-in: 1.5
    price-out: 7
    key: MY_KEY
    options: {colour: blue}
"""
    (spec,) = study(tmp_path, text).systems

    assert spec == SystemSpec(
        name="guard",
        kind="command",
        target="./guard",
        threshold=0.7,
        taxonomy="llama-guard-3",
        kinds=("request", "exchange"),
        concurrency=4,
        timeout=30.0,
        price_in=1.5,
        price_out=7.0,
        key="MY_KEY",
        options=(("colour", "blue"),),
        folder=tmp_path,
    )


def test_a_baseline_pairs_systems_of_the_study(tmp_path: Path) -> None:
    """What the study calls none of its systems is refused where it stands; the other names are in the run."""
    text = "systems: {guard-2: {use: surface}}\nbaseline:\n  run: old\n  pairs: {%s: guard-1}\n"
    loaded = study(tmp_path, text % "guard-2").baseline

    assert loaded is not None
    assert loaded.pairs == ("guard-2=guard-1",)
    with pytest.raises(InputError, match=r":4:11 no system is called 'guard'; did you mean 'guard-2'\?"):
        study(tmp_path, text % "guard")
