"""Every report says how far the texts behind its figures have been looked at."""

from __future__ import annotations

from dataclasses import replace

import pytest

from refusals.cases import Kind
from refusals.reports import Results, html, json, junit, markdown, terminal
from refusals.reports._coverage import in_words
from tests.reports.sample_results import sample_results


def with_states(states: dict[str, dict[str, int]]) -> Results:
    """Return the sample with these texts."""
    results = sample_results()
    return replace(results, manifest=replace(results.manifest, states=states))


@pytest.mark.parametrize(
    ("states", "said"),
    [
        ({"en": {"source": 5}}, "All texts are as they were written, in their own language."),
        (
            {"en": {"source": 5}, "sw": {"checked": 3, "draft": 2}},
            "Translations by state: 3 checked, 2 draft of 5; no person has reviewed any.",
        ),
        ({"sw": {"reviewed": 1, "draft": 2}}, "Translations by state: 2 draft, 1 reviewed of 3."),
    ],
)
def test_a_sentence_says_it(states: dict[str, dict[str, int]], said: str) -> None:
    """And whether a person has looked at any."""
    assert in_words(with_states(states)) == said


def test_a_kind_that_only_some_languages_were_asked_is_named() -> None:
    """A rate over requests and conversations is not compared with one over requests alone."""
    results = sample_results()
    first = results.plan.languages[0]
    trials = [trial for trial in results.plan.trials if trial.language == first or trial.kind is Kind.REQUEST]
    said = in_words(replace(results, plan=replace(results.plan, trials=tuple(trials))))

    assert f"Asked: conversations in {first} only." in said
    assert "Asked:" not in in_words(results)


@pytest.mark.parametrize("report", [terminal, markdown, html], ids=["terminal", "markdown", "html"])
def test_every_report_for_people_has_the_sentence(report) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """Whichever they open."""
    results = with_states({"en": {"source": 5}, "sw": {"checked": 3, "draft": 2}})

    assert "no person has reviewed any" in " ".join(report.render(results).split())


def test_reports_for_programs_have_the_counts() -> None:
    """JSON by language, JUnit with each cell."""
    results = with_states({"sw": {"checked": 3}})

    assert '"checked": 3' in json.render(results)
    assert '<property name="state" value="' in junit.render(results)
