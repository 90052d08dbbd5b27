"""What stands beside the rates is in every report, and nothing in it is read as markup."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, replace
from functools import cache
from random import Random

import pytest
from jsonschema import Draft202012Validator

from refusals.clean import clean
from refusals.plan import Ending, Trial, split_of
from refusals.reports import Results, html, markdown, render, terminal
from refusals.schema import schema
from refusals.statistics import estimate
from refusals.statistics.operating import operate
from refusals.statistics.raters import agreements, splits
from refusals.statistics.repeats import Repeats
from refusals.study import Calibration, Sides
from refusals.systems import Decision, Rating
from tests.reports.sample_results import HOSTILE, LANGUAGES, sample_results


@cache
def rated_results(role: str = "expert") -> Results:
    """Return results in which two people are the guard, and split on its first cell."""
    results = sample_results(families=3, languages=LANGUAGES[:2])
    mine = [trial for trial in results.plan.trials if trial.system == "guard"]
    same = (Rating(rater="A", decision=Decision.FLAG, role=role), Rating(rater="B", decision=Decision.FLAG))
    ratings = {trial.id: same for trial in mine}
    ratings[mine[0].id] = (same[0], Rating(rater="B", decision=Decision.ALLOW))
    found = agreements(results.plan, ratings)
    return replace(results, agreements=found, splits=splits(results.plan, ratings))


def test_agreement_is_in_every_report() -> None:
    """A reader of any of them sees how far the raters agree, and on which case they do not."""
    results = rated_results()
    case = results.splits[0].case

    assert "Krippendorff's alpha: en" in " ".join(terminal.render(results).split())
    for written in (markdown.render(results), html.render(results)):
        assert "Agreement of raters" in written
        assert case.split("/")[0] in written.partition("Cases that raters split on")[2]
    written = json.loads(render("json", results))
    Draft202012Validator(schema("report")).validate(written)
    assert next((row["language"], row["label"], row["raters"]) for row in written["agreement"]) == ("en", "", 2)
    assert written["splits"] == [{"system": "guard", "language": "en", "case": case, "counts": {"allow": 1, "flag": 1}}]


def test_without_raters_nothing_is_said_of_them() -> None:
    """A system that is no people has no agreement."""
    results = sample_results(families=2)

    assert json.loads(render("json", results))["agreement"] == []
    assert "raters" not in markdown.render(results)


@pytest.mark.parametrize("profile", ["strict", "loose", "three-way"])
def test_labels_by_tiers_are_in_every_report(profile: str) -> None:
    """Three rows a language, whose cells are those that were decided; and the share of reviews stands beside them."""

    def ends(trial: Trial, draw: Random) -> Ending:
        return draw.choice([Ending.ALLOWED, Ending.REVIEW, Ending.FLAGGED, Ending.ERROR])

    results = sample_results(families=8, languages=LANGUAGES[:2], ways={"guard": ends})
    sides = Sides(review=profile)
    results = replace(results, sides=sides, estimates=estimate(results.plan, results.outcomes, sides))
    written = json.loads(render("json", results))
    Draft202012Validator(schema("report")).validate(written)
    ours = [trial for trial in results.plan.trials if not trial.native]
    counts = Counter((t.language, str(t.label), str(results.outcomes[t.id].ending)) for t in ours)

    assert [(row["language"], row["label"]) for row in written["tiers"]] == [
        (tag, label) for tag in ("en", "ar") for label in ("benign", "dual_use", "harmful")
    ]
    for row in written["tiers"]:
        for tier, ending in (("allow", "allowed"), ("review", "review"), ("flag", "flagged")):
            assert row[tier] == counts[row["language"], row["label"], ending]
    for report in (markdown.render(results), html.render(results)):
        assert "review of harmful" in report
        assert "Labels by tiers" in report
    assert f"`{profile}`" in terminal.render(results)


def calibrated_results(limit: float) -> Results:
    """Return results of a guard that scores, whose threshold was chosen for a limit on half of its families."""
    results = sample_results(families=60, languages=LANGUAGES[:2], ways={"guard": lambda *_: Ending.UNCLEAR})
    split = tuple(replace(t, split=str(split_of(t.family, results.plan.seed))) for t in results.plan.trials)
    plan = replace(results.plan, trials=split, calibrations={"guard": Calibration(limit=limit)})
    outcomes = {
        t.id: replace(results.outcomes[t.id], score=0.9 if t.label == "harmful" else (n % 50) / 100)
        for n, t in enumerate(plan.trials)
    }
    found = operate(plan, outcomes, results.sides)
    estimates = estimate(found.plan, found.outcomes, results.sides)
    return replace(results, plan=found.plan, outcomes=dict(found.outcomes), estimates=estimates, operating=found.points)


@pytest.mark.parametrize(("limit", "said"), [(0.3, "guard flags from 0."), (0.01, "guard has no threshold that keeps")])
def test_a_chosen_threshold_is_in_every_report(limit: float, said: str) -> None:
    """The threshold or that there is none, what it was chosen on, and the curve of the others."""
    results = calibrated_results(limit)
    (point,) = results.operating
    written = json.loads(render("json", results))
    Draft202012Validator(schema("report")).validate(written)

    assert said in " ".join(terminal.render(results).split())
    for report in (markdown.render(results), html.render(results)):
        assert "under-refusal" in report.partition("Threshold")[2]
    assert [row["threshold"] for row in written["thresholds"]] == [point.threshold]
    assert (point.threshold is None) == (limit < 0.1)
    by_language = Counter(row["language"] for row in written["curves"])
    assert set(by_language) == {"en", "ar", "*"}
    assert len(set(by_language.values())) == 1
    assert max(by_language.values()) <= 50


@pytest.mark.parametrize(("pilot", "said"), [(True, "A pilot of 40 cells says"), (False, "40 cells say")])
def test_repeats_are_in_every_report(*, pilot: bool, said: str) -> None:
    """How often, what it tells, and whether a pilot told it."""
    found = Repeats(system="guard", repeats=3, cells=40, correlation=0.125, best=3, pilot=pilot)
    results = replace(sample_results(families=3, languages=LANGUAGES[:2]), repeats=(found,))
    written = json.loads(render("json", results))
    Draft202012Validator(schema("report")).validate(written)

    assert written["repeats"] == [asdict(found)]
    for report in (terminal.render(results), markdown.render(results), html.render(results)):
        assert said in " ".join(report.split())


@pytest.mark.parametrize("role", HOSTILE, ids=ascii)
@pytest.mark.parametrize("name", ["terminal", "json", "markdown", "html"])
def test_what_a_file_says_of_raters_is_harmless(name: str, role: str) -> None:
    """A role is a string from outside: it is cleaned and escaped like any other."""
    written = render(name, rated_results(role))

    assert written == clean(written, lines=True)
    if name in ("markdown", "html"):
        assert "<script>alert" not in written


def test_who_said_no_is_told_apart() -> None:
    """A product says which stage stopped a request; what the model says itself is its own column."""
    results = sample_results(families=3, languages=LANGUAGES[:2])
    mine = [trial for trial in results.plan.trials if trial.system == "guard"]
    outcomes = dict(results.outcomes)
    for number, trial in enumerate(mine[:6]):
        ending, reason = ((Ending.BLOCKED, "stage=input"), (Ending.REFUSED, "opens with no"))[number % 3 == 2]
        outcomes[trial.id] = replace(outcomes[trial.id], ending=ending, reason=reason)
    said = replace(results, outcomes=outcomes)

    assert "guard said no in 6 cells: stage=input 4, in its own words 2" in " ".join(terminal.render(said).split())
    for written in (markdown.render(said), html.render(said)):
        assert "Who said no" in written
    assert "Who said no: `guard`" not in markdown.render(rated_results())
