"""A Hypothesis strategy for counts of cells in families, as a study could produce them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import strategies as st

if TYPE_CHECKING:
    from numpy.typing import NDArray


@st.composite
def drawn_counts(draw: st.DrawFn, pieces: int = 2, languages: int = 4) -> tuple[NDArray[np.int64], ...]:
    """`pieces` arrays [languages, families] that share out 0 to 4 cells a family; every language has a cell."""
    shape = (draw(st.integers(1, languages)), draw(st.integers(1, 60)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    left = rng.integers(1, draw(st.integers(1, 4)), size=shape, endpoint=True)
    left[rng.random(shape) < draw(st.sampled_from([0.0, 0.1, 0.5]))] = 0
    left[:, 0] = np.maximum(left[:, 0], 1)
    shared = []
    for _ in range(pieces - 1):
        rate = draw(st.sampled_from([0.0, 0.02, 0.2, 0.6, 1.0]))
        shared.append(rng.binomial(left, rate * rng.random(shape[1]) if rate < 1 else 1.0))
        left = left - shared[-1]
    return (*shared, left)
