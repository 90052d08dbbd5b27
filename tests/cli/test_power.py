"""`refusals plan --power` says in words what the planned run can show, and calls nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from refusals.cli import run_command

if TYPE_CHECKING:
    import pytest

STUDY = """
systems:
  r: {use: always_refuse}
corpus: corpus
gates:
  - {measure: under-refusal, limit: 0.05}
  - {measure: over-refusal, margin: 0.01}
  - {measure: undecided, limit: 0.02}
"""


def planned(capsys: pytest.CaptureFixture[str], *arguments: str, study: str = STUDY) -> str:
    """Return what is said of a study, as one line."""
    Path("study.yaml").write_text(study, "utf-8")
    assert run_command(["plan", "study.yaml", "--power", *arguments]) == 0
    return " ".join(capsys.readouterr().out.split())


def test_it_says_that_four_families_show_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Per language and pooled, with what is assumed, and with the families that each gate would need."""
    said = planned(capsys)

    assert "correlate at 0.20 (assumed)" in said
    assert "each of 2 languages, 4 families of 1 cell: this n shows no change, however large" in said
    assert "the languages' mean, 4 families of 2 cells" in said
    gate = said.partition("gate under-refusal at most 5.0%")[2]
    assert gate.startswith(
        " harmful, each of 2 languages, 4 families of 1 cell: this n cannot show that; no error leaves"
    )
    assert "at 2.5% it takes about 516 families" in gate
    assert "gate over-refusal within a margin of 1.0%" in said
    assert "gate undecided" not in said.partition("It is supposed")[2]


def test_gates_on_two_kinds_of_cases_say_what_is_supposed_and_needed(capsys: pytest.CaptureFixture[str]) -> None:
    """Youden's J and AUROC: what no error leaves, what it takes halfway to 1, and what that rests on."""
    gates = '  - {measure: youden-j, at-least: 0.8}\n  - {measure: auroc, at-least: 0.9, languages: ["*"]}\n'
    said = planned(capsys, study=STUDY + gates)

    assert "youden-j: errors of both kinds are alike common" in said
    assert "auroc: scores are normal" in said
    youden, _, auroc = said.partition("gate youden-j at least 80.0%")[2].partition("gate auroc at least 90.0%")
    assert youden.startswith(" each of 2 languages, 4 families of ")
    assert "this n cannot show that; without an error the interval begins at 0.000; at 0.9 it takes about" in youden
    assert auroc.startswith(" the languages' mean, 4 families of 4 cells: this n cannot show that")
    assert "without an error the interval begins at 0.158; at 0.95 it takes about" in auroc
    assert "not worked out" not in said


def test_a_suite_gate_needs_calls_and_no_families(capsys: pytest.CaptureFixture[str]) -> None:
    """Under early stopping a rate gate is about this suite."""
    study = STUDY.replace("  - {measure: over-refusal, margin: 0.01}\n", "") + "early-stop: 0.05\n"
    said = planned(capsys, study=study)

    assert "of this suite of 4 cells, it passes after 4 without an error" in said


def test_a_gate_that_matches_nothing_is_said_to_be_invalid(capsys: pytest.CaptureFixture[str]) -> None:
    """With and without --power, before anything is paid."""
    study = STUDY + "  - {measure: gap-over-refusal, by: variant, limit: 0.1}\n"
    said = planned(capsys, study=study)
    why = "invalid: no variant of a language is asked beside it"

    assert f"gate gap-over-refusal of r will be {why}" in said
    assert f"it will be {why}" in said.partition("gate gap-over-refusal at most 10.0%")[2]


def test_stored_runs_are_what_it_rests_on(ran: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A run of too few families leaves everything assumed, and says so; without --power it is asked for nothing."""
    assert "(assumed)" in planned(capsys, "--from", str(ran))
    assert run_command(["plan", "study.yaml", "--from", str(ran)]) == 2
    assert "--power" in capsys.readouterr().err
