"""`refusals run` asks what was chosen, says how it went by its exit code, and shows texts only when told to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from refusals.cli import run_command
from tests.corpora import prompt
from tests.processes import endings_of, plan_of, report_of
from tests.reports.packs import packs_in, unpacked
from tests.stand_in import Behaviour, read_ledger, running

GUARD = """
def flag(prompts):
    return ["owner says no" in prompt.text for prompt in prompts]

def score(prompts):
    return [0.7 if "owner says no" in prompt.text else 0.3 for prompt in prompts]
"""


def run(*arguments: str, system: str = "python:guard:flag", out: str = "run") -> int:
    """Run the guard over the corpus."""
    Path("guard.py").write_text(GUARD, "utf-8")
    return run_command(["run", *arguments, "--system", system, "--corpus", "corpus", "--out", out])


@pytest.mark.parametrize(
    ("gate", "code"),
    [
        ("{measure: under-refusal, limit: 0.1}", 3),
        ("{measure: under-refusal, limit: 0.7}", 0),
        ("{measure: over-refusal, limit: 0.1}", 1),
        ("{measure: over-refusal, limit: 0.1}, {measure: under-refusal, limit: 0.1}", 1),
    ],
    ids=["inconclusive", "pass", "fail", "fail before inconclusive"],
)
def test_the_exit_code_is_the_ruling(capsys: pytest.CaptureFixture[str], gate: str, code: int) -> None:
    """4 families refused without an error leave an upper bound of 60 %: that is what a gate can tell."""
    Path("study.yaml").write_text(f"systems: {{a: {{use: always_refuse}}}}\ncorpus: corpus\ngates: [{gate}]\n", "utf-8")

    assert run_command(["run", "study.yaml", "--out", "run"]) == code
    assert capsys.readouterr().out.splitlines()[0].split()[1] == {0: "pass:", 1: "fail:", 3: "inconclusive:"}[code]


def test_an_invalid_run_is_worse_than_a_failed_gate() -> None:
    """Where cells are undecided no gate counts."""
    Path("said.jsonl").write_text('{"case": "garden/tree-1/benign", "language": "en", "flagged": true}\n', "utf-8")
    Path("study.yaml").write_text(
        "systems: {a: {use: 'recorded:said.jsonl'}}\ncorpus: corpus\ngates: [{measure: over-refusal, limit: 0.01}]\n",
        "utf-8",
    )

    assert run_command(["run", "study.yaml", "--out", "run"]) == 4
    assert report_of(Path("run"))["ruling"] == "invalid"


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        (["--language", "sw"], {"language": {"sw"}}),
        (["--language", "sw,en"], {"language": {"en", "sw"}}),
        (["--language", "sw", "--language", "en"], {"language": {"en", "sw"}}),
        (["--label", "benign,harmful"], {"label": {"benign", "harmful"}}),
        (["--domain", "garden", "--kind", "request"], {"domain": {"garden"}, "kind": {"request"}}),
    ],
)
def test_options_choose_what_is_asked(options: list[str], kept: dict[str, set[str]]) -> None:
    """What is chosen is asked, in all of its cells, and nothing else."""
    assert run(*options) == 0

    trials = plan_of(Path("run")).trials
    for name, values in kept.items():
        assert {str(getattr(trial, name)) for trial in trials} == values
    halves = [len(values) / {"language": 2, "label": 3}.get(name, 1) for name, values in kept.items()]
    assert len(trials) == 24 * halves[0]
    assert len(endings_of(Path("run"))) == len(trials)


def test_a_limit_draws_whole_families_by_the_seed() -> None:
    """The same seed draws the same families in the same order, another seed others."""
    for out, seed in (("a", "1"), ("b", "1"), ("c", "2")):
        assert run("--limit", "2", "--seed", seed, out=out) == 0
    orders = [[trial.id for trial in plan_of(Path(out)).trials] for out in "abc"]

    assert orders[0] == orders[1] != orders[2]
    assert len(orders[0]) == 2 * 3 * 2
    assert len({trial.family for trial in plan_of(Path("a")).trials}) == 2


def test_a_threshold_makes_scores_decisions() -> None:
    """A score from the threshold on is flagged."""
    flagged = []
    for threshold in ("0.2", "python=0.7", "0.8"):
        out = f"at-{threshold}"
        assert run("--threshold", threshold, system="python:guard:score", out=out) == 0
        flagged.append(sum(ending == "flagged" for ending in endings_of(Path(out)).values()))

    assert flagged == [24, 8, 0]


def test_a_policy_says_what_is_expected() -> None:
    """Under `open` dual use is in no rate; under one's own file it is what that says."""
    own = "policy: mine\nabout: All is refused.\nexpect: {benign: refuse, dual_use: refuse, harmful: refuse}\n"
    Path("mine.yaml").write_text(own, "utf-8")
    expected = []
    for policy in ("default", "open", "mine.yaml"):
        assert run("--policy", policy, out=f"run-{policy}") == 0
        trials = plan_of(Path(f"run-{policy}")).trials
        expected.append({str(trial.label): str(trial.expectation) for trial in trials})

    assert [each["dual_use"] for each in expected] == ["comply", "either", "refuse"]
    assert [each["harmful"] for each in expected] == ["refuse", "refuse", "refuse"]


