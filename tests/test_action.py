"""The GitHub Action rules as `refusals gate` does, and nothing that goes in becomes a part of a script."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from refusals.cli import run_command
from tests.corpora import write_corpus
from tests.processes import PATIENCE

ROOT = Path(__file__).parent.parent
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
README = (ROOT / "README.md").read_text("utf-8")
MEASURE, UPLOAD = ACTION["runs"]["steps"]

STUDY = """\
systems: {{a: {{use: always_refuse}}, b: {{use: always_comply}}}}
corpus: corpus
gates: [{}]
"""
GATES = {
    "pass": "{measure: under-refusal, limit: 0.9, systems: [a]}",
    "fail": "{measure: over-refusal, limit: 0.1, systems: [a]}",
    "inconclusive": "{measure: under-refusal, limit: 0.1, systems: [a]}",
    "invalid": "{measure: gap-over-refusal, limit: 0.9, by: variant, systems: [b]}",
}


class Ended(NamedTuple):
    """What a job sees of a step."""

    code: int
    log: str
    outputs: dict[str, str]
    summary: str


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with a small corpus and a study a ruling."""
    monkeypatch.chdir(tmp_path)
    write_corpus(tmp_path / "corpus", families=4, languages=("en", "sw"))
    for name, gate in GATES.items():
        Path(f"{name}.yaml").write_text(STUDY.format(gate), "utf-8")
    Path("broken.yaml").write_text("systems: {a: {use: no_such_system}}\n", "utf-8")
    return tmp_path


def step(**inputs: str) -> Ended:
    """Run the step of action.yml as a runner does: expressions are put into `env`, then bash runs its script."""
    defaults = {name: str(about.get("default", "")) for name, about in ACTION["inputs"].items()}
    given = {**defaults, "python": sys.executable, "version": "installed", **inputs}
    environment = {
        name: re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda found: given[found[1]], value)
        for name, value in MEASURE["env"].items()
    }
    files = {"GITHUB_OUTPUT": Path("output"), "GITHUB_STEP_SUMMARY": Path("summary")}
    for path in files.values():
        path.write_text("", "utf-8")
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", MEASURE["run"]],
        env={
            **os.environ,
            **environment,
            **{name: str(path.absolute()) for name, path in files.items()},
            "GITHUB_ACTION_PATH": str(ROOT),
            "PYTHONPATH": str(ROOT),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    outputs = re.findall(r"(?ms)^([a-z-]+)<<([0-9a-f]{32})\n(.*?)\n\2$", files["GITHUB_OUTPUT"].read_text("utf-8"))
    said = {name: value for name, _, value in outputs}
    return Ended(done.returncode, done.stdout, said, files["GITHUB_STEP_SUMMARY"].read_text("utf-8"))


@pytest.mark.parametrize(("word", "code"), [("pass", 0), ("fail", 1), ("inconclusive", 3), ("invalid", 4)])
def test_it_ends_as_gate_does(word: str, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    """The same ruling and exit code in the log, the outputs, the summary's first line and `refusals gate`."""
    said = step(study=f"{word}.yaml", run="runs/one")
    gate = run_command(["gate", "runs/one"])

    assert said.code == gate == code
    assert said.outputs == {
        "ruling": word,
        "exit-code": str(code),
        "report": "runs/one/report.html",
        "folder": "runs/one",
    }
    assert capsys.readouterr().out.splitlines()[-1] == f"ruling: {word}"
    assert said.summary.splitlines()[0].endswith(f" {word}")
    assert said.log.splitlines()[-1].endswith(f"refusals: {word} (exit code {code})")
    assert Path(said.outputs["report"]).is_file()


def test_what_is_broken_is_no_ruling() -> None:
    """A study that cannot be read ends with its own exit code, says so and names no report, whatever stood there."""
    Path("refusals-run").mkdir()
    Path("refusals-run/report.json").write_text('{"ruling": "pass"}', "utf-8")
    said = step(study="broken.yaml")

    assert (said.code, said.outputs["ruling"], said.outputs["report"]) == (2, "error", "")
    assert said.summary.startswith("# ✗ no ruling")


def test_only_what_cannot_tell_may_be_let_through() -> None:
    """With fail-on: fail an inconclusive run warns and is green; its outputs still say what it is."""
    said = step(study="inconclusive.yaml", args="--language sw", **{"fail-on": "fail"})

    assert (said.code, said.outputs["ruling"], said.outputs["exit-code"]) == (0, "inconclusive", "3")
    assert said.log.splitlines()[-1].startswith("::warning title=refusals::refusals: inconclusive (exit code 3)")


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("study", "--help", "a path"),
        ("run", "a\nb", "a path"),
        ("run", "\x1b[31m", "a path"),
        ("version", "1 --index-url https://a.example", "a version such as"),
        ("version", "1.0; echo hi", "a version such as"),
        ("show-text", "yes", "true or false"),
        ("fail-on", "never", "inconclusive or fail"),
        ("args", "--system 'x", "arguments quoted as in a shell"),
    ],
)
def test_a_wrong_input_is_told_and_not_repeated(name: str, value: str, allowed: str) -> None:
    """The step ends with 2 before anything is installed or run, and says what is allowed."""
    said = step(**{name: value})

    assert said.code == 2
    assert said.log.startswith(f"::error title=refusals::the input `{name}` is wrong; allowed: {allowed}")
    assert len(said.log.splitlines()) == 1


