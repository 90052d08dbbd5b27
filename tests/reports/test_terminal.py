"""The terminal gets plain lines: the verdict, why, and one line a language."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refusals.clean import clean
from refusals.reports._lines import wrapped
from refusals.reports._numbers import DASH
from refusals.reports.terminal import WIDTH, render
from tests.reports.sample_results import (
    HOSTILE,
    LANGUAGES,
    hostile_results,
    many_results,
    sample_results,
    usual_results,
)

NUMBER = r"[<>]?\d+(?:\.\d)?"
RATE = re.compile(rf"{NUMBER} {NUMBER}{DASH}{NUMBER} n\d+")


def test_the_verdict_is_the_first_line() -> None:
    """Whoever reads one line reads the ruling."""
    first = render(usual_results()).splitlines()[0]

    assert first.startswith("! invalid: ")


def test_no_rate_stands_without_its_interval_and_n() -> None:
    """In a row of the table there is nothing but tags, rates with interval and n, words for gaps, and counts."""
    rows = [line for line in render(usual_results()).splitlines() if re.match(r"(en|ar|sw|zh-Hans|mean) ", line)]
    rest = [re.sub(r"none decided|no mean|not run", "", RATE.sub("", row)).split() for row in rows]

    assert len(rows) == 3 * 5
    assert all(words[1].isdigit() and not re.search(r"[0-9]", "".join(words[2:])) for words in rest)


def test_what_was_not_asked_is_not_run() -> None:
    """A language without a cell says so and shows no zero; a measure that has none among those asked has a dash."""
    results = sample_results(families=3, languages=LANGUAGES[:2])
    without = tuple(e for e in results.estimates if not (e.language == "ar" and e.measure == "under-refusal"))
    nowhere = tuple(e for e in results.estimates if e.language != "ar")
    plan = replace(results.plan, trials=tuple(t for t in results.plan.trials if t.language != "ar"))

    assert "not run" not in (said := render(replace(results, estimates=without)))
    assert re.search(rf"^ar .* {DASH}  ", said, re.MULTILINE)
    assert "not run" in render(replace(results, estimates=nowhere, plan=plan))


@pytest.mark.parametrize("string", ["plain", *HOSTILE], ids=ascii)
def test_no_line_is_wider_than_a_terminal(string: str) -> None:
    """Nothing wraps at 120 columns, whatever a language or a system is called."""
    from rich.cells import cell_len

    assert max(cell_len(line) for line in render(hostile_results(string)).splitlines()) <= WIDTH


@pytest.mark.parametrize("width", [40, 60, 80, 100])
@pytest.mark.parametrize("string", ["plain", "语言模型" * 40, "हिन्दी ภาษาไทย " * 20, "x" * 300], ids=ascii)
def test_a_narrow_terminal_loses_columns_and_says_which(width: int, string: str) -> None:
    """Every line fits, wide letters counted as two columns; a figure keeps its interval, and what is gone is named."""
    from rich.cells import cell_len

    lines = render(hostile_results(string), width=width).splitlines()
    said = " ".join(lines)
    heads = [line for line in lines if line.strip().startswith("over-refusal")]

    assert max(map(cell_len, lines)) <= width
    assert heads
    assert (f"Left out at {width} columns: " in said) is any("dual-use refused" not in head for head in heads)
    assert RATE.search(said)


@pytest.mark.parametrize("name", ["简体中文", "தமிழ் மொழி", "ไทย", "العربية"])
def test_sixty_languages_stand_in_columns(name: str) -> None:
    """Whatever letters a name has, every row ends its figures at the same place."""
    from rich.cells import cell_len

    for width in (80, 120):
        lines = render(many_results(name, 60, 1), width=width).splitlines()
        rows = [line for line in lines if re.match(r"q\d\d ", line)]
        ends = {cell_len(row[: list(re.finditer(r" n\d+", row))[-1].end()]) for row in rows}

        assert (len(rows), len(ends)) == (60, 1)
        assert all((name in row) is (width == 120) for row in rows)
        assert max(map(cell_len, lines)) <= width


def test_no_column_is_lost_where_there_is_room() -> None:
    """In a pipe and on a wide terminal the table is whole."""
    assert "Left out" not in render(usual_results())


def test_colours_are_asked_for_and_change_no_word() -> None:
    """The ruling has its colour; without the sequences the report is the plain one."""
    plain, coloured = (render(usual_results(), colour=colour) for colour in (False, True))

    assert "\x1b" not in plain
    assert coloured.startswith("\x1b[1;35m! invalid")
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


@given(st.text(), st.integers(20, 120))
def test_wrapping_loses_nothing(text: str, width: int) -> None:
    """Every character but blanks is there in its order, and no line is wider than it may be."""
    from rich.cells import cell_len

    shown = clean(text)
    lines = wrapped(shown, width, "    ").split("\n")

    assert re.sub(r"[ \n]", "", "".join(lines)) == shown.replace(" ", "")
    assert all(cell_len(line) <= width for line in lines)


def test_names_give_way_to_figures() -> None:
    """Where a name is too long for the line the tag stands alone, and no figure is cut."""
    long = tuple(replace(facts, name="x" * 60) for facts in LANGUAGES[:2])
    written = render(sample_results(families=3, languages=long))

    assert "xx" not in written
    assert "…" not in written


def test_intervals_that_over_cover_are_counted() -> None:
    """That few families make an interval wider than its level is said."""
    assert "intervals cover more than 95 %" in render(usual_results())
