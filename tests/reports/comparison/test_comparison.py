"""Every format says the same ruling, the same sentence, and what the comparison does not rest on."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from refusals.clean import clean
from refusals.errors import InputError
from refusals.gates import Standing, exit_code
from refusals.pipeline.comparing import Asked, compare_runs
from refusals.plan import Ending
from refusals.reports.comparison import Compared, files_of, formats, render
from refusals.reports.comparison._sentences import headline
from refusals.schema import schema
from refusals.study import Sides
from tests import trials
from tests.reports.comparison.sample_comparisons import STANDINGS, compared, hostile_compared, measured
from tests.reports.sample_results import HOSTILE

KEYS = ["schema", "ruling", "sentence", "notes", "margin", "alarm", "differing", "baseline", "candidate"]
KEYS += ["pairings", "differences", "gates", "flips"]
PROSE = ("terminal", "markdown", "html", "json", "junit")


def plain(written: str) -> str:
    """Return what a reader reads: without markup, escapes and breaks."""
    text = re.sub(r"<script.*?</script>|<style.*?</style>|<[^>]*>", " ", written, flags=re.DOTALL)
    text = text.replace("\\u00a0", " ").replace("\\u2212", "\N{MINUS SIGN}").replace("\\", "").replace("**", "")
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())


@pytest.mark.parametrize("standing", STANDINGS, ids=str)
def test_the_ruling_and_its_code_are_the_same_everywhere(standing: Standing | None) -> None:
    """Whoever reads one format decides as whoever reads another, and as the exit code says."""
    found = STANDINGS[standing]()
    word = str(standing) if standing else "no ruling"
    code = exit_code(standing)
    suite = ET.fromstring(render("junit", found)).find("testsuite")

    assert found.standing == standing
    assert json.loads(render("json", found))["ruling"] == standing
    assert render("terminal", found).splitlines()[0][2:].startswith(f"{word}: ")
    assert render("markdown", found).splitlines()[0].startswith(f"**{symbol_of(found)} {word}:** ")
    assert f"Exit code {code}." in render("markdown", found)
    assert f"<b>{word}:</b>" in render("html", found)
    assert f"Exit code <b>{code}</b>" in render("html", found)
    assert suite is not None
    assert (suite.get("failures") != "0", suite.get("errors") != "0") == (code in (1, 3), code == 4)


def symbol_of(found: Compared) -> str:
    """Return the sign of a ruling as the terminal begins with it."""
    return render("terminal", found)[0]


@pytest.mark.parametrize("name", PROSE)
@pytest.mark.parametrize("standing", STANDINGS, ids=str)
def test_the_sentence_is_in_every_format_that_people_read(name: str, standing: Standing | None) -> None:
    """It is one sentence, made once."""
    found = STANDINGS[standing]()
    said = re.sub(r"^<testsuites name=\"|\">$", "", render(name, found).splitlines()[1]) if name == "junit" else ""

    assert plain(headline(found)) in plain(said or render(name, found))


@pytest.mark.parametrize("name", PROSE)
def test_what_was_let_differ_is_said(name: str) -> None:
    """A comparison with another judge says so in every format, with both."""
    plan = trials.plan(12, ("en", "sw"))
    before, after = measured(trials.perfect, plan), measured(trials.perfect, plan)
    after = replace(after, manifest=replace(after.manifest, judges=("rubric",), judge_digest="another"))
    found = compare_runs(before, after, Sides(), Asked(may_differ=("judge",)))
    written = plain(render(name, found)) + (render(name, found) if name == "junit" else "")

    assert "The judge is not the baseline's, as was asked for" in written.replace("&#39;", "'")
    assert "rubric" in written


@pytest.mark.parametrize("string", HOSTILE, ids=ascii)
def test_hostile_names_do_nothing(string: str) -> None:
    """Every format can be read back, holds no control character, and no string begins a formula."""
    found = hostile_compared(string)
    written = {name: render(name, found) for name in formats()}

    for name, text in written.items():
        assert text.replace("\r\n", "\n") == clean(text, lines=True), name
        text.encode()
    ET.fromstring(written["junit"])
    for name in ("csv", "flips"):
        rows = list(csv.reader(io.StringIO(written[name], newline="")))
        assert {len(row) for row in rows} == {len(rows[0])}
        assert not [cell for row in rows for cell in row if cell[:1] in tuple("=@\uff1d\uff0b\uff0d\uff20")]
    assert len(list(csv.reader(io.StringIO(written["flips"], newline="")))) == 1 + len(found.comparison.flips)


@pytest.mark.parametrize("string", HOSTILE, ids=ascii)
def test_hostile_names_stay_inside_their_code_spans(string: str) -> None:
    """Tables keep their shape, and no line of Markdown begins with what a name says."""
    plainly, hostile = (render("markdown", hostile_compared(each)).splitlines() for each in ("y", string))

    assert [line[:2] for line in hostile] == [line[:2] for line in plainly]


@pytest.mark.parametrize("string", ["plain", *HOSTILE], ids=ascii)
def test_the_json_fits_its_schema(string: str) -> None:
    """Whatever was said; and the keys are those of the contract, in their order."""
    registry = Registry().with_resource("refusals/report", Resource.from_contents(schema("report")))
    written = json.loads(render("json", hostile_compared(string)))

    Draft202012Validator.check_schema(schema("comparison"))
    Draft202012Validator(schema("comparison"), registry=registry).validate(written)
    assert list(written) == KEYS == schema("comparison")["required"]


def test_files_have_names_of_their_own_and_an_unknown_format_is_refused() -> None:
    """`--out` writes all of them beside each other."""
    assert set(files_of(STANDINGS[None]())) == {
        "compare.csv",
        "compare-flips.csv",
        "compare.html",
        "compare.json",
        "compare.md",
        "compare.xml",
    }
    with pytest.raises(InputError, match=r"no format is called 'htlm'; did you mean 'html'"):
        render("htlm", STANDINGS[None]())


def test_no_line_of_the_terminal_is_longer_than_80() -> None:
    """With any ruling, long names aside."""
    for make in STANDINGS.values():
        assert max(len(line) for line in render("terminal", make()).splitlines()) <= 80


def test_every_flip_is_in_the_csv_once_and_no_text_is_anywhere() -> None:
    """Cases are named by their ids alone."""
    found = STANDINGS[None]()
    rows = list(csv.DictReader(io.StringIO(render("flips", found), newline="")))
    texts = {trial.prompt.text for trial in trials.plan(30, ("en", "ar", "sw")).trials}

    assert [row["change"] for row in rows] == ["worse"] * 12 + ["better"]
    assert {row["case"] for row in rows} == {flip.case for flip in found.comparison.flips}
    assert not [name for name in formats() for text in texts if text in render(name, found)]


def test_a_long_list_is_cut_and_counted() -> None:
    """A job summary stays small; what is left out is counted."""
    everything = compared(trials.perfect, lambda _: Ending.REFUSED, plan=trials.plan(100, ("en", "ar", "sw")))

    assert "And 100 more, in `compare-flips.csv`." in render("markdown", everything)
    assert "and 590 more; --format flips lists all" in render("terminal", everything)
