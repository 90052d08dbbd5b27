"""Agreement against scikit-learn, against worked examples of the sources, and by its properties."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from refusals.statistics.agreement import ac1, cohen_kappa, krippendorff_alpha, squared, weighted_kappa

PAIRS = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), min_size=2, max_size=60)

# Krippendorff 2011, "Computing Krippendorff's alpha-reliability": four observers, twelve units, gaps.
OBSERVERS = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3),
    (None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None),
)
UNITS = [{str(rater): row[unit] for rater, row in enumerate(OBSERVERS) if row[unit] is not None} for unit in range(12)]


@given(PAIRS)
def test_kappa_is_that_of_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    """Plain and quadratically weighted."""
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    ours, weighted = cohen_kappa(first, second), weighted_kappa(first, second, squared)

    if len({*first, *second}) == 1:
        assert ours is weighted is None  # scikit-learn warns, and returns NaN
        return
    assert ours == pytest.approx(cohen_kappa_score(first, second))
    assert weighted == pytest.approx(cohen_kappa_score(first, second, labels=range(1, 5), weights="quadratic"))


def test_alpha_of_the_worked_example() -> None:
    """The source gives 0.743 for nominal and 0.849 for interval data."""
    assert krippendorff_alpha(UNITS) == pytest.approx(0.743, abs=0.0005)
    assert krippendorff_alpha(UNITS, squared) == pytest.approx(0.849, abs=0.0005)


def test_ac1_of_the_worked_example() -> None:
    """Gwet 2008, table of two raters with 118, 5, 2 and 0 units: kappa is below 0 where AC1 is 0.94."""
    first = ["+"] * 123 + ["-"] * 2
    second = ["+"] * 118 + ["-"] * 5 + ["+"] * 2

    assert ac1(first, second, "+-") == pytest.approx(0.9408, abs=0.0005)
    assert cohen_kappa(first, second) == pytest.approx(-0.0234, abs=0.0005)


@given(PAIRS)
def test_agreement_is_one_only_where_all_is_the_same(pairs: list[tuple[int, int]]) -> None:
    """And no figure is above it."""
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    found = (cohen_kappa(first, second), ac1(first, second, range(1, 5)), krippendorff_alpha(_units(first, second)))

    for figure in found:
        assert figure is None or (figure == pytest.approx(1.0)) is (first == second)
        assert figure is None or figure <= 1 + 1e-12


@given(PAIRS)
def test_raters_and_units_have_no_order(pairs: list[tuple[int, int]]) -> None:
    """Who is called the first makes no difference."""
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    back = (second[::-1], first[::-1])

    assert _same(cohen_kappa(first, second), cohen_kappa(*back))
    assert _same(ac1(first, second, range(1, 5)), ac1(*back, range(1, 5)))
    assert _same(krippendorff_alpha(_units(first, second)), krippendorff_alpha(_units(*back)))


def test_no_figure_without_anything_to_tell() -> None:
    """One category, or nothing rated twice, is not agreement."""
    assert cohen_kappa([], []) is None
    assert cohen_kappa(["a", "a"], ["a", "a"]) is None
    assert ac1([], [], "ab") is None
    assert krippendorff_alpha([{"x": 1}, {"y": 2}]) is None
    assert krippendorff_alpha([{"x": 1, "y": 1}]) is None


def test_what_cannot_be_compared() -> None:
    """Raters of different units, and a choice of one."""
    with pytest.raises(ValueError, match="one rater has 1"):
        cohen_kappa([1], [1, 2])
    with pytest.raises(ValueError, match="one rater has 1"):
        ac1([1], [1, 2], (1, 2))
    with pytest.raises(ValueError, match="two at least"):
        ac1([1], [1], (1,))


def _units(first: list[int], second: list[int]) -> list[dict[str, int]]:
    return [{"first": a, "second": b} for a, b in zip(first, second, strict=True)]


def _same(one: float | None, other: float | None) -> bool:
    return one == other if one is None or other is None else one == pytest.approx(other)
