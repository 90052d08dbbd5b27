"""Non-inferiority is shown by a bound, and a language's alarm counts how often chance does as much in any language."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, permutation_test
from statsmodels.stats.proportion import proportion_confint

from refusals.statistics.differences import alarms, mean_alarm, non_inferiority
from tests.statistics.drawn_counts import drawn_counts

RNG = np.random.default_rng(11)
PLUS, MINUS = RNG.binomial(1, 0.4, (4, 9)), RNG.binomial(1, 0.15, (4, 9))
CHANGES = np.clip(PLUS - MINUS, -1, 1)


def step_down(changes: np.ndarray, *, two_sided: bool) -> list[float]:
    """Westfall and Young's adjusted p values by their definition, over all sign patterns, one by one."""
    spread = np.sqrt((changes**2).sum(axis=1))
    size = abs if two_sided else float
    observed = [size(row.sum() / width) for row, width in zip(changes, spread, strict=True)]
    order = sorted(range(len(changes)), key=lambda row: -observed[row])
    patterns = list(product([1, -1], repeat=changes.shape[1]))
    found, highest = [0.0] * len(changes), 0.0
    for place, row in enumerate(order):
        left = order[place:]
        as_much = sum(
            max(size(float(changes[k] @ signs) / spread[k]) for k in left) >= observed[row] - 1e-9 for signs in patterns
        )
        highest = max(highest, as_much / len(patterns))
        found[row] = highest
    return found


@pytest.mark.parametrize("alternative", ["worse", "different"])
def test_alarms_are_those_of_the_definition(alternative: str) -> None:
    """Few families: every sign pattern is counted."""
    found = alarms(CHANGES > 0, CHANGES < 0, alternative=alternative)  # type: ignore[arg-type]

    assert found == pytest.approx(step_down(CHANGES.astype(float), two_sided=alternative == "different"))


def test_one_language_is_a_permutation_test_and_mcnemars() -> None:
    """Of one language p is scipy's paired permutation test, and the exact McNemar test with one cell a family."""
    gained, lost = 9, 3
    changes = np.array([1.0] * gained + [-1.0] * lost)
    (found,) = alarms(changes[None] > 0, changes[None] < 0)

    enumerated = permutation_test(
        (changes, np.zeros_like(changes)),
        lambda one, other: np.sum(one - other),
        permutation_type="samples",
        alternative="greater",
        n_resamples=np.inf,
    )
    assert found == pytest.approx(enumerated.pvalue)
    assert found == pytest.approx(binomtest(gained, gained + lost, alternative="greater").pvalue)


def test_drawn_flips_come_near_all_of_them_and_are_never_zero() -> None:
    """With more families flips are drawn: p is near the exact one, the same for a seed, and above 0."""
    plus, minus = np.arange(60)[None] < 20, np.arange(60)[None] >= 51
    (found,) = alarms(plus, minus)

    exact = binomtest(20, 29, alternative="greater").pvalue
    assert found == pytest.approx(exact, abs=4 * (exact / 10_000) ** 0.5)
    assert alarms(plus, minus, seed=0) == (found,)
    assert alarms(np.ones((1, 200)), np.zeros((1, 200)), flips=999) == (0.001,)


@settings(max_examples=25, deadline=None)
@given(counts=drawn_counts(pieces=3), seed=st.integers(0, 3))
def test_alarms_follow_their_languages(counts: tuple[np.ndarray, ...], seed: int) -> None:
    """Whatever the counts: 0 < p <= 1, 1 where nothing is discordant; languages in another order permute p."""
    plus, minus, _ = counts
    found = alarms(plus, minus, flips=500, seed=seed)
    order = np.random.default_rng(seed).permutation(len(plus))

    assert all(0 < p <= 1 for p in found)
    assert all(p == 1 for p, row in zip(found, plus - minus, strict=True) if not row.any())
    assert alarms(plus[order], minus[order], flips=500, seed=seed) == pytest.approx([found[row] for row in order])
    assert alarms(minus, plus, alternative="better", flips=500, seed=seed) == pytest.approx(found)


def test_families_are_flipped_whole() -> None:
    """Ten languages that always move together are as good as one, and pay nothing for being ten."""
    one = np.arange(12)[None] < 10
    (alone,) = alarms(one, ~one)

    assert alarms(np.repeat(one, 10, axis=0), np.repeat(~one, 10, axis=0)) == pytest.approx([alone] * 10)


def test_the_mean_is_one_test_by_itself() -> None:
    """Of one language it is that language's; of two it is scipy's test of their mean, and finds what neither shows."""
    both = np.ones_like(CHANGES)
    assert mean_alarm(PLUS[:1], 0 * MINUS[:1], both[:1]) == pytest.approx(alarms(PLUS[:1], 0 * MINUS[:1])[0])

    means = CHANGES.mean(axis=0)
    enumerated = permutation_test(
        (means, np.zeros_like(means)),
        lambda one, other: np.sum(one - other),
        permutation_type="samples",
        alternative="greater",
        n_resamples=np.inf,
    )
    assert mean_alarm(CHANGES > 0, CHANGES < 0, both) == pytest.approx(enumerated.pvalue)
    assert mean_alarm([[1, 0], [0, 0]], [[0, 0], [0, 0]], [[1, 1], [0, 0]]) is None


@pytest.mark.parametrize("families", [298, 299])
def test_a_margin_of_one_percent_needs_299_families(families: int) -> None:
    """With nothing discordant the bound is the one-sided exact one of 0 in F families."""
    nothing = np.zeros((20, families))
    found = non_inferiority(nothing, nothing, nothing + 1, margin=0.01)

    assert found is not None
    assert found.upper == pytest.approx(proportion_confint(0, families, alpha=0.1, method="beta")[1])
    assert (found.shown, found.few, found.difference) == (families == 299, True, 0)


def test_a_regression_is_not_shown_to_be_within_the_margin() -> None:
    """3 % worse in every family of 300 alike is not within 1 %, and is within 10 %."""
    plus = np.tile(np.arange(300) % 33 == 0, (5, 1))
    bounds = [non_inferiority(plus, 0 * plus, 0 * plus + 1, margin=margin) for margin in (0.01, 0.1)]

    assert [found is not None and found.shown for found in bounds] == [False, True]
    assert non_inferiority([[0, 0], [0, 0]], [[0, 0], [0, 0]], [[1, 1], [0, 0]], margin=0.1) is None


def test_bad_input_is_refused() -> None:
    """Margins and risks are shares, shapes agree."""
    with pytest.raises(ValueError, match="margin is 1"):
        non_inferiority([0], [0], [1], margin=1)
    with pytest.raises(ValueError, match=r"alpha is 0\.5"):
        non_inferiority([0], [0], [1], margin=0.1, alpha=0.5)
    with pytest.raises(ValueError, match="shapes are"):
        alarms([[1, 0]], [[1]])
