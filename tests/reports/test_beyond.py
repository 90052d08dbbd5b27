"""Whoever speaks of more languages than were tested gets an interval for that."""

from __future__ import annotations

from refusals.reports._beyond import FEWEST, beyond_of
from tests.reports.sample_results import LANGUAGES, WAYS, sample_results


def test_it_is_the_two_way_interval_and_wider_than_that_of_the_mean() -> None:
    """The mean itself is the same."""
    results = sample_results(ways={"guard": WAYS["guard"]})
    (found,) = beyond_of(results, "guard")
    mean = next(e for e in results.estimates if (e.measure, e.language, e.group) == ("over-refusal", "*", ()))
    measure, rate, ends, languages, families = found.rows[0]

    assert (measure, languages, families) == ("over-refusal", "9", "42")
    assert mean.rate is not None
    assert mean.low is not None
    assert mean.high is not None
    assert rate.split()[0] == f"{mean.rate * 100:.1f}"
    low, high = (float(end) / 100 for end in ends.split("\N{EN DASH}"))
    assert high - low > mean.high - mean.low


def test_few_languages_say_nothing_of_others() -> None:
    """Then there is no table."""
    results = sample_results(families=4, languages=LANGUAGES[: FEWEST - 1])

    assert not list(beyond_of(results, "guard"))
