"""How far raters agree beyond chance: two of them, or many with gaps.

A rating is any hashable value; ratings of two raters stand in the same order of units. Where agreement cannot be
told from chance (one category only, no unit rated twice) the figure is None, never 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import product
from typing import TypeVar

Rating = TypeVar("Rating", bound=Hashable)

Distance = Callable[[Rating, Rating], float]


def cohen_kappa(first: Sequence[Rating], second: Sequence[Rating]) -> float | None:
    """Agreement of two raters over what their own margins would give: Cohen 1960 (Educ. Psychol. Meas. 20:37-46).

    Raises:
        ValueError: if the raters have not rated the same number of units.
    """
    return weighted_kappa(first, second, _nominal)


def weighted_kappa(first: Sequence[Rating], second: Sequence[Rating], distance: Distance[Rating]) -> float | None:
    """Kappa with partial credit: 1 - observed over expected distance (Cohen 1968, Psychol. Bull. 70:213-220).

    `distance` is 0 for the same rating; with `squared` it is the quadratically weighted kappa of ordered scores.

    Raises:
        ValueError: if the raters have not rated the same number of units.
    """
    units = len(first)
    if units != len(second):
        raise ValueError(f"one rater has {units} ratings, the other {len(second)}")
    if not units:
        return None
    observed = sum(map(distance, first, second)) / units
    ones, others = Counter(first), Counter(second)
    expected = sum(ones[a] * others[b] * distance(a, b) for a, b in product(ones, others)) / units**2
    return 1 - observed / expected if expected else None


def ac1(first: Sequence[Rating], second: Sequence[Rating], categories: Iterable[Rating]) -> float | None:
    """Agreement that stays readable where one category is rare: Gwet 2008 (Br. J. Math. Stat. Psychol. 61:29-48).

    Chance is the mean of the categories' p(1 - p) / (q - 1), p the share of a category among both raters' ratings and
    q how many categories there are to choose from, used or not.

    Raises:
        ValueError: if the raters have not rated the same number of units, or there are fewer than two categories.
    """
    units, known = len(first), frozenset(categories)
    if units != len(second):
        raise ValueError(f"one rater has {units} ratings, the other {len(second)}")
    if len(known) < 2:
        raise ValueError(f"{len(known)} categories: agreement needs two at least to choose from")
    if not units:
        return None
    observed = sum(a == b for a, b in zip(first, second, strict=True)) / units
    shares = Counter((*first, *second))
    chance = sum(share / (2 * units) * (1 - share / (2 * units)) for share in shares.values()) / (len(known) - 1)
    return (observed - chance) / (1 - chance)


def krippendorff_alpha(units: Iterable[Mapping[str, Rating]], distance: Distance[Rating] | None = None) -> float | None:
    """Agreement of any number of raters, some of whom left units out: Krippendorff 2011, 2019 (chapter 12).

    Args:
        units: of each unit the ratings by rater; a unit with fewer than two tells nothing and is left out.
        distance: squared in the sense of the source: 0 for the same rating, symmetric; nominal by default.

    It is 1 - observed over expected disagreement, both from the coincidences of ratings within units; None where all
    ratings are the same.
    """
    far = distance or _nominal
    paired = [Counter(unit.values()) for unit in units if len(unit) > 1]
    margins: Counter[Rating] = Counter()
    observed = 0.0
    for unit in paired:
        size = sum(unit.values())
        margins.update(unit)
        observed += sum(unit[a] * unit[b] * far(a, b) for a, b in product(unit, unit)) / (size - 1)
    total = sum(margins.values())
    expected = sum(margins[a] * margins[b] * far(a, b) for a, b in product(margins, margins))
    return 1 - (total - 1) * observed / expected if expected else None


def squared(a: float, b: float) -> float:
    """The distance of ordered scores."""
    return float((a - b) ** 2)


def _nominal(a: Hashable, b: Hashable) -> float:
    return float(a != b)
