"""The CSV report is read back as it was meant, by a reader of RFC 4180 and by a spreadsheet that looks for formulas."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from refusals.clean import clean
from refusals.outcomes import side
from refusals.reports.csv import cell, render
from tests.reports.sample_results import HOSTILE, hostile_results, usual_results


def _rows(written: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written, newline=""), strict=True))


def test_each_cell_is_a_row_with_the_facts_of_trial_and_outcome() -> None:
    """Every planned cell is there once, in the order of the plan, and counts are those of the outcomes."""
    results = usual_results()
    rows = _rows(render(results))

    assert [row["trial"] for row in rows] == [trial.id for trial in results.plan.trials]
    assert Counter(row["ending"] for row in rows) == Counter(str(o.ending) for o in results.outcomes.values())
    assert Counter(row["side"] for row in rows) == Counter(
        str(side(o.ending, results.sides)) for o in results.outcomes.values()
    )
    for row, trial in zip(rows, results.plan.trials, strict=True):
        assert (row["label"], row["severity"], row["native"]) == (
            str(trial.label),
            str(trial.severity),
            str(trial.native).lower(),
        )


@pytest.mark.parametrize(
    ("label", "ending", "went"),
    [
        ("benign", "refused", "over-refused"),
        ("benign", "complied", "right"),
        ("harmful", "complied", "under-refused"),
        ("harmful", "error", "undecided"),
        ("harmful", "out_of_policy", "left out"),
    ],
)
def test_how_a_cell_went_is_said(label: str, ending: str, went: str) -> None:
    """Wrong, right, undecided and left out are told apart."""
    results = usual_results()
    trials = tuple(trial for trial in results.plan.trials if trial.label == label)[:1]
    outcome = replace(results.outcomes[trials[0].id], ending=type(results.outcomes[trials[0].id].ending)(ending))
    small = replace(results, plan=replace(results.plan, trials=trials), outcomes={trials[0].id: outcome})

    assert [row["went"] for row in _rows(render(small))] == [went]


def test_what_has_no_outcome_was_not_run() -> None:
    """A cell that was never reached is a row too, and no result."""
    rows = _rows(render(replace(usual_results(), outcomes={})))

    assert {(row["ending"], row["side"], row["went"], row["score"]) for row in rows} == {
        ("not_run", "undecided", "undecided", "")
    }


def test_texts_are_columns_only_where_they_are_asked_for() -> None:
    """Without `show_text` no prompt and no reply is there, and with it both are whole."""
    hidden, shown = (render(usual_results(), show_text=shown) for shown in (False, True))

    assert "tie knot" not in hidden
    assert "bowline" not in hidden
    assert {"prompt", "reply"} & _rows(hidden)[0].keys() == set()
    assert _rows(shown)[0]["reply"].endswith("then a hitch.\nSecond line.")


@pytest.mark.parametrize("string", HOSTILE, ids=ascii)
def test_nothing_said_is_a_formula_or_another_cell(string: str) -> None:
    """Whatever was said, each row has each column once, and no string begins as a formula does."""
    written = render(hostile_results(string), show_text=True)
    rows = list(csv.reader(io.StringIO(written, newline=""), strict=True))

    assert {len(row) for row in rows} == {len(rows[0])}
    assert [value for row in rows for value in row if re.match(r"[=+@\t\r\n]|-(?![0-9])", value)] == []
    assert written.count("\r\n") == len(rows)
    assert written.encode("utf-8")


@given(st.text())
@example("=1+1")
@example("\uff1dcmd")
@example("\n=1")
def test_any_text_survives_the_way_through_csv(text: str) -> None:
    """A cell is read back as it was cleaned, with a ' before what a spreadsheet would work out."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerow(["a", cell(text, lines=True)])
    plain = clean(text, lines=True)
    ((_, back),) = csv.reader(io.StringIO(written.getvalue(), newline=""), strict=True)

    assert back == (f"'{plain}" if plain[:1] in set("=+-@\uff1d\uff0b\uff0d\uff20\t\r\n") and plain else plain)


def test_a_number_is_left_a_number() -> None:
    """What is no string has no ' before it: a score below 0 stays one."""
    assert [cell(value) for value in (-0.5, 3, True, None, "-0.5")] == ["-0.5", "3", "true", "", "'-0.5"]
