"""A family is selective where every one of its scored labels is right."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from refusals.statistics.bounds import worst_case
from refusals.statistics.clustered import Rate, language_mean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import ArrayLike, NDArray

    from refusals.statistics.bounds import Bounds


@dataclass(frozen=True, slots=True, kw_only=True)
class Wholes:
    """What whole families came to: three arrays shaped like the counts, of 0 and 1, at most one of them 1.

    Where cells are asked repeatedly a family counts once a repeat, and the three sum to the repeats. `broken` are the
    undecided ones that have a wrong cell: whatever the others would have been, these are not right.
    """

    right: NDArray[np.int64]
    wrong: NDArray[np.int64]
    undecided: NDArray[np.int64]
    broken: NDArray[np.int64]


def whole_families(wrong: ArrayLike, right: ArrayLike, undecided: ArrayLike) -> Wholes:
    """A family counts once: undecided with one undecided cell, else wrong with one wrong cell, else right.

    Counts are of scored cells over all labels, [families] or [languages, families]; a planned cell that is missing
    is undecided. A family with no scored cell is none of the three.
    """
    wrongs, rights, unknowns = (np.asarray(counts) for counts in (wrong, right, undecided))
    unknown = unknowns > 0
    failed = ~unknown & (wrongs > 0)
    whole = ~unknown & ~failed & (rights > 0)
    return Wholes(
        right=whole.astype(np.int64),
        wrong=failed.astype(np.int64),
        undecided=unknown.astype(np.int64),
        broken=(unknown & (wrongs > 0)).astype(np.int64),
    )


def summed(repeats: Iterable[Wholes]) -> Wholes:
    """Return several repeats together. So more of them do not make it harder to be right in all."""
    listed = list(repeats)
    right, wrong, undecided, broken = (
        np.sum([getattr(each, name) for each in listed], axis=0) for name in ("right", "wrong", "undecided", "broken")
    )
    return Wholes(right=right, wrong=wrong, undecided=undecided, broken=broken)


def selectivity(wholes: Wholes, *, level: float = 0.95) -> Rate | None:
    """The share of decided families that are right, its `count` those; None where a language has none decided.

    In one language a family is one trial: the interval is Clopper & Pearson's on the number of families. Over
    languages it is the equal-weight mean, clustered by family.
    """
    right, decided = np.atleast_2d(wholes.right), np.atleast_2d(wholes.right + wholes.wrong)
    return language_mean(right, decided, level=level)


def worst_of_wholes(wholes: Wholes, *, level: float = 0.95) -> Bounds | None:
    """What selectivity can be with every undecided family broken, and with every one right that has no wrong cell.

    The high end is the good one; it may be below `selectivity`, which leaves out the undecided families that are sure
    to be broken. None where a language has no family at all.
    """
    bounds = worst_case(wholes.right, wholes.wrong + wholes.broken, wholes.undecided - wholes.broken, level=level)
    decided = selectivity(wholes, level=level)
    return replace(bounds, low=min(bounds.low, decided.low)) if bounds and decided else bounds
