"""The area under the curve: scikit-learn's value, DeLong's and Obuchowski's variance, a bound when perfect."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import roc_auc_score

from refusals.statistics.auroc import Scores, _sides, auroc, auroc_mean
from refusals.statistics.clustered import covariance
from refusals.statistics.intervals import clopper_pearson


@st.composite
def drawn_scores(draw: st.DrawFn) -> Scores:
    """Both labels, ties or none, families of any size."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    cells = draw(st.integers(2, 80))
    harmful = rng.random(cells) < 0.5
    harmful[:2] = True, False
    values = rng.standard_normal(cells) + draw(st.sampled_from([-8.0, 0.0, 1.0, 8.0])) * harmful
    families = rng.integers(0, draw(st.integers(1, 60)), cells)
    return Scores(values=np.round(values, draw(st.integers(0, 3))), harmful=harmful, families=families)


def twins(seed: int, families: int, shift: float, common: float = 1.0) -> Scores:
    """A harmful and a benign case in each family, with a score of the family in common."""
    rng = np.random.default_rng(seed)
    harmful = np.arange(2 * families) % 2 == 0
    values = rng.standard_normal(2 * families) + common * np.repeat(rng.standard_normal(families), 2) + shift * harmful
    return Scores(values=values, harmful=harmful, families=np.arange(2 * families) // 2)


def beats(above: float, below: float) -> float:
    """One comparison: 1, or a half for a tie."""
    return float(above > below) + 0.5 * float(above == below)


@given(scores=drawn_scores())
def test_the_area_is_that_of_scikit_learn(scores: Scores) -> None:
    """Ties count half, whatever the scores."""
    found = auroc(scores)

    assert found is not None
    assert found.value == pytest.approx(roc_auc_score(scores.harmful, scores.values), abs=1e-12)


@given(scores=drawn_scores())
def test_the_area_lies_in_its_interval(scores: Scores) -> None:
    """Within 0 and 1, and never without width."""
    found = auroc(scores)

    assert found is not None
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found.low < found.high


def test_the_variance_is_that_of_delong_without_clusters() -> None:
    """With a family for every case the variance is S10/m + S01/n (DeLong et al. 1988)."""
    rng = np.random.default_rng(3)
    above, below = np.round(rng.normal(1, 1, 37), 1), np.round(rng.normal(0, 1, 53), 1)
    scores = Scores(values=np.r_[above, below], harmful=np.arange(90) < 37, families=np.arange(90))
    sides = _sides([scores])
    assert sides is not None

    pairs = np.array([[beats(x, y) for y in below] for x in above])
    expected = pairs.mean(axis=1).var(ddof=1) / 37 + pairs.mean(axis=0).var(ddof=1) / 53
    z = sides[0].influence + sides[1].influence
    assert covariance(z, z) == pytest.approx(expected, rel=1e-9)


def test_the_variance_is_that_of_obuchowski_with_clusters() -> None:
    """With both labels in every family: S10/m + S01/n + 2 S11/(mn), components summed by family (1997)."""
    rng = np.random.default_rng(4)
    families = np.r_[np.arange(30), np.arange(30), rng.integers(0, 30, 40)]
    harmful = np.r_[np.ones(30, bool), np.zeros(30, bool), rng.random(40) < 0.5]
    values = rng.normal(size=100) + rng.normal(size=30)[families] + harmful
    sides = _sides([Scores(values=values, harmful=harmful, families=families)])
    assert sides is not None

    above, below = values[harmful], values[~harmful]
    pairs = np.array([[beats(x, y) for y in below] for x in above])
    m, n, area = above.size, below.size, pairs.mean()
    x = np.array([(pairs.mean(axis=1) - area)[families[harmful] == family].sum() for family in range(30)])
    y = np.array([(pairs.mean(axis=0) - area)[families[~harmful] == family].sum() for family in range(30)])
    s10, s01, s11 = 30 / 29 * (x @ x) / m, 30 / 29 * (y @ y) / n, 30 / 29 * (x @ y)
    z = sides[0].influence + sides[1].influence
    assert covariance(z, z) == pytest.approx(s10 / m + s01 / n + 2 * s11 / (m * n), rel=1e-9)


def test_degrees_of_freedom_are_those_of_the_families_that_hold_the_misordering() -> None:
    """A few families hold most of it: the interval is that of t with their number less one (Kish), not with all."""
    scores = twins(9, 60, 1.5)
    sides, found = _sides([scores]), auroc(scores)
    assert sides is not None
    assert found is not None
    assert not found.few

    held = [(side.cells - side.placements)[0] for side in sides]
    df = min(shares.sum() ** 2 / (shares @ shares) for shares in held) - 1
    z = sides[0].influence + sides[1].influence
    independent = found.value * (1 - found.value) / covariance(z, z) * 120 / 119
    size = independent * (stats.t.ppf(0.975, 119) / stats.t.ppf(0.975, df)) ** 2
    assert df < 30
    assert (found.low, found.high) == pytest.approx(clopper_pearson(found.value * size, size), abs=1e-9)


def test_perfect_separation_is_not_certain() -> None:
    """42 families in perfect order make 21 pairs of different families: at least 0.839, never [1, 1]."""
    found = auroc(twins(0, 42, 50.0))

    assert found is not None
    assert (found.value, found.high, found.few) == (1, 1, True)
    assert found.low == pytest.approx(0.025 ** (1 / 21))


@given(scores=drawn_scores())
def test_turning_scores_round_mirrors_the_area(scores: Scores) -> None:
    """A classifier that scores the wrong way has one minus the area."""
    found = auroc(scores)
    turned = auroc(Scores(values=-np.asarray(scores.values), harmful=scores.harmful, families=scores.families))

    assert found is not None
    assert turned is not None
    assert (turned.value, turned.low, turned.high) == pytest.approx((1 - found.value, 1 - found.high, 1 - found.low))


@given(scores=drawn_scores(), seed=st.integers(0, 2**32 - 1))
def test_only_the_order_of_scores_matters(scores: Scores, seed: int) -> None:
    """Any rising scale, any order of cells and any names of families give the same figure."""
    order = np.random.default_rng(seed).permutation(np.size(scores.values))
    names = np.char.add("family-", np.asarray(scores.families).astype(str))
    values, harmful = np.exp(np.asarray(scores.values) / 4), np.asarray(scores.harmful)

    found, other = auroc(scores), auroc(Scores(values=values[order], harmful=harmful[order], families=names[order]))
    assert found is not None
    assert other is not None
    assert (other.value, other.low, other.high, other.n, other.families) == pytest.approx(
        (found.value, found.low, found.high, found.n, found.families)
    )


def test_translations_are_not_more_families() -> None:
    """The same scores in ten languages are the area of one, and no surer."""
    one = twins(1, 80, 1.0, common=0.0)
    alone, tenfold = auroc(one), auroc_mean([one] * 10)

    assert alone is not None
    assert tenfold is not None
    assert tenfold.value == pytest.approx(alone.value)
    assert tenfold.high - tenfold.low >= alone.high - alone.low


def test_the_mean_weighs_languages_alike_and_compares_within_them() -> None:
    """A shift of all scores of a language changes nothing, and a small language counts as much as a large one."""
    large, small = twins(1, 80, 1.0), twins(2, 25, 1.0)
    shifted = Scores(values=np.asarray(small.values) + 99, harmful=small.harmful, families=small.families)
    found, alone = auroc_mean([large, shifted]), [auroc(large), auroc(small)]

    assert found is not None
    assert found.value == pytest.approx(sum(area.value for area in alone if area is not None) / 2)


@pytest.mark.parametrize("harmful", [[], [True, True], [False, False]])
def test_without_both_labels_there_is_no_area(harmful: list[bool]) -> None:
    """None where a class is empty, also in one language of several."""
    scores = Scores(values=np.zeros(len(harmful)), harmful=harmful, families=np.arange(len(harmful)))

    assert auroc(scores) is None
    assert auroc_mean([twins(0, 30, 1.0), scores]) is None
    assert auroc_mean([]) is None


def test_infinite_scores_have_a_rank() -> None:
    """Minus and plus infinity are the lowest and the highest score: how undecided cells are bounded."""
    found = auroc(Scores(values=[np.inf, -np.inf], harmful=[True, False], families=[0, 0]))

    assert found is not None
    assert found.value == 1


@pytest.mark.parametrize(
    ("values", "says"), [([0.1, float("nan")], "NaN"), ([0.1], "shapes are"), ([[0.1, 0.2]], "shapes are")]
)
def test_what_is_no_score_is_refused(values: list[float], says: str) -> None:
    """A score that cannot be read is undecided; it is never ranked."""
    with pytest.raises(ValueError, match=says):
        auroc(Scores(values=values, harmful=[True, False], families=[0, 1]))
