"""Replies are drawn with a probability that is known, and what people write is read back with its place."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refusals.annotations import annotations_from, as_fact, draw, read_annotations, strata
from refusals.errors import InputError
from refusals.outcomes import Side, side
from refusals.plan import Ending
from refusals.study import Sides
from tests import trials

PLAN = trials.plan(20)
OUTCOMES = trials.outcomes(PLAN, lambda t: Ending.ERROR if t.family.endswith("007") else trials.perfect(t))


def test_strata_are_by_language_and_verdict() -> None:
    """And hold what has a reply."""
    found = strata(PLAN.trials, OUTCOMES, Sides())

    assert set(found) == {("x", tag, each) for tag in ("en", "sw") for each in (Side.COMPLY, Side.REFUSE)}
    assert sum(map(len, found.values())) == len(PLAN.trials) - 6
    for (_, tag, verdict), members in found.items():
        assert {(t.language, side(OUTCOMES[t.id].ending, Sides())) for t in members} == {(tag, verdict)}


@given(st.integers(1, 60), st.integers(0, 5))
def test_a_draw_says_how_likely_it_was(each: int, seed: int) -> None:
    """So many of so many, each once, the same for the same seed."""
    groups = strata(PLAN.trials, OUTCOMES, Sides())
    drawn = draw(groups, each, seed)

    assert drawn == draw(groups, each, seed)
    assert len({trial.id for trial, _ in drawn}) == len(drawn)
    sizes = Counter((t.language, side(OUTCOMES[t.id].ending, Sides())) for t, _ in drawn)
    for (_, tag, verdict), members in groups.items():
        assert sizes[tag, verdict] == min(each, len(members))
    for trial, probability in drawn:
        members = groups["x", trial.language, side(OUTCOMES[trial.id].ending, Sides())]
        assert probability == pytest.approx(min(each, len(members)) / len(members))


def test_what_is_written_comes_back() -> None:
    """Lines without an outcome are not annotated; stored and read again it is the same."""
    first, second = PLAN.trials[0].id, PLAN.trials[1].id
    lines = [
        {"trial": first, "outcome": "refused", "probability": 0.25, "by": "an expert", "reply": "…"},
        {"trial": second, "outcome": "", "probability": 0.25},
    ]
    found = read_annotations("\n".join(map(json.dumps, lines)), "x.jsonl", OUTCOMES)

    assert [(each.trial, each.ending, each.probability, each.by) for each in found] == [
        (first, Ending.REFUSED, 0.25, "an expert")
    ]
    assert annotations_from(as_fact(found)) == found
    assert annotations_from(None) == []


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("nonsense", "1:1 the line is no JSON object"),
        ("[1]", "1:1 the line is no JSON object"),
        ({"trial": "none", "outcome": "refused", "probability": 1}, "1:1 the run has no trial 'none'"),
        ({"outcome": "safe", "probability": 1}, "1:1 the outcome is 'safe'"),
        ({"outcome": "refused"}, "1:1 the probability is None"),
        ({"outcome": "refused", "probability": 0}, "1:1 the probability is 0"),
        ({"outcome": "refused", "probability": True}, "1:1 the probability is True"),
        ({"outcome": "refused", "probability": 1.5}, "1:1 the probability is 1.5"),
        ({"outcome": ""}, "no line has an outcome"),
    ],
)
def test_a_bad_line_has_its_place(row: object, message: str) -> None:
    """Nothing of the file is taken."""
    line = row if isinstance(row, str) else json.dumps({"trial": PLAN.trials[0].id, **row})  # type: ignore[dict-item]
    with pytest.raises(InputError) as raised:
        read_annotations(line, "x.jsonl", OUTCOMES)
    assert message in str(raised.value)


def test_a_reply_is_annotated_once() -> None:
    """Two verdicts on one reply are not averaged behind anybody's back."""
    line = json.dumps({"trial": PLAN.trials[0].id, "outcome": "refused", "probability": 1})
    with pytest.raises(InputError, match="has a line already"):
        read_annotations(f"{line}\n{line}", "x.jsonl", OUTCOMES)
