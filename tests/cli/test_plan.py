"""`refusals plan` says what a run would ask, asks nothing, and leaves nothing behind."""

from pathlib import Path

import pytest

from refusals.cli import run_command
from tests.processes import plan_of
from tests.stand_in import Behaviour, read_ledger, running


def rows(out: str) -> dict[tuple[str, str], list[str]]:
    """Return the rows of the table by system and language."""
    found = [line.split() for line in out.splitlines() if " en " in line or " sw " in line]
    return {(row[0], row[1]): row[2:] for row in found}


def test_it_plans_what_run_asks(capsys: pytest.CaptureFixture[str]) -> None:
    """Cells by system and language are those of the run, and the order is drawn by the seed that is printed."""
    arguments = ["--system", "always_refuse", "--system", "surface", "--corpus", "corpus", "--seed", "9"]
    code = run_command(["plan", *arguments])
    said = capsys.readouterr().out
    ran = run_command(["run", *arguments, "--out", "run"])
    trials = plan_of(Path("run")).trials

    assert (code, ran) == (0, 0)
    assert said.splitlines()[0] == f"{len(trials)} cells, seed 9, policy default"
    assert {key: int(row[0]) for key, row in rows(said).items()} == {
        (system, language): sum((trial.system, trial.language) == (system, language) for trial in trials)
        for system in ("always_refuse", "surface")
        for language in ("en", "sw")
    }


def test_it_calls_nothing_and_writes_nothing(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A plan is free."""
    with running(Behaviour()) as url:
        code = run_command(["plan", "--system", f"openai_compatible:m@{url}/v1", "--corpus", "corpus"])
        calls = read_ledger(url).calls

    assert (code, calls) == (0, 0)
    assert list(Path().iterdir()) == [Path("corpus")]


def test_a_program_is_not_started() -> None:
    """A guard is looked for, and left alone."""
    Path("guard").write_text("#!/bin/sh\ntouch started\n", "utf-8")
    Path("guard").chmod(0o755)

    assert run_command(["plan", "--system", "command:./guard", "--corpus", "corpus"]) == 0
    assert not Path("started").exists()


def test_the_cost_is_not_understated(capsys: pytest.CaptureFixture[str]) -> None:
    """It is that of as many tokens as there are bytes, and of answers as long as they may be."""
    Path("study.yaml").write_text(
        "systems:\n  m: {use: 'openai_compatible:m@http://127.0.0.1:1/v1', price-in: 1000000, price-out: 1000, "
        "max-tokens: 500}\ncorpus: corpus\n",
        "utf-8",
    )
    code = run_command(["plan", "study.yaml", "--language", "sw"])
    said = capsys.readouterr().out
    run_command(["run", "--system", "always_refuse", "--corpus", "corpus", "--language", "sw", "--out", "run"])
    size = sum(len(trial.prompt.text.encode()) for trial in plan_of(Path("run")).trials)

    assert code == 0
    cells, calls, tokens, fertility, cost = rows(said)["m", "sw"]
    assert (cells, calls, fertility, cost) == ("12", "12", "-", f"{size + 12 * 0.5:.2f}")
    assert 12 < int(tokens) < size


def test_batches_cost_half_and_a_system_prompt_is_paid_with_each_call(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The estimate follows how a system is asked, beside the prompts themselves."""
    monkeypatch.delenv("ANTHROPIC_CUSTOM_HEADERS", raising=False)
    costs = []
    for options in ("{}", "{batch: true}", "{system: '0123456789'}", "{system: '0123456789', batch: true}"):
        Path("study.yaml").write_text(
            "systems:\n  m: {use: 'anthropic:m@http://127.0.0.1:1', price-in: 1000000, price-out: 1000, "
            f"max-tokens: 500, options: {options}}}\ncorpus: corpus\n",
            "utf-8",
        )
        assert run_command(["plan", "study.yaml", "--language", "sw"]) == 0
        costs.append(float(rows(capsys.readouterr().out)["m", "sw"][-1]))
    plain, batched, longer, both = costs

    assert batched == plain / 2
    assert longer == plain + 12 * 10
    assert both == longer / 2


def test_fertility_compares_a_language_with_the_source(capsys: pytest.CaptureFixture[str]) -> None:
    """Pieces over those of the source on the same cases: 1 for the source, more for texts with more in them."""
    run_command(["plan", "--system", "always_refuse", "--corpus", "corpus"])
    found = rows(capsys.readouterr().out)

    assert found["always_refuse", "en"][3] == "1.00"
    assert float(found["always_refuse", "sw"][3]) > 1.0


def test_it_says_what_a_gate_needs(capsys: pytest.CaptureFixture[str]) -> None:
    """The families that a limit takes without an error, and how far those selected reach: 1 - 0.025^(1/n)."""
    Path("study.yaml").write_text(
        "systems: {a: {use: always_refuse}}\ncorpus: corpus\ngates:\n"
        "  - {measure: over-refusal, limit: 0.1}\n  - {measure: under-refusal, limit: 0.05}\n",
        "utf-8",
    )
    code = run_command(["plan", "study.yaml"])
    gates = [line for line in capsys.readouterr().out.splitlines() if line.startswith("gate")]

    assert code == 0
    reach = "families without an error; 4 are selected, which leave an upper bound of 60.2%"
    assert gates == [
        f"gate over-refusal benign at 10.0%: needs 36 {reach}",
        f"gate under-refusal harmful at 5.0%: needs 72 {reach}",
    ]
