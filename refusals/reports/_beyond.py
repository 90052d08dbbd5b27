"""What the rates would be in languages like those tested, for whoever speaks of more than these."""

from __future__ import annotations

from typing import TYPE_CHECKING

from refusals.reports._beside import Beside
from refusals.reports._numbers import SPACE, interval, percent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from refusals.reports import Results

FEWEST = 5  # languages: with fewer the interval is nearly everything


def beyond_of(results: Results, system: str) -> Iterator[Beside]:
    """Yield the rates with intervals clustered by family and by language, where there are enough languages."""
    from refusals.statistics.beyond import beyond
    from refusals.statistics.measuring import languages_in
    from refusals.statistics.tally import cells_of, over_refused, tally, under_refused

    trials = (trial for trial in results.plan.trials if trial.system == system and not trial.native)
    cells = cells_of(trials, results.outcomes, results.sides)
    languages = languages_in(cells, results.plan)
    families = {family: column for column, family in enumerate(sorted({cell.trial.family for cell in cells}))}
    rows = []
    for title, wrong in (("over-refusal", over_refused), ("under-refusal", under_refused)):
        counts = tally(cells, wrong, languages, families)
        found = beyond(counts.wrong, counts.decided) if len(languages) >= FEWEST else None
        if found is not None:
            shown = f"{percent(found.rate)}{SPACE}%", interval(found.low, found.high)
            rows.append((title, *shown, f"{found.languages}", f"{found.families}"))
    if rows:
        yield Beside(
            title="Beyond the tested languages",
            sentence="Every other interval is about the languages of this run. These take them for a sample of "
            "languages like them, and so are wider; a language unlike all of them is in none.",
            head=("measure", "mean", "95 % interval", "languages", "families"),
            rows=tuple(rows),
        )
