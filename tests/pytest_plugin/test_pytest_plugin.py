"""In any project: inert until asked, one item a cell, one engine pass, gates that fail as what they are."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.corpora import write_corpus
from tests.stand_in import Behaviour, read_ledger, running

GUARD = """
def flag(prompts):
    with open("asked.txt", "a") as asked:
        asked.writelines(prompt.text + "\\n" for prompt in prompts)
    return ["owner says no" in prompt.text for prompt in prompts]
"""
STUDY = "corpus: .\nsystems: {guard: {use: 'python:guard:flag'}}\n"
THREE_LINES = "import pytest\n\npytestmark = pytest.mark.refusals(study='refusals.yaml')\n"


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A team's own repository: a corpus of 4 families in 2 languages, a guard, a study, a test of three lines."""
    write_corpus(pytester.path, families=4, languages=("en", "sw"))
    pytester.makefile(".yaml", refusals=STUDY)
    pytester.makepyfile(guard=GUARD, test_release=THREE_LINES)
    return pytester


def asked(project: pytest.Pytester) -> int:
    """Return how many prompts the guard was asked."""
    path = project.path / "asked.txt"
    return len(path.read_text("utf-8").splitlines()) if path.exists() else 0


def counts(result: pytest.RunResult) -> dict[str, int]:
    """Return the counts of the last line, ours with their hyphens too."""
    found = re.findall(r"(\d+) ([a-z][a-z-]+)", result.outlines[-1].partition(" in ")[0])
    return {name: int(number) for number, name in found}


def test_it_is_inert_until_asked(pytester: pytest.Pytester) -> None:
    """Whoever has it installed and does not use it sees nothing of it."""
    pytester.makepyfile(test_x="def test_x(): pass\n")
    result = pytester.runpytest_subprocess("-v")

    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*over-refus*")
    assert not (pytester.path / ".pytest_cache" / "d" / "refusals").exists()


@pytest.mark.parametrize("plugins", [[], ["-p", "no:cacheprovider"]])
def test_three_lines_ask_every_case_once(project: pytest.Pytester, plugins: list[str]) -> None:
    """24 cells and one integrity item, from one pass over 24 prompts, with pytest's cache and without."""
    result = project.runpytest_subprocess(*plugins)

    result.assert_outcomes(passed=25)
    assert asked(project) == 24
    result.stdout.fnmatch_lines(["*over-refusal*under-refusal*"])


def test_an_ini_option_does_the_same(project: pytest.Pytester) -> None:
    """Without any test file."""
    (project.path / "test_release.py").unlink()
    project.makeini("[pytest]\nrefusals_study = refusals.yaml\n")
    result = project.runpytest_subprocess()

    result.assert_outcomes(passed=25)
    assert asked(project) == 24


def test_an_option_does_the_same(project: pytest.Pytester) -> None:
    """And narrows what is asked."""
    (project.path / "test_release.py").unlink()
    result = project.runpytest_subprocess(
        "--refusals-system=python:guard:flag", "--refusals-corpus=.", "--refusals-language=sw", "--refusals-limit=2"
    )

    result.assert_outcomes(passed=7)
    assert asked(project) == 6


@pytest.mark.parametrize(
    ("selection", "cells"),
    [
        (["-m", 'case(language="sw")'], 12),
        (["-m", 'case(language="sw") and case(label="harmful")'], 4),
        (["-m", 'case(domain="garden") and not case(label="benign")'], 16),
        (["-k", "en-guard and dual_use"], 4),
        (["test_release.py::refusals::sw-guard-garden.tree-2.harmful"], 1),
    ],
)
def test_only_what_selection_leaves_is_asked(project: pytest.Pytester, selection: list[str], cells: int) -> None:
    """Whoever looks at one language pays for one."""
    result = project.runpytest_subprocess(*selection)

    result.assert_outcomes(passed=cells, deselected=0 if "::" in selection[0] else 25 - cells)
    assert asked(project) == cells


def test_collecting_asks_nothing(project: pytest.Pytester) -> None:
    """`--collect-only` lists ids in [a-z0-9._-] and calls no system."""
    result = project.runpytest_subprocess("--collect-only", "-q")
    ids = [line.split("::")[-1] for line in result.outlines if "::" in line]

    assert len(ids) == 25
    assert all(re.fullmatch(r"[a-z0-9._-]+", identity) for identity in ids)
    assert "en-guard-garden.tree-1.benign" in ids
    assert asked(project) == 0


def test_a_wrong_decision_is_shown_and_fails_nothing(project: pytest.Pytester) -> None:
    """`o` and `u` are measurements; gates decide."""
    project.makepyfile(guard="def flag(prompts):\n    return ['number 1' in p.text for p in prompts]\n")
    result = project.runpytest_subprocess("-v")

    assert result.ret == 0
    assert counts(result) == {"over-refused": 4, "under-refused": 6, "passed": 15}
    result.stdout.fnmatch_lines(["*en-guard-garden.tree-1.benign OVER-REFUSED*", "*tree-2.harmful UNDER-REFUSED*"])


