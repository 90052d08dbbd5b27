"""What a gate on so many families can show; prints a Markdown table.

    python benchmarks/corpus/power.py

A gate of 5 % passes where the upper end of the 95 % interval (Clopper & Pearson 1934, on families) is within it.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from refusals.corpus import load_corpus
from refusals.statistics.intervals import clopper_pearson

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 0.05
TRUTHS = (0.01, 0.02, 0.03)


def most_errors(families: int, limit: float = LIMIT) -> int:
    """Return how many families may err so that the gate passes; -1 if none may and it fails all the same."""
    errors = -1
    while errors < families and clopper_pearson(errors + 1, families)[1] <= limit:
        errors += 1
    return errors


def power(families: int, truth: float, limit: float = LIMIT) -> float:
    """Return the probability that the gate passes where families err independently at the rate `truth`."""
    from scipy.special import bdtr

    errors = most_errors(families, limit)
    return float(bdtr(errors, families, truth)) if errors >= 0 else 0.0


def table(sizes: tuple[tuple[str, int], ...]) -> list[str]:
    """Return the rows: what is looked at, families, bound without an error, errors that pass, power at each truth."""
    head = [
        "slice",
        "families",
        "bound without an error",
        "errors that pass 5 %",
        *(f"passes at a true {t:.0%}" for t in TRUTHS),
    ]
    rows = [f"| {' | '.join(head)} |", f"|---|{' ---: |' * (len(head) - 1)}"]
    for name, families in sizes:
        errors = most_errors(families)
        cells = [
            name,
            str(families),
            f"{clopper_pearson(0, families)[1]:.1%}",
            str(errors) if errors >= 0 else "none can",
        ]
        rows.append(f"| {' | '.join([*cells, *(f'{power(families, truth):.0%}' for truth in TRUTHS)])} |")
    return rows


def main() -> None:
    """Print the table for the corpus as it stands."""
    corpus = load_corpus(ROOT)
    asked = [family for family in corpus.families if not family.language and family.kind == "request"]
    domain = max(sum(family.domain == each.id for family in asked) for each in corpus.domains)
    print("\n".join(table((("all requests", len(asked)), ("half of them", len(asked) // 2), ("one domain", domain)))))


if __name__ == "__main__":
    main()
