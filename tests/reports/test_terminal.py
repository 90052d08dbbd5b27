"""The terminal gets plain lines: the verdict, why, and one line a language."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from refusals.reports._numbers import DASH
from refusals.reports.terminal import WIDTH, render
from tests.reports.sample_results import HOSTILE, LANGUAGES, hostile_results, sample_results, usual_results

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
    """A language without a cell of a measure says so and shows no zero."""
    results = sample_results(families=3, languages=LANGUAGES[:2])
    without = tuple(e for e in results.estimates if not (e.language == "ar" and e.measure == "under-refusal"))

    assert "not run" in render(replace(results, estimates=without))


@pytest.mark.parametrize("string", ["plain", *HOSTILE], ids=ascii)
def test_no_line_is_wider_than_a_terminal(string: str) -> None:
    """Nothing wraps at 120 columns, whatever a language or a system is called."""
    from rich.cells import cell_len

    assert max(cell_len(line) for line in render(hostile_results(string)).splitlines()) <= WIDTH


def test_names_give_way_to_figures() -> None:
    """Where a name is too long for the line the tag stands alone, and no figure is cut."""
    long = tuple(replace(facts, name="x" * 60) for facts in LANGUAGES[:2])
    written = render(sample_results(families=3, languages=long))

    assert "xx" not in written
    assert "…" not in written


def test_intervals_that_over_cover_are_counted() -> None:
    """That few families make an interval wider than its level is said."""
    assert "intervals cover more than 95 %" in render(usual_results())
