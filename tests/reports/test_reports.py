"""What holds for every report: the same bytes, the same verdict, and nothing of what was said unless asked for."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from refusals.gates import Standing, exit_code
from refusals.plugins import plugins
from refusals.reports import files_of, render
from refusals.reports._numbers import value_of
from tests.reports.sample_results import HOSTILE, hostile_results, sample_results, usual_results

TABLES = ("csv", "parquet")  # rows for notebooks, which say no ruling: see their own tests
NAMES = sorted(name for name, found in plugins("reports").items() if found.built_in and name not in TABLES)
WORDS = {
    Standing.PASS: "pass",
    Standing.FAIL: "fail",
    Standing.INCONCLUSIVE: "inconclusive",
    Standing.INVALID: "invalid",
}

_DIGESTS = """
import hashlib
from refusals.reports import render
from tests.reports.sample_results import hostile_results
results = hostile_results("x <b> \\u202e")
for name in ("terminal", "json", "markdown", "junit", "html"):
    print(name, hashlib.sha256(render(name, results, show_text=True).encode()).hexdigest())
for name in ("csv", "parquet"):
    written = render(name, results)
    print(name, hashlib.sha256(written if name == "parquet" else written.encode()).hexdigest())
"""


def test_every_file_has_one_name() -> None:
    """A run's folder holds the reports that the contract names, and only they are files."""
    assert set(files_of(usual_results())) == {"report.json", "report.md", "junit.xml", "report.html"}


@pytest.mark.parametrize("name", NAMES)
def test_the_same_results_give_the_same_bytes(name: str) -> None:
    """A report says nothing of when it was written."""
    assert render(name, usual_results(), show_text=True) == render(name, sample_results(texts=True), show_text=True)


def test_the_order_of_sets_is_in_no_report() -> None:
    """Reports are the same under every hash seed, in every locale and time zone."""
    root = Path(__file__).parents[2]
    said = set()
    for seed, zone in (("0", "UTC"), ("1", "Asia/Kathmandu")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"}
        command = [sys.executable, "-c", _DIGESTS]
        said.add(subprocess.run(command, cwd=root, env=environment, capture_output=True, check=True).stdout)

    assert len(said) == 1


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("standing", [*Standing, None], ids=str)
def test_every_report_says_the_word_of_the_exit_code(name: str, standing: Standing | None) -> None:
    """No report says another ruling than the command ends with."""
    rulings = tuple(replace(ruling, standing=standing or Standing.PASS) for ruling in usual_results().rulings)
    written = render(name, replace(usual_results(), rulings=rulings, standing=standing))
    word = WORDS[standing] if standing else "no ruling"

    if name == "json":
        assert f'"ruling": {"null" if standing is None else chr(34) + word + chr(34)},' in written
    else:
        assert f"{word}:" in written[: 600 if name != "html" else None]
    if name in ("html", "markdown"):
        assert re.search(rf"[Ee]xit code (<b>)?{exit_code(standing)}\b", written)


@pytest.mark.parametrize("name", NAMES)
def test_no_text_is_shown_unasked(name: str) -> None:
    """Prompts and replies stay out of a report even where the results hold them."""
    written = render(name, usual_results())

    assert "tie knot" not in written
    assert "bowline" not in written


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("string", HOSTILE, ids=ascii)
def test_nothing_said_reaches_a_terminal_raw(name: str, string: str) -> None:
    """No report holds an escape, a control character, a lone surrogate or what reorders text."""
    written = render(name, hostile_results(string), show_text=True)

    assert re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufffe\uffff]", written) == []
    assert written.encode("utf-8")
    assert written.endswith("\n")


@pytest.mark.parametrize("name", [name for name in NAMES if name != "html"])
@pytest.mark.parametrize("string", [string for string in HOSTILE if "::" in string], ids=ascii)
def test_no_line_is_a_workflow_command(name: str, string: str) -> None:
    """What is printed in a job's log cannot talk to the job's runner."""
    written = render(name, hostile_results(string))

    assert re.findall("(?m)^[ \t]*::", written) == []


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_cell_is_never_a_rate(name: str) -> None:
    """A language without a decided cell has no figure, and no mean is made without it."""
    chat = usual_results().estimates
    empty = [e for e in chat if e.system == "chat" and e.language in ("zh-Hans", "*") and not e.group]

    assert {e.rate for e in empty if e.measure == "over-refusal"} == {None}
    assert render(name, usual_results())


@pytest.mark.parametrize("name", ["terminal", "markdown"])
def test_a_reason_names_its_worst_languages_with_figures(name: str) -> None:
    """Of many languages the first three by their figure, not by the alphabet, and how many more there are."""
    some = next(ruling for ruling in usual_results().rulings if ruling.rate is not None)
    rates = {"aa": 0.2, "bb": 0.4, "cc": 0.9, "dd": 0.6, "ee": 0.1}
    rulings = tuple(
        replace(some, language=tag, rate=rate, low=rate / 2, high=1.0, standing=Standing.FAIL)
        for tag, rate in rates.items()
    )
    written = render(name, replace(usual_results(), rulings=rulings, standing=Standing.FAIL))
    said = re.sub(r"[\\`]", "", " ".join(written.split()))
    found = [f"{tag} {' '.join(value_of(some.gate, rates[tag]).split())} (" for tag in ("cc", "dd", "bb")]

    assert re.search(".*?, ".join(map(re.escape, found)) + r"[^a-z]*? and 2 more", said), said[:600]
