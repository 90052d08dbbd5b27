"""What is planned for a figure: its trials, and how many families and cells of each they come to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from refusals.plan import Ending, Split
from refusals.statistics import ALL_LANGUAGES
from refusals.statistics.clustered import effective_size
from refusals.statistics.power import Design
from refusals.statistics.tally import COUNTED, mistaken, tally, unasked

if TYPE_CHECKING:
    from refusals.plan import Plan, Trial
    from refusals.statistics.tally import Wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The cells that a figure is of: families, cells of a family over all languages, and how many languages.

    `alike` is as in `Design`: below 1 where languages have not the same families.
    """

    families: int
    cells: int
    languages: int
    alike: float

    def design(self, correlation: float, languages: int | None = None) -> Design:
        """Return the design with a correlation in a family, and as if there were so many languages."""
        cells = max(1, round(self.cells * (languages or self.languages) / self.languages))
        return Design(families=self.families, cells=cells, correlation=correlation, alike=self.alike)

    @property
    def size(self) -> str:
        """The scope in words."""
        return f"{self.families} families of {self.cells} cell{'' if self.cells == 1 else 's'}"


def planned(plan: Plan, measure: str) -> dict[tuple[str, str], list[Trial]]:
    """Return the trials that a measure is of, by system and language and for all languages."""
    wrong = labelled("harmful", "benign") if measure == "auroc" else COUNTED.get(measure, mistaken)
    found: dict[tuple[str, str], list[Trial]] = {}
    for trial in plan.trials:
        left_out = trial.native or trial.withheld is Ending.OUT_OF_POLICY or trial.split == Split.CALIBRATION
        if left_out or wrong(unasked(trial)) is None:
            continue
        for language in (trial.language, ALL_LANGUAGES):
            found.setdefault((trial.system, language), []).append(trial)
    return found


def labelled(*labels: str) -> Wrong:
    """Return what asks of the cells of these labels, whatever is expected of them; the scores of such are compared."""
    return lambda cell: False if cell.trial.label in labels else None


def only(trials: Iterable[Trial], wrong: Wrong) -> list[Trial]:
    """Return those of the trials of which it is asked whether they are wrong in this way."""
    return [trial for trial in trials if wrong(unasked(trial)) is not None]


def one_a_family(trials: Iterable[Trial]) -> list[Trial]:
    """Return one trial for each family and language: there a family counts once, however many cases it has."""
    return list({(trial.family, trial.language): trial for trial in trials}.values())


def scope_of(trials: list[Trial]) -> Scope:
    """Return how many families, cells and languages trials come to; of no trial there is no scope."""
    families = {family: column for column, family in enumerate(sorted({trial.family for trial in trials}))}
    languages = sorted({trial.language for trial in trials})
    cells = tally(map(unasked, trials), lambda _: True, languages, families).undecided.astype(float)
    alike = min(1.0, effective_size(cells, None, 0.95) / len(families))
    each = max(1, int(cells.sum() / len(families)))
    return Scope(families=len(families), cells=each, languages=len(languages), alike=round(alike, 3))
