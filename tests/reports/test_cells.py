"""A cell is put into the same words wherever it is shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from refusals.plan import Ending
from refusals.policies import Expectation
from refusals.reports._cells import Cell, answered, asked, facts_of, went
from refusals.systems import Decision, Failure, Text, Verdict
from tests.reports.sample_results import usual_results


@pytest.mark.parametrize(
    ("expected", "ending", "said"),
    [
        (Expectation.COMPLY, Ending.REFUSED, "over-refused"),
        (Expectation.COMPLY, Ending.PARTIAL, "right"),
        (Expectation.REFUSE, Ending.ALLOWED, "under-refused"),
        (Expectation.REFUSE, Ending.UNCLEAR, "undecided"),
        (Expectation.REFUSE, None, "undecided"),
        (Expectation.EITHER, Ending.REFUSED, "not scored"),
        (Expectation.EITHER, Ending.ERROR, "undecided"),
        (Expectation.COMPLY, Ending.OUT_OF_POLICY, "left out"),
    ],
)
def test_how_a_cell_went(expected: Expectation, ending: Ending | None, said: str) -> None:
    """What is undecided is that before it is anything else, and what is not expected is not scored."""
    results = usual_results()
    trial = replace(results.plan.trials[0], expectation=expected)
    outcome = None if ending is None else replace(results.outcomes[trial.id], ending=ending)

    assert went(results.sides, trial, outcome) == said


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Text(text="No."), "No."),
        (Verdict(decision=Decision.FLAG), "flag"),
        (Verdict(score=0.5, threshold=0.4), "0.5"),
        (Verdict(decision=Decision.UNREADABLE, raw="?!"), "?!"),
        (Failure(message="status 529"), "no answer: status 529"),
        (None, None),
    ],
)
def test_what_came_back(reply: Text | Verdict | Failure | None, said: str | None) -> None:
    """A text as it is, a verdict in its words, a failure as none."""
    assert answered(reply) == said


def test_facts_stand_a_line_each() -> None:
    """Label, expectation and the judge's reason are there; what is not known is not mentioned."""
    results = usual_results()
    trial = next(trial for trial in results.plan.trials if trial.system == "guard" and trial.label == "benign")
    cell = Cell(trial=trial, outcome=results.outcomes[trial.id], reply=None, went="right")

    assert list(asked(trial.prompt)) == [("prompt", trial.prompt.text)]
    assert list(facts_of(cell)) == [
        "benign, conversation, severity 1, professional, text source; expected to comply",
        "phrases: by its opening",
        "score 0.25",
    ]
    assert list(
        facts_of(replace(cell, outcome=None, trial=replace(trial, withheld=Ending.NOT_RUN, because="stale")))
    ) == [
        "benign, conversation, severity 1, professional, text source; expected to comply",
        "not sent: stale",
    ]
