"""report.json keeps the contract of its schema, and every number in it is one."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise

import pytest
from jsonschema import Draft202012Validator

from refusals.reports.json import render
from refusals.schema import schema
from tests.reports.sample_results import HOSTILE, hostile_results, sample_results, usual_results

KEYS = ["schema", "manifest", "ruling", "estimates", "gates", "outcomes"]
KEYS += ["repeats", "thresholds", "curves", "tiers", "agreement", "splits"]
ESTIMATE = [
    "system",
    "measure",
    "language",
    "group",
    "n",
    "families",
    "count",
    "rate",
    "low",
    "high",
    "design_effect",
    "undecided",
    "worst_low",
    "worst_high",
    "correction",
]
GATE = ["gate", "system", "language", "label", "group", "bound", "limit", "rate", "low", "high", "ruling", "reason"]
GATE += ["evidence"]


def test_the_schema_is_one() -> None:
    """The schema that ships is valid JSON Schema."""
    Draft202012Validator.check_schema(schema("report"))


@pytest.mark.parametrize("string", ["plain", *HOSTILE], ids=ascii)
def test_the_report_is_valid(string: str) -> None:
    """Whatever was said, the report fits its schema."""
    Draft202012Validator(schema("report")).validate(json.loads(render(hostile_results(string))))


def test_the_usual_report_is_valid() -> None:
    """With all kinds of rulings, with and without gates, the report fits its schema."""
    for results in (usual_results(), sample_results(families=2, gates=())):
        Draft202012Validator(schema("report")).validate(json.loads(render(results)))


def test_the_keys_are_those_of_the_contract() -> None:
    """Keys do not change, nor their order."""
    written = json.loads(render(usual_results()))

    assert list(written) == KEYS
    assert {tuple(each) for each in written["estimates"]} == {tuple(ESTIMATE)}
    assert {tuple(each) for each in written["gates"]} == {tuple(GATE)}
    assert list(schema("report")["properties"]) == KEYS == schema("report")["required"]


def test_every_cell_is_counted_once() -> None:
    """The outcomes sum to the planned cells, by system, language and ending, each combination once."""
    results = usual_results()
    rows = json.loads(render(results))["outcomes"]
    keys = [(row["system"], row["language"], row["outcome"]) for row in rows]

    assert sum(row["count"] for row in rows) == len(results.plan.trials)
    assert all(one < other for one, other in pairwise(keys))


def test_a_cell_without_an_outcome_was_not_run() -> None:
    """A run that stopped counts what is missing."""
    results = replace(sample_results(families=2), outcomes={})
    rows = json.loads(render(results))["outcomes"]

    assert {row["outcome"] for row in rows} == {"not_run"}


def test_a_number_that_is_none_stops_the_report() -> None:
    """NaN is never written: it would be read as null, as 0 or not at all."""
    results = sample_results(families=2)
    broken = replace(results.estimates[0], rate=float("nan"))

    with pytest.raises(ValueError, match="not JSON compliant"):
        render(replace(results, estimates=(broken,)))
