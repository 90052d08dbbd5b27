"""junit.xml is read back as it was meant: gates fail, single decisions do not."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refusals.clean import clean
from refusals.gates import Standing, exit_code, overall
from refusals.outcomes import Side, side
from refusals.plan import Ending
from refusals.reports import Results, junit
from refusals.reports.junit import LONGEST, _text, ascii_id, quoted, render
from tests.reports.sample_results import HOSTILE, hostile_results, usual_results


def test_each_ruling_is_a_test_and_only_rulings_fail() -> None:
    """A gate that fails or cannot tell is a failure, an invalid one an error; a wrong decision is neither."""
    results = usual_results()
    rulings, *cells = ET.fromstring(render(results))
    standings = Counter(ruling.standing for ruling in results.rulings)

    assert rulings.get("failures") == str(standings[Standing.FAIL] + standings[Standing.INCONCLUSIVE])
    assert rulings.get("errors") == str(standings[Standing.INVALID])
    assert {case.find("failure").get("type") for case in rulings if case.find("failure") is not None} == {
        "fail",
        "inconclusive",
    }
    assert {(suite.get("failures"), suite.get("errors")) for suite in cells} == {("0", "0")}


def test_each_cell_is_a_test_and_undecided_ones_are_skipped() -> None:
    """Every planned cell is there, with its properties; what is undecided is skipped with a message."""
    results = usual_results()
    suites = {suite.get("name"): suite for suite in ET.fromstring(render(results))}
    for system in ("always_refuse", "guard", "chat"):
        trials = [trial for trial in results.plan.trials if trial.system == system]
        sides = [side(results.outcomes[trial.id].ending, results.sides) for trial in trials]
        skipped = [case.find("skipped") for case in suites[system] if case.find("skipped") is not None]

        assert suites[system].get("tests") == str(len(trials)) == str(len(suites[system]))
        assert suites[system].get("skipped") == str(len(skipped)) == str(sides.count(Side.UNDECIDED))
        assert all(each.get("message").startswith("undecided: ") for each in skipped)
    properties = {each.get("name") for each in suites["guard"].iter("property")}

    assert properties == {"system", "language", "label", "domain", "kind", "outcome", "right", "state"}


@pytest.mark.parametrize("standing", Standing)
def test_it_is_red_exactly_where_the_run_does_not_end_with_0(standing: Standing) -> None:
    """Whatever a gate rules, a CI server that reads the file comes to the same end as the exit code."""
    first, *others = (replace(ruling, standing=Standing.PASS) for ruling in usual_results().rulings)
    rulings = (replace(first, standing=standing), *others)
    root = ET.fromstring(render(replace(usual_results(), rulings=rulings, standing=overall(rulings))))
    red = int(root.get("failures", "")) + int(root.get("errors", ""))

    assert (red > 0) is (exit_code(overall(rulings)) > 0)
    assert int(root.get("errors", "")) == (standing is Standing.INVALID)
    assert root.get("tests") == str(len(list(root.iter("testcase"))))


def test_a_run_too_large_for_a_server_says_what_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rulings stay, then what was wrong or undecided; what was right goes first and is counted."""
    results = usual_results()
    whole = render(results)
    monkeypatch.setattr(junit, "LARGEST", len(whole.encode()) * 2 // 3)
    written = render(results)
    rulings, *suites = ET.fromstring(written)
    cases = [case for suite in suites for case in suite if case.get("name") != "cells-left-out"]
    notes = [
        case.find("skipped").get("message")
        for case in ET.fromstring(written).iter("testcase")
        if case.get("name") == "cells-left-out"
    ]
    gone = sum(int(note.split()[0]) for note in notes)

    assert len(written.encode()) <= junit.LARGEST
    assert len(rulings) == len(results.rulings)
    assert gone == len(results.plan.trials) - len(cases) > 0
    assert sum('"right" value="true"' not in ET.tostring(case, encoding="unicode") for case in cases) == sum(
        'name="right" value="true"' not in ET.tostring(case, encoding="unicode")
        for suite in list(ET.fromstring(whole))[1:]
        for case in suite
    )
    assert all(suite.get("tests") == str(len(suite)) for suite in suites)


XML_CHARACTER = re.compile("[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")  # XML 1.0, production 2


@given(st.text())
@settings(max_examples=40)
def test_any_text_makes_a_file_that_xml_allows(text: str) -> None:
    """Every character is one of XML 1.0, and strict readers find the same tests whatever was said."""
    written = render(_saying(text))

    assert XML_CHARACTER.fullmatch(written)
    assert len(list(ET.fromstring(written).iter("testcase"))) == len(
        list(ET.fromstring(render(_saying("x"))).iter("testcase"))
    )


@pytest.mark.parametrize("string", ["plain", *HOSTILE], ids=ascii)
def test_names_are_ascii_and_unique(string: str) -> None:
    """A test keeps its name from run to run, whatever a model said, and no two share one."""
    plain = [_name(case) for case in ET.fromstring(render(hostile_results("plain"))).iter("testcase")]
    written = ET.fromstring(render(hostile_results(string)))
    names = [_name(case) for case in written.iter("testcase")]

    assert len(set(names)) == len(names)
    assert [name for _, name in names] == [name for _, name in plain]
    assert "".join(f"{classname}{name}" for classname, name in names).isascii()


@pytest.mark.parametrize("string", HOSTILE, ids=ascii)
def test_what_was_said_is_read_back(string: str) -> None:
    """A reason comes out of the file as it would be shown anywhere else."""
    root = ET.fromstring(render(hostile_results(string)))
    failures = [*root.iter("failure"), *root.iter("error")]

    assert failures
    assert all(each.get("message") == each.text for each in failures)
    assert all(clean(string) in each.text for each in failures)


@given(st.text())
def test_any_text_survives_the_way_through_xml(text: str) -> None:
    """Escaping loses nothing but length: an attribute and a text are read back as they were cleaned."""
    element = ET.fromstring(f"<a b={quoted(text)}>{_text(text)}</a>")

    assert element.get("b") == (element.text or "")
    assert element.get("b") == clean(text)[: len(element.get("b"))] or element.get("b").endswith("…")
    assert len(element.get("b")) <= LONGEST


@given(st.text())
def test_an_id_is_never_empty(text: str) -> None:
    """Whatever a thing is called, its id is made of harmless characters."""
    assert set(ascii_id(text)) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
    assert ascii_id(text)


def _saying(text: str) -> Results:
    """Return three cells and three rulings with the text wherever one may be, system and language included."""
    results = usual_results()
    trials = tuple(
        replace(trial, system=text, language=text, domain=text, state=text) for trial in results.plan.trials[:3]
    )
    return replace(
        results,
        plan=replace(results.plan, trials=trials),
        outcomes={trial.id: replace(results.outcomes[trial.id], ending=Ending.ERROR, reason=text) for trial in trials},
        rulings=tuple(replace(ruling, system=text, language=text, reason=text) for ruling in results.rulings[:3]),
        manifest=replace(results.manifest, systems=()),
    )


def _name(case: ET.Element) -> tuple[str, str]:
    return case.get("classname", ""), case.get("name", "")
