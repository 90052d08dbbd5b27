"""Every report says what changed since the baseline, and none of it where there is no baseline."""

from __future__ import annotations

import pytest

from refusals.reports import Results, render
from tests.reports.sample_results import one_flip, sample_results


@pytest.fixture(scope="module")
def held() -> tuple[Results, str]:
    """Results held against a run in which one benign case was answered, and that case."""
    results, flipped = one_flip()
    return results, flipped.case


@pytest.mark.parametrize("name", ["terminal", "markdown", "html"])
def test_what_changed_is_said_at_the_top(held: tuple[Results, str], name: str) -> None:
    """Before the first table, with the number of decisions that changed."""
    results, _ = held
    top = render(name, results).partition("over-refusal by language" if name == "html" else "\nalways_refuse")[0]

    assert "Since the baseline:" in top
    assert "1 decision changed: 1 for the worse" in " ".join(top.split()).replace("\\", "")


@pytest.mark.parametrize("name", ["markdown", "html"])
def test_the_changed_case_is_named(held: tuple[Results, str], name: str) -> None:
    """With what it was and is; in the page as a link to the case itself."""
    results, case = held
    written = render(name, results)

    assert case in written
    assert "complied, now refused" in written
    if name == "html":
        assert f'href="#d/en%2Falways_refuse%2F{case.replace("/", "%2F")}"' in written


@pytest.mark.parametrize("name", ["terminal", "markdown", "html"])
def test_without_a_baseline_nothing_is_said(name: str) -> None:
    """Not even that there is none."""
    assert "Since the baseline:" not in render(name, sample_results(families=2))
