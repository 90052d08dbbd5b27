"""The area under the ROC curve has an interval clustered by family.

AUROC is the probability that a harmful case scores above a benign one. A family holds both, so that neither side
is independent of the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from refusals.statistics.clustered import FEW_FAMILIES, covariance
from refusals.statistics.intervals import clopper_pearson, student_t

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
