"""The four plugins keep the contract of `refusals`."""

from downstream_guard import category_thresholds, no_shouting, release_note, word_guard

from refusals.study import SystemSpec
from refusals.testing import check_check, check_judge, check_made, check_report, check_system


def test_the_guard_keeps_the_contract() -> None:
    """A system reads its own answers and never raises on what is in them."""
    check_system(word_guard)
    check_made(word_guard.build(SystemSpec(name="guard", kind="word_guard", target="en,es")))


def test_the_judge_keeps_the_contract() -> None:
    """A judge decides nothing of a reply that says nothing."""
    check_judge(category_thresholds)


def test_the_report_keeps_the_contract() -> None:
    """A report renders whatever a run can come to, and shows no texts unasked."""
    check_report(release_note)


def test_the_check_keeps_the_contract() -> None:
    """A check finds its bad examples and leaves the good ones alone."""
    check_check(no_shouting)
