"""Write docs/statistics.md: what each figure estimates, its interval with its source, and what simulations show.

    python benchmarks/statistics_page.py --write

Nobody edits the page; its tables are recorded by the scripts in benchmarks/statistics/, each with `--record`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.pages import ROOT, main
from refusals.statistics.clustered import FEW_FAMILIES
from refusals.statistics.differences import ALPHA, FLIPS
from refusals.statistics.intervals import clopper_pearson, needed_families

DOC = ROOT / "docs" / "statistics.md"
PROSE = ROOT / "benchmarks" / "statistics" / "method"
RECORDED = ROOT / "benchmarks" / "statistics"

SECTIONS = (
    "estimands",
    "intervals",
    "undecided",
    "enough",
    "contrasts",
    "comparison",
    "beyond",
    "multiplicity",
    "early-stopping",
    "power",
    "signal-detection",
    "history",
    "judges",
    "limits",
)
TABLES = {  # the section that a script's recorded tables close
    "intervals": "coverage",
    "contrasts": "contrasts",
    "comparison": "paired",
    "beyond": "beyond",
    "early-stopping": "suite_gate",
    "power": "power",
    "signal-detection": "detection",
}
LIMITS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.1)
FAMILIES = (42, 84, 168, 336)


def page() -> Iterator[str]:
    """Yield the page in pieces; a section about what is not recorded yet is left out."""
    yield (PROSE / "head.md").read_text("utf-8")
    for name in SECTIONS:
        text, recorded = PROSE / f"{name}.md", RECORDED / f"{TABLES.get(name, name)}.md"
        if not text.is_file() or (name in TABLES and not recorded.is_file()):
            continue
        yield text.read_text("utf-8").replace("{few}", str(FEW_FAMILIES)).replace("{flips}", f"{FLIPS:,}")
        if name == "enough":
            yield "\n".join(_enough()) + "\n"
        if name in TABLES:
            yield f"### Simulated: `benchmarks/statistics/{recorded.stem}.py`\n"
            yield recorded.read_text("utf-8")


def _enough() -> Iterator[str]:
    yield "| to show that a rate, or a difference, is at most | families, rate (95 %, two-sided) | families, margin |"
    yield "|---|---|---|"
    for limit in LIMITS:
        yield f"| {limit:.1%} | {needed_families(limit)} | {needed_families(limit, 1 - 2 * ALPHA)} |"
    yield ""
    yield "| families, none with an error | upper bound of the rate | such a run cannot show, whatever it finds |"
    yield "|---|---|---|"
    for families in FAMILIES:
        bound = clopper_pearson(0, families)[1]
        low = max(limit for limit in (0.0, *LIMITS) if limit < bound)
        yield f"| {families} | {bound:.1%} | any limit below {bound:.1%}, such as {low:.1%} |"


if __name__ == "__main__":
    main(DOC, __doc__, page)
