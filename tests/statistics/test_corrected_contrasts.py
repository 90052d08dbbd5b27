"""Corrected gaps and J are right whatever the judges are worth, and no interval is of nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from refusals.statistics.contrasts import paired_gap, youden_j
from refusals.statistics.corrected import Read
from refusals.statistics.corrected_contrasts import corrected_gap, corrected_j
from tests.statistics.simulated_readings import drawn
from tests.statistics.test_corrected import NOISE, RUNS, cells

FAMILIES = 200


def whole(truth: np.ndarray, wrong: int = 1) -> Read:
    """Return a language of one cell a family, read wholly; the judge takes all for help or refusals in turn."""
    return Read(
        verdict=np.arange(len(truth)) % 2,
        truth=truth,
        probability=np.ones(len(truth)),
        family=np.arange(len(truth)),
        families=len(truth),
        wrong=wrong,
    )


def refused(*families: range) -> np.ndarray:
    """Return the truth where these families are refused."""
    truth = np.zeros(FAMILIES, dtype=np.int64)
    for each in families:
        truth[list(each)] = 1
    return truth


def test_a_gap_of_nothing_is_found_to_be_none() -> None:
    """Two languages with the same truth and different judges: the corrected gap covers 0, the judged one is 0.2 off."""
    covered, judged, gaps = 0, [], []
    for seed in range(RUNS):
        one, _ = cells(seed, 0.3, (0.95, 0.97), 60)
        other, _ = cells(seed + 100_000, 0.3, (0.95, 0.7), 60)
        found = corrected_gap([other], [one])
        assert found is not None
        covered += found.low <= 0 <= found.high
        gaps.append(found.value)
        judged.append((other.verdict == 1).mean() - (one.verdict == 1).mean())

    assert covered / RUNS >= 0.95 - NOISE
    assert abs(float(np.mean(gaps))) < 0.01
    assert float(np.mean(judged)) > 0.1


@pytest.mark.parametrize("more", [0, 1, 12], ids=["none", "one", "twelve"])
def test_few_families_that_differ_are_as_exact_as_a_paired_gap(more: int) -> None:
    """Read wholly the interval holds that of the truth, which is never of nothing; nobody's spread is believed."""
    language, base = whole(refused(range(20 + more))), whole(refused(range(20)))
    found = corrected_gap([language], [base])
    exact = paired_gap(refused(range(20, 20 + more)), np.zeros(FAMILIES, dtype=int), np.ones(FAMILIES, dtype=int))

    assert found is not None
    assert exact is not None
    assert found.few
    assert found.value == pytest.approx(exact.value)
    assert found.low <= exact.low + 1e-12
    assert exact.high - 1e-12 <= found.high
    assert found.low < found.value < found.high


def test_the_mean_gap_is_the_mean_of_gaps() -> None:
    """Each language on its own cases; a family's influences are taken together."""
    languages = [whole(refused(range(start, start + 60))) for start in (0, 80)]
    base = whole(refused(range(20), range(150, 170)))
    gaps = [corrected_gap([each], [base]) for each in languages]
    mean = corrected_gap(languages, [base, base])

    assert mean is not None
    assert mean.value == pytest.approx(np.mean([gap.value for gap in gaps if gap]))
    assert corrected_gap([*languages, replace(base, truth=np.full(FAMILIES, -1))], [base] * 3) is None


def test_cells_on_neither_side_count_for_and_against() -> None:
    """Counted against a language and for its base the gap is at its highest."""
    truth = refused(range(40))
    truth[150:160] = 2
    language, base = whole(truth), whole(refused(range(30)))
    low, plain, high = (corrected_gap([language], [base], opened=each) for each in ((0, 1), (None, None), (1, 0)))

    assert low is not None
    assert plain is not None
    assert high is not None
    assert low.value < plain.value < high.value
    assert high.value == pytest.approx(50 / 200 - 30 / 200)


@pytest.mark.parametrize("missed", [12, 60], ids=["few", "many"])
def test_read_wholly_j_is_that_of_the_truth(missed: int) -> None:
    """Value and interval, with few families that err and with many."""
    over, under = refused(range(50)), refused(range(missed, FAMILIES))
    found = corrected_j([whole(over)], [whole(under, wrong=0)])
    ones = np.ones(FAMILIES, dtype=int)
    exact = youden_j(over, ones, 1 - under, ones)

    assert found is not None
    assert exact is not None
    assert found.value == pytest.approx(exact.value)
    assert (found.low, found.high) == pytest.approx((exact.low, exact.high), abs=0.01)


def test_j_covers_what_the_judge_does_not_see() -> None:
    """A judge that misses refusals of both kinds: the corrected J holds the true one."""
    held, runs = 0, 100
    for seed in range(runs):
        over, _ = drawn(np.random.default_rng(seed), rate=0.3, judge=(0.6, 0.9), each=50, families=120)
        under, _ = drawn(np.random.default_rng(seed + 9999), rate=0.7, judge=(0.6, 0.9), each=50, families=120, wrong=0)
        found = corrected_j([over], [under])
        assert found is not None
        held += found.low <= 1 - 0.3 - 0.3 <= found.high
    assert held / runs >= 0.95 - 3 * (0.95 * 0.05 / runs) ** 0.5
