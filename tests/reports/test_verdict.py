"""One sentence says what is ruled, and counts nothing that is not there."""

from __future__ import annotations

from dataclasses import replace

from refusals.gates import Ruling, Standing, overall
from refusals.reports._verdict import Verdict, reasons_of, subject, verdict_of
from tests.reports.sample_results import usual_results

RULING = Ruling(
    gate="over-refusal", system="good", language="en", standing=Standing.PASS, reason="as it is", limit=0.1, rate=0.05
)


def verdict(*rulings: Ruling) -> Verdict:
    """Return the verdict on these rulings."""
    return verdict_of(replace(usual_results(), rulings=rulings, standing=overall(rulings)))


def test_the_mean_is_no_language() -> None:
    """A study of four languages fails in no fifth one; a few are named as they are."""
    failing = [replace(RULING, language=tag, standing=Standing.FAIL) for tag in ("en", "sw", "hi", "ar", "*")]

    assert "(good in 4 languages and their mean)" in verdict(*failing).sentence
    assert "(good in 4 languages)" in verdict(*failing[:-1]).sentence
    assert "(good in ar, mean)" in verdict(*failing[-2:]).sentence


def test_one_ruling_is_not_all_of_them() -> None:
    """The sentence is one of English."""
    assert verdict(RULING).sentence.startswith("pass: the one gate ruling is inside its limit, every undecided cell")
    assert verdict(RULING, RULING).sentence.startswith("pass: all 2 gate rulings are inside their limits, every")


def test_a_gate_that_is_asked_twice_is_of_one_language() -> None:
    """Its language is named once."""
    failing = replace(RULING, standing=Standing.FAIL)
    (reason,) = reasons_of([failing, failing])

    assert (reason.languages, reason.worst_first) == (("en",), (failing,))


def test_a_margin_is_in_points() -> None:
    """A difference of shares is no share."""
    margin = replace(RULING, bound="margin", language="*")

    assert subject(replace(margin, limit=0.02)).endswith("at most 2\xa0points above the baseline")
    assert subject(replace(margin, limit=0.01)).endswith("at most 1\xa0point above the baseline")
