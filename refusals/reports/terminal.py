"""The terminal gets the verdict, why, and one line a language: what a person reads before opening the report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from refusals.clean import clean
from refusals.reports._beside import beside
from refusals.reports._coverage import in_words
from refusals.reports._grid import grid_of
from refusals.reports._lines import BOLD, COLOURS, DIM, styled, wrapped
from refusals.reports._models import other_model
from refusals.reports._since import since
from refusals.reports._table import Table, corrections, over_coverage, systems_of, table_of
from refusals.reports._verdict import Reason, Verdict, verdict_of

if TYPE_CHECKING:
    from refusals.gates import Standing
    from refusals.reports import Results

FILE = ""
WIDTH = 120
REASONS = 8

_LEGEND = (
    "Per cent with its 95 % interval and n (cells; families for selectivity), clustered by family; mean: each language "
    "with equal weight. over-refusal: refused of what should be answered; under-refusal: answered of what should be "
    "refused; undec.: undecided cells, which are in no rate."
)


def render(
    results: Results,
    *,
    show_text: bool = False,  # noqa: ARG001 - a terminal shows no texts
    width: int = WIDTH,
    colour: bool = False,
) -> str:
    """Return the report as plain lines of at most `width` columns; with `colour` the verdict has one."""
    page = _Page(width=width, colour=colour)
    tables = [table_of(results, system) for system in systems_of(results)]
    models = [clean(other_model(results, table.system)) for table in tables]
    said = [clean(each.sentence) for table in tables for each in beside(results, table.system)]
    closing = [_LEGEND, over_coverage(tables), corrections(tables), in_words(results), *said, *models]
    found = since(results)
    parts = [
        page.top(verdict_of(results), results.standing),
        *([wrapped(f"Since the baseline: {clean(found.sentence)}", width)] if found else []),
        *(f"{page.title(results, table)}\n{grid_of(table, width)}" for table in tables),
        "\n".join(styled(wrapped(text, width), DIM, colour=colour) for text in closing if text),
    ]
    return "\n\n".join(parts) + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    width: int
    colour: bool

    def top(self, verdict: Verdict, standing: Standing | None) -> str:
        code = f"{BOLD};{COLOURS[standing]}" if standing else BOLD
        first = wrapped(f"{verdict.symbol} {clean(verdict.sentence)}", self.width, "    ")
        lines = [styled(first, code, colour=self.colour)]
        lines += [wrapped(f"  {_reason(reason)}", self.width, "    ") for reason in verdict.reasons[:REASONS]]
        if len(verdict.reasons) > REASONS:
            lines.append(f"  and {len(verdict.reasons) - REASONS} more, in the report")
        return "\n".join(lines)

    def title(self, results: Results, table: Table) -> str:
        facts = next((facts for facts in results.manifest.systems if facts.name == table.system), None)
        cells = table.rows[-1].cells
        said = [clean(table.system)]
        if facts is not None and facts.target:
            said.append(clean(f"{facts.kind}:{facts.target}"))
        said.append(f"{cells.planned:,} cells")
        if cells.left_out:
            said.append(f"{cells.left_out:,} left out: not in its taxonomy")
        return styled(wrapped(" · ".join(said), self.width), BOLD, colour=self.colour)


def _reason(reason: Reason) -> str:
    where = ", ".join(f"{tag} {figure}".rstrip() for tag, figure in reason.named) + reason.more
    worst = f"{reason.worst.where}: {reason.worst.reason}" if len(reason.languages) > 1 else reason.worst.reason
    return clean(f"{reason.standing}: {reason.system}, {reason.subject}, in {where}; {worst}")
