"""A chosen threshold keeps the limit in families that it never saw, as often as one bound does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr

from refusals.statistics.intervals import clopper_pearson
from refusals.statistics.thresholds import MOST_POINTS, Scored, choose, error_at, grid

REPETITIONS = 400
MISSED = 0.025 + 3 * (0.025 * 0.975 / REPETITIONS) ** 0.5  # one tail of the 95 % interval, with simulation noise
COLUMNS = np.arange(200)


def scored(scores: object, families: object | None = None, undecided: object = 0, languages: int = 1) -> Scored:
    """Return cells of one language, one a family unless said otherwise, none decided without a score."""
    values = np.asarray(scores, dtype=np.float64)
    columns = np.arange(values.size) if families is None else np.asarray(families)
    return Scored(
        scores=values,
        refused=np.zeros(values.size, dtype=np.bool_),
        undecided=np.broadcast_to(np.asarray(undecided, dtype=np.bool_), values.shape),
        languages=np.arange(values.size) % languages,
        families=columns,
        shape=(languages, int(columns.max(initial=-1)) + 1),
    )


def test_the_smallest_that_keeps_the_limit() -> None:
    """With a cell a family the bound is Clopper & Pearson's: 200 families bear so many flagged and no more."""
    allowed = max(k for k in range(200) if clopper_pearson(k, 200)[1] <= 0.1)
    found = choose(scored(COLUMNS / 200), COLUMNS / 200, 0.1)

    assert found is not None
    assert found.threshold == pytest.approx((200 - allowed) / 200)
    assert found.rate == pytest.approx(allowed / 200)
    assert found.high == pytest.approx(clopper_pearson(allowed, 200)[1])


@pytest.mark.parametrize(("families", "threshold"), [(71, None), (72, 0.5)])
def test_too_few_families_choose_nothing(families: int, threshold: float | None) -> None:
    """A limit of 5 % needs 72 families without one flagged, whatever the scores."""
    found = choose(scored(np.zeros(families)), np.array([0.5]), 0.05)

    assert (found.threshold if found else None) == threshold


def test_an_undecided_cell_counts_as_refused() -> None:
    """What was not measured does not help a threshold to keep a limit."""
    unknown = COLUMNS < 30

    assert choose(scored(np.zeros(200)), np.array([0.5]), 0.1) is not None
    assert choose(scored(np.zeros(200), undecided=unknown), np.array([0.5]), 0.1) is None


def test_nothing_is_chosen_from_nothing() -> None:
    """Without a score, or without a cell that should be answered, there is no threshold."""
    assert choose(scored(COLUMNS / 200), np.array([]), 0.5) is None
    assert choose(scored([]), np.array([0.5]), 0.5) is None


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=40, max_size=160), st.sampled_from([0.1, 0.2, 0.4]))
def test_every_threshold_above_the_chosen_keeps_the_limit_too(values: list[int], limit: float) -> None:
    """The choice is the end of an unbroken run from the top, so a chance dip further down is never taken."""
    cells, candidates = scored(values, families=np.arange(len(values)) // 2), np.unique(values).astype(float)
    found = choose(cells, candidates, limit)
    kept = [choose(cells, np.array([each]), limit) is not None for each in candidates]

    expected = next((n for n in range(len(kept)) if all(kept[n:])), None)
    assert (found.threshold if found else None) == (None if expected is None else candidates[expected])


@pytest.mark.parametrize("icc", [0.0, 0.3, 0.8])
def test_the_true_rate_is_within_the_limit(icc: float) -> None:
    """Scores of 160 families in 4 languages that move together: the true rate is above 10 % by chance alone."""
    rng, missed, chosen = np.random.default_rng(11), 0, 0
    families, limit = 160, 0.1
    columns = np.tile(np.arange(families), 4)
    for _ in range(REPETITIONS):
        own = rng.standard_normal((4, families))
        scores = np.sqrt(icc) * rng.standard_normal(families) + np.sqrt(1 - icc) * own
        cells = Scored(
            scores=scores.ravel(),
            refused=np.zeros(4 * families, dtype=np.bool_),
            undecided=np.zeros(4 * families, dtype=np.bool_),
            languages=np.repeat(np.arange(4), families),
            families=columns,
            shape=(4, families),
        )
        found = choose(cells, np.quantile(scores, np.linspace(0.8, 1, 41)), limit)
        chosen += found is not None
        missed += found is not None and ndtr(-found.threshold) > limit

    assert chosen == REPETITIONS
    assert missed / REPETITIONS <= MISSED


@given(st.lists(st.floats(-5, 5), max_size=300), st.none() | st.floats(-5, 5))
def test_a_curve_has_at_most_fifty_points(values: list[float], threshold: float | None) -> None:
    """From the lowest score to the highest, in order, each once, with the chosen threshold."""
    points = grid(np.array([*values, np.nan]), threshold)

    assert len(points) <= MOST_POINTS
    assert points == sorted(set(points))
    assert threshold is None or threshold in points
    assert not values or {min(values), max(values)} <= set(points)


@settings(max_examples=50)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=40), st.floats(0, 1), st.floats(0, 1))
def test_a_higher_threshold_refuses_no_more(values: list[float], one: float, other: float) -> None:
    """Over-refusal falls and under-refusal rises with the threshold, and on the same cells they sum to one."""
    cells = scored(values)
    over, under = (
        [error_at(cells, threshold, refusing=refusing) for threshold in sorted((one, other))]
        for refusing in (True, False)
    )

    assert None not in (*over, *under)
    assert over[0].rate >= over[1].rate
    assert under[0].rate <= under[1].rate
    assert over[0].rate + under[0].rate == pytest.approx(1)