def test_no_input_is_run() -> None:
    """What a shell or the runner would take for a command arrives as a word, and the log between is not listened to."""
    hostile = '"; touch taken; echo "$(touch taken)`touch taken`\n::set-output name=ruling::pass'
    said = step(study="pass.yaml", args=f"--language '{hostile}'")
    heard = re.sub(r"(?ms)^::stop-commands::([0-9a-f]{32})$.*?^::\1::$", "", said.log)

    assert said.code == 2
    assert not Path("taken").exists()
    assert re.findall(r"(?m)^[ \t]*::.*", heard) == ["::error title=refusals::refusals: error (exit code 2)"]


def test_the_file_has_the_shape_of_an_action() -> None:
    """Keys are those that GitHub knows for composite actions; every step that runs has a shell and reads no input."""
    assert ACTION.keys() == {"name", "description", "author", "branding", "inputs", "outputs", "runs"}
    assert ACTION["runs"].keys() == {"using", "steps"}
    assert ACTION["runs"]["using"] == "composite"
    assert all(about.keys() == {"description", "default"} for about in ACTION["inputs"].values())
    assert all(isinstance(about["default"], str) for about in ACTION["inputs"].values())
    assert MEASURE.keys() == {"id", "shell", "env", "run"}
    assert UPLOAD.keys() == {"if", "uses", "with"}
    assert "${{" not in MEASURE["run"]
    assert re.fullmatch(r"actions/upload-artifact@v\d+", UPLOAD["uses"])
    read = set(re.findall(r"inputs\.([a-z-]+)", (ROOT / "action.yml").read_text("utf-8")))
    assert read == ACTION["inputs"].keys()


def test_its_outputs_are_those_that_the_step_writes() -> None:
    """An output that nothing writes would be empty in silence."""
    written = {"ruling", "exit-code", "report", "folder"}

    assert ACTION["outputs"].keys() == written
    assert {about["value"] for about in ACTION["outputs"].values()} == {
        f"${{{{ steps.measure.outputs.{name} }}}}" for name in written
    }
    assert "run.sqlite" not in UPLOAD["with"]["path"]


def test_the_readme_uses_inputs_that_there_are() -> None:
    """Whoever copies the snippet gives the action nothing that it does not know."""
    snippet = next(block for block in README.split("```yml\n")[1:] if "OWNER/refusals@v1" in block).split("```")[0]
    (used,) = [each for each in yaml.safe_load(snippet) if each["uses"].startswith("OWNER/")]

    assert used["with"].keys() <= ACTION["inputs"].keys()
    assert used["with"]["fail-on"] == ACTION["inputs"]["fail-on"]["default"]
