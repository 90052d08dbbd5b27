"""The rows that all reports share: a system's languages in the order of the plan, and their mean last."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from refusals.outcomes import Side, side
from refusals.statistics import ALL_LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from refusals.reports import LanguageFacts, Results
    from refusals.statistics import Estimate, Group

BENIGN: Group = (("label", "benign"),)
NATIVE: Group = (("native", "true"),)

# Fewer families than this that show the rarer outcome say nothing of how families differ (see statistics.clustered).
FEW = 20
NAMED = 6  # uncorrected figures that are named


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A measure as a reader sees it."""

    key: str
    title: str
    measure: str
    about: str
    group: Group = ()


HEADLINE = (
    Column(
        key="over",
        title="over-refusal",
        measure="over-refusal",
        about="refused among all that should be answered",
    ),
    Column(
        key="benign",
        title="of benign",
        measure="over-refusal",
        about="refused among the benign",
        group=BENIGN,
    ),
    Column(
        key="under",
        title="under-refusal",
        measure="under-refusal",
        about="answered among all that should be refused",
    ),
    Column(
        key="dual",
        title="dual-use refused",
        measure="dual-use-refusal",
        about="refused among dual-use, whatever is expected of it",
    ),
    Column(
        key="selective",
        title="selectivity",
        measure="selectivity",
        about="families with every label right",
    ),
)
FURTHER = (
    Column(
        key="review",
        title="review of harmful",
        measure="review-share",
        about="sent to review among the harmful, whichever side a review falls on",
    ),
    Column(key="youden", title="Youden's J", measure="youden-j", about="1 minus over- minus under-refusal"),
    Column(key="auroc", title="AUROC", measure="auroc", about="of scores: harmful above benign"),
    Column(
        key="gap-over",
        title="over-refusal gap",
        measure="gap-over-refusal",
        about="paired difference to the source language",
    ),
    Column(
        key="gap-under",
        title="under-refusal gap",
        measure="gap-under-refusal",
        about="paired difference to the source language",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tallied:
    """How many cells a system was to answer in a language, and what is beside the rates.

    `left_out` are those that its taxonomy does not cover, in no rate. `other_language` counts the
    replies in another language than the prompt among the `known_language`.
    """

    planned: int = 0
    undecided: int = 0
    left_out: int = 0
    truncated: int = 0
    known_language: int = 0
    other_language: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One language of one system, or (`language` None) the equal-weight mean of them all."""

    language: LanguageFacts | None
    figures: Mapping[str, Estimate | None]
    cells: Tallied

    @property
    def tag(self) -> str:
        """The language's tag; `mean` for all languages."""
        return self.language.tag if self.language else "mean"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """All rows of one system, and the columns that any of them fills."""

    system: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @property
    def wide(self) -> tuple[int, int]:
        """How many shown rates are known to rest on few families, and how many there are."""
        shown = [e for row in self.rows for e in row.figures.values() if e is not None and e.count is not None]
        return sum(rests_on_few(e) for e in shown), len(shown)


def systems_of(results: Results) -> tuple[str, ...]:
    """Return the systems in the order of the manifest, then any that only the plan has."""
    named = [facts.name for facts in results.manifest.systems]
    return tuple(dict.fromkeys([*named, *sorted({trial.system for trial in results.plan.trials})]))


def languages_of(results: Results) -> tuple[LanguageFacts, ...]:
    """Return the languages of the plan, in its order."""
    known = {facts.tag: facts for facts in results.manifest.languages}
    return tuple(known.get(tag) or _unnamed(tag) for tag in results.plan.languages)


def table_of(
    results: Results,
    system: str,
    columns: tuple[Column, ...] = HEADLINE,
    extra: Group = (),
    cells: Mapping[str, Tallied] | None = None,
) -> Table:
    """Return a system's rows; a column that no language fills is left out.

    `extra` narrows every figure, and languages without one are left out then. `cells` are what `tallied` counts,
    where that is known.
    """
    found: dict[tuple[str, str, Group], Estimate] = {
        (each.measure, each.language, each.group): each for each in results.estimates if each.system == system
    }
    cells = tallied(results, system) if cells is None else cells
    listed = [*languages_of(results), None]
    rows = []
    for facts in listed:
        tag = facts.tag if facts else ALL_LANGUAGES
        figures = {column.key: found.get((column.measure, tag, column.group + extra)) for column in columns}
        rows.append(Row(language=facts, figures=figures, cells=cells.get(tag, Tallied())))
    if extra:
        rows = [row for row in rows if any(row.figures.values())]
    filled = tuple(column for column in columns if any(row.figures[column.key] for row in rows))
    return Table(system=system, columns=filled, rows=tuple(rows))


def rests_on_few(estimate: Estimate) -> bool:
    """Return whether fewer than 20 families are sure to show the rarer outcome, so that the interval over-covers.

    Cells are what is counted here; more of them than families may err, so that this is said of too few, never
    of too many.
    """
    rarer = min(estimate.count or 0, estimate.n - (estimate.count or 0))
    return min(rarer, estimate.families) < FEW


def over_coverage(tables: Iterable[Table]) -> str:
    """Return the sentence that says how many shown intervals are wider than they need be; empty for none."""
    counted = [table.wide for table in tables]
    wide, shown = sum(wide for wide, _ in counted), sum(shown for _, shown in counted)
    if not wide:
        return ""
    some = f"All {shown}" if wide == shown else f"{wide} of these {shown}"
    return (
        f"{some} intervals cover more than 95 %: fewer than 20 families show the rarer outcome, so that a family "
        "counts as one case."
    )


def corrections(tables: Iterable[Table]) -> str:
    """Return what to say of the judge's error where people have read replies; empty where nobody has."""
    shown: dict[str, list[str]] = {"corrected": [], "uncorrected": []}
    for table in tables:
        for row in table.rows:
            for column in table.columns:
                found = row.figures[column.key]
                if found is not None and found.correction:
                    shown[found.correction].append(f"{column.title} in {row.tag} ({table.system})")
    said = []
    if shown["corrected"]:
        said.append(
            f"{len(shown['corrected'])} figures are corrected for the judge's error by replies that people read."
        )
    if shown["uncorrected"]:
        named = ", ".join(shown["uncorrected"][:NAMED])
        more = len(shown["uncorrected"]) - NAMED
        listed = f"{named} and {more} more" if more > 0 else named
        said.append(
            f"UNCORRECTED, since too few replies were read: {listed}; the worst case is what the judge may hide."
        )
    return " ".join(said)


def tallied(results: Results, system: str) -> dict[str, Tallied]:
    """Count the cells of a system by language, and under "*" those of all languages."""
    counts: dict[str, Counter[str]] = {}
    for trial in results.plan.trials:
        if trial.system != system:
            continue
        outcome = results.outcomes.get(trial.id)
        found = Side.UNDECIDED if outcome is None else side(outcome.ending, results.sides)
        facts = {"left_out" if found is Side.LEFT_OUT else "planned"}
        if found is Side.UNDECIDED:
            facts.add("undecided")
        if outcome is not None and outcome.truncated:
            facts.add("truncated")
        if outcome is not None and outcome.reply_language:
            facts.add("known_language")
            facts |= {"other_language"} if outcome.reply_language != trial.language else set()
        for tag in (trial.language, ALL_LANGUAGES):
            counts.setdefault(tag, Counter()).update(facts)
    return {tag: Tallied(**count) for tag, count in counts.items()}


def _unnamed(tag: str) -> LanguageFacts:
    from refusals.reports import LanguageFacts

    return LanguageFacts(tag=tag, name="", direction="ltr", script="", tier="")
