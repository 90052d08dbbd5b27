"""Whether a language moves what a system can tell apart, or only how readily it refuses, as a table."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from refusals.languages import SOURCE_LANGUAGE
from refusals.reports._beside import Beside
from refusals.reports._numbers import DASH, decimal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from refusals.statistics.detection import Detection, Figure

TITLE = "Sensitivity and criterion"
PRIME = "d\N{PRIME}"


def detection_of(found: Iterable[Detection], system: str) -> Beside | None:
    """Return the table of a system; None where no language has decided cells of both kinds."""
    own = [each for each in found if each.system == system]
    if not own:
        return None
    return Beside(
        title=TITLE,
        sentence=f"{PRIME} is how well the system tells apart what it should refuse, more is better; the criterion is "
        f"how readily it refuses, below 0 readily. {_summed(own)}",
        head=("language", PRIME, "criterion", f"{PRIME} less the source's", "criterion less the source's", "in words"),
        rows=tuple(
            (
                each.language,
                _said(each.sensitivity),
                _said(each.criterion),
                _said(each.sensitivity_gap),
                _said(each.criterion_gap),
                each.sentence(each.language, SOURCE_LANGUAGE) or DASH,
            )
            for each in own
        ),
    )


def _summed(own: Sequence[Detection]) -> str:
    """Return how many languages move the one, and how many the other."""
    compared = [each for each in own if each.sensitivity_gap is not None and each.criterion_gap is not None]
    if not compared:
        return ""
    moved = [
        sum(gap is not None and gap.differs for gap in gaps)
        for gaps in zip(*((each.criterion_gap, each.sensitivity_gap) for each in compared), strict=True)
    ]
    return (
        f"Of {len(compared)} languages {moved[0]} move the criterion and {moved[1]} the sensitivity, against "
        f"{SOURCE_LANGUAGE}; 1 in 20 would by chance."
    )


def _said(figure: Figure | None) -> str:
    if figure is None:
        return DASH
    if not (isfinite(figure.low) and isfinite(figure.high)):
        return "one family: no interval"
    return f"{decimal(figure.value)} ({decimal(figure.low)} to {decimal(figure.high)})"