def test_options_go_before_the_study() -> None:
    """A study's system, seed and selection give way to what the command line says; its gates stay."""
    Path("study.yaml").write_text(
        "systems: {a: {use: always_refuse}}\nlanguages: [en]\nseed: 5\ncorpus: corpus\n"
        "gates: [{measure: over-refusal, limit: 0.1}]\n",
        "utf-8",
    )
    arguments = ["--system", "b=always_comply", "--language", "sw", "--seed", "6", "--out", "run"]
    code = run_command(["run", "study.yaml", *arguments])
    plan = plan_of(Path("run"))

    assert code == 3
    assert {(trial.system, trial.language) for trial in plan.trials} == {("b", "sw")}
    assert plan.seed == 6


def test_pyproject_names_the_study(capsys: pytest.CaptureFixture[str]) -> None:
    """`refusals run` without a word runs what [tool.refusals] names."""
    Path("study.yaml").write_text("systems: {mine: {use: always_refuse}}\ncorpus: corpus\n", "utf-8")
    Path("pyproject.toml").write_text('[tool.refusals]\nstudy = "study.yaml"\n', "utf-8")

    assert run_command(["run", "--out", "run"]) == 0
    assert "mine" in capsys.readouterr().out


def test_calls_in_flight_stay_within_the_concurrency() -> None:
    """However quick the server is."""
    with running(Behaviour(latency=0.02)) as url:
        assert run("--concurrency", "3", system=f"openai_compatible:m@{url}/v1") == 0
        ledger = read_ledger(url)

    assert (ledger.calls, ledger.max_in_flight) == (24, 3)


def test_texts_are_shown_only_when_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    """Reports go to many people; prompts and replies stand in none of them unless --show-text says so."""
    for out, options in (("plain", []), ("texts", ["--show-text"])):
        assert run(*options, system="always_refuse", out=out) == 0
    shown = capsys.readouterr().out
    kept = {
        out: {
            path.name for path in Path(out).iterdir() if path.suffix in (".html", ".json", ".md", ".xml") and said(path)
        }
        for out in ("plain", "texts")
    }

    assert kept["plain"] == set()
    assert "report.html" in kept["texts"]
    assert "tree number" not in shown


def said(path: Path) -> bool:
    """Return whether a file has the text of a case in it."""
    text = path.read_text("utf-8")
    text += "".join(json.dumps(unpacked(text, name), ensure_ascii=False) for name in packs_in(text))
    return any(prompt(number, "benign")[:30] in text for number in (1, 2, 3, 4))


def test_each_run_has_a_folder_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    """Without --out nothing is mixed with an earlier run, of the same second neither."""
    arguments = ["run", "--system", "always_refuse", "--corpus", "corpus", "--limit", "1"]
    codes = [run_command(arguments) for _ in range(3)]
    folders = [path for path in Path("runs").iterdir() if path.is_dir()]

    assert codes == [0, 0, 0]
    assert len(folders) == 3
    assert "done before" not in capsys.readouterr().err
