"""Reports say where another model has answered than was asked, or more than one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from refusals.reports import Results, html, markdown, terminal
from refusals.reports._models import is_same, other_model
from tests.reports.sample_results import sample_results


def answered(asked: object, *models: str) -> Results:
    """Return the sample in which the system `chat` was asked for a model and these have answered in turn."""
    results = sample_results(families=3)
    systems = tuple(
        replace(facts, identity={"model": asked}) if facts.name == "chat" else facts
        for facts in results.manifest.systems
    )
    outcomes = {
        key: replace(outcome, model=models[number % len(models)] if outcome.model else "")
        for number, (key, outcome) in enumerate(results.outcomes.items())
    }
    return replace(results, manifest=replace(results.manifest, systems=systems), outcomes=outcomes)


@pytest.mark.parametrize(
    ("asked", "name", "same"),
    [
        ("m-1", "m-1", True),
        ("org/M-1", "m-1", True),
        ("m-4o", "m-4o-2026-08-06", True),
        ("m-opus-5", "m-opus-5-20261101", True),
        ("m-large-latest", "m-large-2611", True),
        ("m-large-latest", "m-large", True),
        ("m-4o", "m-4o-mini", False),
        ("m-4", "m-4-32k", False),
        ("m-4o-2026-05-13", "m-4o-2026-08-06", False),
        ("m-4o-2026-05-13", "m-4o", False),
        ("our-deployment", "m-4o-2026-08-06", False),
    ],
)
def test_a_name_may_stand_for_its_snapshot(asked: str, name: str, same: bool) -> None:  # noqa: FBT001 - a table
    """A dated name is the same model as the one without; a smaller sister, or another date, is not."""
    assert is_same(asked, name) is same


def test_the_model_that_was_asked_needs_no_sentence() -> None:
    """Nor does a system that says no model, or one of which no model was asked."""
    assert other_model(answered("m-1", "m-1"), "chat") == ""
    assert other_model(answered("m-1", ""), "chat") == ""
    assert other_model(answered(None, "m-1"), "chat") == ""
    assert other_model(answered("m-1", "m-1"), "always_refuse") == ""
    assert other_model(answered("m-1", "m-1"), "no such system") == ""


def test_a_server_with_a_new_name_for_each_answer_fills_no_report() -> None:
    """A few names are shown, the rest are counted."""
    assert "m-1, m-2, m-3, m-4, m-5 and 2 more." in other_model(answered("m", *(f"m-{n}" for n in range(1, 8))), "chat")


@pytest.mark.parametrize("report", [terminal, markdown, html], ids=["terminal", "markdown", "html"])
@pytest.mark.parametrize("models", [("m-2",), ("m-1", "m-2"), ("m-1-2026-05-13", "m-1-2026-08-06")])
def test_every_report_for_people_names_another_model(report, models: tuple[str, ...]) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """One other, or more than one, be they snapshots of the same: the figures are not of what was asked alone."""
    said = f"chat was asked for the model m-1, and what answered calls itself {', '.join(models)}."

    assert other_model(answered("m-1", *models), "chat") == said
    shown = " ".join(report.render(answered("m-1", *models)).replace("\\", "").split())
    assert said in shown
