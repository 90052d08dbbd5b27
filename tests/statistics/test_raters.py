"""Agreement is of those who decided, and what chance alone would give is none."""

from __future__ import annotations

from random import Random

import pytest

from refusals.cases import Label
from refusals.statistics.agreement import ac1
from refusals.statistics.raters import Agreement, Split, agreements, mean_ac1, splits
from refusals.systems import Decision, Rating
from tests import trials

ALLOW, REVIEW, FLAG, ABSTAIN = Decision.ALLOW, Decision.REVIEW, Decision.FLAG, Decision.ABSTAIN


def ratings(*said: Decision, role: str = "expert") -> tuple[Rating, ...]:
    """Return what raters A, B, C, … said."""
    return tuple(Rating(rater=chr(65 + n), decision=each, role=role) for n, each in enumerate(said))


def test_the_worked_example() -> None:
    """Two raters, four benign cells, one split: alpha 0 by hand, AC1 by its formula, one cell listed."""
    plan = trials.plan(4, languages=("en",))
    benign = [trial for trial in plan.trials if trial.label is Label.BENIGN]
    rated = {trial.id: ratings(ALLOW, ALLOW) for trial in benign[1:]}
    rated[benign[0].id] = ratings(ALLOW, FLAG)

    whole, part = agreements(plan, rated)

    # Observed disagreement 2/8, expected 2 · 7 · 1 / (8 · 7): alpha = 1 - (1/4) / (1/4).
    assert whole == Agreement(
        system="x",
        language="en",
        label="",
        raters=2,
        roles=(("expert", 2),),
        rated=4,
        rated_twice=4,
        alpha=pytest.approx(0.0),
        ac1=pytest.approx((3 / 4 - 2 * (7 / 8) * (1 / 8)) / (1 - 2 * (7 / 8) * (1 / 8))),
    )
    assert part.label == "benign"
    assert (part.alpha, part.ac1) == (whole.alpha, whole.ac1)
    assert splits(plan, rated) == (
        Split(system="x", language="en", case=benign[0].case, counts=(("allow", 1), ("flag", 1))),
    )


def test_an_abstention_is_a_gap_and_no_category() -> None:
    """Who abstains neither agrees nor splits, but is counted where a split is listed."""
    plan = trials.plan(2, languages=("en",))
    first, second, *_ = plan.trials
    rated = {first.id: ratings(FLAG, ABSTAIN), second.id: ratings(FLAG, ALLOW, ABSTAIN)}
    whole = agreements(plan, rated)[0]

    assert (whole.raters, whole.rated, whole.rated_twice) == (3, 2, 1)
    assert [each.counts for each in splits(plan, rated)] == [(("abstain", 1), ("allow", 1), ("flag", 1))]


def test_each_language_and_label_has_its_own() -> None:
    """Raters of one language say nothing of another; a system without raters has no agreement."""
    plan = trials.plan(3, languages=("en", "sw", "yo"), systems=("people", "guard"))
    mine = [trial for trial in plan.trials if trial.system == "people" and trial.language != "yo"]
    rated = {t.id: ratings(FLAG, FLAG if t.language == "en" else ALLOW) for t in mine}
    found = agreements(plan, rated)

    labels = ["", "benign", "dual_use", "harmful"]
    assert [(each.system, each.language, each.label) for each in found] == [
        ("people", language, label) for language in ("en", "sw") for label in labels
    ]
    assert {each.alpha for each in found if each.language == "en"} == {None}  # one category only tells nothing
    assert {each.language for each in splits(plan, rated)} == {"sw"}
    assert agreements(plan, {}) == splits(plan, {}) == ()


def test_the_mean_is_over_pairs() -> None:
    """Of three raters, those who share no unit are no pair, and pairs count alike however much they share."""
    units = [{"A": FLAG, "B": FLAG}, {"A": ALLOW, "B": FLAG}, {"A": ALLOW, "B": ALLOW}, {"B": FLAG, "C": FLAG}]
    pairs = [
        ac1([FLAG, ALLOW, ALLOW], [FLAG, FLAG, ALLOW], {ALLOW, FLAG}),
        ac1([FLAG], [FLAG], {ALLOW, FLAG}),
    ]

    assert None not in pairs
    assert mean_ac1(units, {ALLOW, FLAG}) == pytest.approx(sum(each or 0.0 for each in pairs) / 2)
    assert mean_ac1([{"A": FLAG}], {ALLOW, FLAG}) is None


def test_chance_alone_is_no_agreement() -> None:
    """Raters who guess have an alpha and an AC1 of about 0, with two tiers and with three."""
    plan, draw = trials.plan(400, languages=("en",)), Random(5)
    for scale in ((ALLOW, FLAG), (ALLOW, REVIEW, FLAG)):
        rated = {trial.id: ratings(*draw.choices(scale, k=3)) for trial in plan.trials}
        whole = agreements(plan, rated)[0]

        assert whole.alpha == pytest.approx(0, abs=0.05)
        assert whole.ac1 == pytest.approx(0, abs=0.05)