def test_strict_makes_every_wrong_decision_a_failure(project: pytest.Pytester) -> None:
    """With what was expected and what came."""
    project.makepyfile(guard="def flag(prompts):\n    return ['number 1' in p.text for p in prompts]\n")
    result = project.runpytest_subprocess("--refusals-strict")

    result.assert_outcomes(passed=15, failed=10)
    result.stdout.fnmatch_lines(
        ["*over-refused: expected comply, flagged*", "*under-refused: expected refuse, allowed*"]
    )


def test_undecided_is_a_question_mark_and_makes_the_run_invalid(project: pytest.Pytester) -> None:
    """An abstaining guard neither passes nor fails its cells; integrity fails as invalid."""
    verdicts = "[Verdict(decision=Decision.ABSTAIN) for p in prompts]"
    project.makepyfile(
        guard=f"from refusals.systems import Decision, Verdict\ndef flag(prompts):\n    return {verdicts}\n"
    )
    result = project.runpytest_subprocess()

    assert counts(result) == {"undecided": 24, "failed": 1}
    result.stdout.fnmatch_lines(["*invalid: guard en: 12 of 12 cells undecided, most: abstained*"])
    assert result.ret == 1


@pytest.mark.parametrize(
    ("limit", "guard", "said"),
    [
        ("0.7", "'owner says no' in p.text", None),
        ("0.2", "'owner says no' in p.text", "inconclusive: guard en: no error, but 4 families cannot show 20.0%"),
        ("0.2", "True", "fail: guard en: lower bound 39.8% is above 20.0%"),
    ],
)
def test_gates_are_items_that_say_as_what_they_fail(
    project: pytest.Pytester, limit: str, guard: str, said: str | None
) -> None:
    """One item a gate, system and language, with the reason in one line."""
    project.makepyfile(guard=f"def flag(prompts):\n    return [{guard} for p in prompts]\n")
    project.makefile(".yaml", refusals=STUDY + f"gates: [{{measure: over-refusal, limit: {limit}}}]\n")
    result = project.runpytest_subprocess("-k", "gate-over-refusal or benign")

    gates = 0 if said is None else 2
    assert counts(result).get("failed", 0) == gates
    if said:
        result.stdout.fnmatch_lines([f"*{said}*"])


def test_a_gate_whose_cells_were_deselected_is_invalid(project: pytest.Pytester) -> None:
    """Nothing passes that was not asked."""
    project.makefile(".yaml", refusals=STUDY + "gates: [{measure: over-refusal, limit: 0.9}]\n")
    result = project.runpytest_subprocess("-k", "gate-over-refusal")

    result.assert_outcomes(failed=2, deselected=25)
    result.stdout.fnmatch_lines(["*invalid: guard en: no decided cell: there is nothing to rule on*"])


def test_a_gate_that_matches_nothing_is_an_item_that_fails(project: pytest.Pytester) -> None:
    """A gap of one language is none, and says so; nothing is left out in silence."""
    gates = "languages: [en]\ngates: [{measure: gap-over-refusal, limit: 0.9}]\n"
    project.makefile(".yaml", refusals=STUDY + gates)
    result = project.runpytest_subprocess()

    assert counts(result)["failed"] == 1
    result.stdout.fnmatch_lines(["*invalid: guard [*]: a gap is to en, and no other language is asked*"])


def test_cells_that_no_gate_needs_are_not_asked(project: pytest.Pytester) -> None:
    """A gate of four cells that may have two errors is sure after two right ones; the others have their own sign."""
    project.makepyfile(guard=GUARD + "\n\nflag.batch = 1\n")
    gates = "languages: [en]\nearly-stop: 0.05\ngates: [{measure: under-refusal, limit: 0.7}]\n"
    project.makefile(".yaml", refusals=STUDY + gates)
    result = project.runpytest_subprocess("--refusals-out", "kept")

    sent = asked(project)
    assert sent in (2, 3)  # one more may be on its way
    assert counts(result) == {"passed": sent + 2, "not": 12 - sent}
    assert result.ret == 0
    result.stdout.fnmatch_lines([f"*guard was asked {sent} of 12 cells*"])


@pytest.mark.parametrize("option", [["-x"], ["--maxfail=1"]])
def test_stopping_early_works(project: pytest.Pytester, option: list[str]) -> None:
    """`-x` ends at the first failure, as in any suite."""
    project.makepyfile(guard="def flag(prompts):\n    return [True for p in prompts]\n")
    result = project.runpytest_subprocess("--refusals-strict", *option)

    assert counts(result)["failed"] == 1


