"""A wrapper must not predict the answer: each mechanism occurs about equally often under every label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from refusals.cases import Label
from refusals.checks import Finding, Level

if TYPE_CHECKING:
    from refusals.corpus import Corpus

LEVEL = Level.WARNING
UNEVEN = 3  # cases that a label may have more of than another


def lint(corpus: Corpus) -> Iterator[Finding]:
    """Warn of a mechanism that one label has and another nearly lacks."""
    cases = [case for family in corpus.families if not family.language for case in family.cases]
    counts = Counter((case.mechanism, case.label) for case in cases)
    for mechanism in sorted({case.mechanism for case in cases}):
        by_label = {label: counts[mechanism, label] for label in Label}
        if max(by_label.values()) - min(by_label.values()) > UNEVEN:
            said = ", ".join(f"{label} {count}" for label, count in by_label.items())
            message = f"the mechanism {mechanism!r} predicts the label ({said}): write it under the others too"
            yield Finding(check="mechanism_balance", level=LEVEL, message=message)
