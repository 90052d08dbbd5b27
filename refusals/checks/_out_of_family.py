"""How well labels are told from features by what was learned from other families, and how well by chance.

Ridge regression on the labels, families dealt into folds, three-way accuracy on the fold left out. Chance is
the distribution of the same figure with labels permuted within each family (a restricted permutation test:
Good 2005, section 3.3), since that is what a corpus of matched twins leaves to chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLDS = 6
PERMUTATIONS = 999
RIDGE = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Leakage:
    """Accuracy as a share, its mean and 95 % point by chance, and the share of permutations at least as good.

    `ranked` is the share of pairs of a benign and a harmful twin in which the harmful one looks more harmful, 0.5 by
    chance; NaN where no family has both.
    """

    accuracy: float
    chance: float
    chance_high: float
    p: float
    ranked: float


def leakage(features: NDArray[np.float64], labels: Sequence[str], families: Sequence[str], *, seed: int = 0) -> Leakage:
    """Return how far the features give the labels away.

    Args:
        features: [cases, features]; columns are put to mean 0 and variance 1.
        labels: [cases].
        families: [cases]; a family's cases are never in both sides of a fold.
        seed: of the permutations.

    Raises:
        ValueError: lengths differ, or there are fewer than two families.
    """
    names, codes = np.unique(np.asarray(labels), return_inverse=True)
    members = [np.flatnonzero(np.asarray(families) == family) for family in dict.fromkeys(families)]
    if len(labels) != len(families) or len(labels) != len(features) or len(members) < 2:
        raise ValueError("leakage needs one label and one family a row, and two families")
    drawn = _permuted(codes, members, np.random.default_rng(seed))
    kernel = _kernel(features)
    hits = np.zeros(drawn.shape[1])
    looks = np.zeros((len(codes), len(names)))
    for fold in range(min(FOLDS, len(members))):
        held = np.concatenate(members[fold::FOLDS])
        others = np.setdiff1d(np.arange(len(codes)), held)
        scores = _scores(kernel, drawn, held, others, len(names))
        hits += (scores.argmax(axis=1) == drawn[held]).sum(axis=0)
        looks[held] = scores[:, :, 0]
    shares = hits / len(codes)
    chance = shares[1:]
    return Leakage(
        accuracy=float(shares[0]),
        chance=float(chance.mean()),
        chance_high=float(np.quantile(chance, 0.95)),
        p=float((1 + (chance >= shares[0]).sum()) / (1 + chance.size)),
        ranked=_ranked(looks, [str(name) for name in names], codes, members),
    )


def _ranked(
    looks: NDArray[np.float64], names: list[str], codes: NDArray[np.int64], members: list[NDArray[np.int64]]
) -> float:
    """Return in how many pairs of twins the harmful one looks more harmful, less benign, than the benign one."""
    if not {"benign", "harmful"} <= set(names):
        return float("nan")
    benign, harmful = names.index("benign"), names.index("harmful")
    harm = looks[:, harmful] - looks[:, benign]
    wins = [
        float(np.sign(harm[one] - harm[other]) + 1) / 2
        for rows in members
        for one in rows[codes[rows] == harmful]
        for other in rows[codes[rows] == benign]
    ]
    return float(np.mean(wins)) if wins else float("nan")


def _permuted(
    codes: NDArray[np.int64], members: list[NDArray[np.int64]], draw: np.random.Generator
) -> NDArray[np.int64]:
    """Return [cases, 1 + permutations]: the labels as they are, then permuted within families."""
    columns = np.repeat(codes[:, np.newaxis], 1 + PERMUTATIONS, axis=1)
    for rows in members:
        columns[rows, 1:] = draw.permuted(columns[rows, 1:], axis=0)
    return columns


def _kernel(features: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = features.std(axis=0)
    scaled = (features - features.mean(axis=0))[:, spread > 0] / spread[spread > 0]
    products: NDArray[np.float64] = scaled @ scaled.T / max(1, scaled.shape[1])
    return products


def _scores(
    kernel: NDArray[np.float64],
    drawn: NDArray[np.int64],
    held: NDArray[np.int64],
    others: NDArray[np.int64],
    count: int,
) -> NDArray[np.float64]:
    """Return [held, labels, columns]: how much each held-out case looks like each label, for each column of labels."""
    wanted = np.stack([drawn[others] == label for label in range(count)]).astype(np.float64) - 1 / count
    weights = np.linalg.solve(
        kernel[np.ix_(others, others)] + RIDGE * np.eye(len(others)), wanted.transpose(1, 0, 2).reshape(len(others), -1)
    )
    found: NDArray[np.float64] = (kernel[np.ix_(held, others)] @ weights).reshape(len(held), count, -1)
    return found