def test_last_failed_asks_only_what_failed(project: pytest.Pytester) -> None:
    """`--lf` is a selection like any other."""
    project.makepyfile(guard=GUARD.replace("owner says no", "number 1"))
    project.runpytest_subprocess("--refusals-strict")
    (project.path / "asked.txt").unlink()
    result = project.runpytest_subprocess("--refusals-strict", "--lf")

    assert counts(result)["failed"] == 10
    assert asked(project) == 10


def test_junit_has_a_case_with_properties_for_every_item(project: pytest.Pytester) -> None:
    """CI servers read language, label and domain from there."""
    from xml.etree import ElementTree as ET

    project.runpytest_subprocess("--junitxml=out.xml")
    cases = list(ET.parse(project.path / "out.xml").iter("testcase"))
    found = {p.get("name"): p.get("value") for p in cases[0].iter("property")}

    assert len(cases) == 25
    assert found == {"language": "en", "label": "benign", "domain": "garden"}


@pytest.mark.parametrize(
    ("study", "said"),
    [
        ("systms: {}\n", "*refusals.yaml:1:1 unknown key 'systms'*did you mean 'systems'*"),
        ("corpus: nowhere\n", "*nowhere: has no folder `cases`*"),
        ("corpus: .\nlanguages: [xx]\n", "*the corpus has no language 'xx'*"),
        ("corpus: .\nsystems: {a: {use: 'python:nowhere:flag'}}\n", "*nowhere*"),
    ],
)
def test_bad_input_is_one_line_and_no_traceback(project: pytest.Pytester, study: str, said: str) -> None:
    """The place and the way out, at collection."""
    project.makefile(".yaml", refusals=study)
    result = project.runpytest_subprocess()

    result.stdout.fnmatch_lines([said])
    result.stdout.no_fnmatch_line("*Traceback*")
    assert result.ret == 2


def test_a_guard_that_breaks_its_contract_fails_every_item(project: pytest.Pytester) -> None:
    """Half a batch of answers is not a result."""
    project.makepyfile(guard="def flag(prompts):\n    return [True]\n")
    result = project.runpytest_subprocess()

    assert result.ret == 1
    assert counts(result) == {"failed": 25}


def test_an_unknown_argument_of_the_marker_is_refused(project: pytest.Pytester) -> None:
    """A typo in the marker does not gate on something else."""
    project.makepyfile(test_release="import pytest\npytestmark = pytest.mark.refusals(stduy='refusals.yaml')\n")
    result = project.runpytest_subprocess()

    result.stdout.fnmatch_lines(["*the marker is refusals(study=PATH, systems=*"])
    assert result.ret == 2


@pytest.fixture
def server() -> Iterator[str]:
    """A chat server that always helps."""
    with running(Behaviour(mode="comply", latency=0.001)) as url:
        yield url


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_server_is_called_once_a_cell_whatever_the_workers(
    project: pytest.Pytester, server: str, workers: str
) -> None:
    """Workers share one pass: with two the server counts the same calls as with none."""
    project.makefile(".yaml", refusals=f"corpus: .\nsystems: {{m: {{use: 'openai_compatible:m@{server}/v1'}}}}\n")
    result = project.runpytest_subprocess("-n", workers)

    ledger = read_ledger(server)
    assert ledger.calls == 24
    assert set(ledger.prompts.values()) == {1}
    assert counts(result) == {"passed": 17, "under-refused": 8}


def test_keeping_the_run_lets_it_go_on(project: pytest.Pytester, server: str) -> None:
    """`--refusals-out` is a folder like that of `refusals run`: reports can be made of it."""
    project.makefile(".yaml", refusals=f"corpus: .\nsystems: {{m: {{use: 'openai_compatible:m@{server}/v1'}}}}\n")
    for _ in range(2):
        project.runpytest_subprocess("--refusals-out=kept")

    assert read_ledger(server).calls == 24
    # In a process of its own: pytester forgets what a test imported, and numpy cannot be imported twice.
    said = project.run(sys.executable, "-m", "refusals", "report", "kept")
    assert said.ret == 0
    assert Path(project.path / "kept" / "report.html").is_file()


@pytest.mark.parametrize(("limit", "ruling"), [("0.99", "passed"), ("0.05", "failed")])
def test_a_threshold_that_the_run_chooses_decides_here_too(project: pytest.Pytester, limit: str, ruling: str) -> None:
    """Items report what the chosen threshold decides; where none keeps the limit the run's integrity fails."""
    project.makepyfile(guard="def flag(prompts):\n    return [0.9 if 'says no' in p.text else 0.1 for p in prompts]\n")
    study = f"corpus: .\nsystems: {{guard: {{use: 'python:guard:flag', calibrate: {{over-refusal: {limit}}}}}}}\n"
    project.makefile(".yaml", refusals=study)
    result = project.runpytest_subprocess()

    assert counts(result) == ({"passed": 25} if ruling == "passed" else {"failed": 1, "undecided": 24})
