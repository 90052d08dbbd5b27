"""The HTML report is one file that asks nothing of the network: verdict first, then every figure with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from refusals.clean import clean
from refusals.reports._beside import beside
from refusals.reports._beyond import beyond_of
from refusals.reports._coverage import coverage, in_words
from refusals.reports._curves import curves_of, has_scores_only
from refusals.reports._decisions import decisions_of
from refusals.reports._detection import detection_of
from refusals.reports._families import (
    SHOWN,
    asked_families,
    families_of,
)
from refusals.reports._groups import groups_of
from refusals.reports._heatmap import heatmap_of
from refusals.reports._history import history_of
from refusals.reports._intervals import charts_of
from refusals.reports._models import answered_as, other_model
from refusals.reports._packs import packed_within
from refusals.reports._pages import page, worst_first
from refusals.reports._since import since
from refusals.reports._slices import figures_of
from refusals.reports._table import FURTHER, HEADLINE, NATIVE, systems_of, table_of, tallied
from refusals.reports._tiers import confusion_of
from refusals.reports._tradeoff import panels_of
from refusals.reports._verdict import call_of, verdict_of
from refusals.reports._worst import worst_of_system

if TYPE_CHECKING:
    from collections.abc import Sequence

    from refusals.reports import Results

FILE = "report.html"
STYLES = ("report.css", "heatmap.css", "charts.css", "explorer.css")
SCRIPTS = ("report.js", "unpack.js", "heatmap.js", "families.js", "cells.js", "elements.js", "case.js", "explorer.js")
MOST_DRAWN = 4_000_000  # characters of what the page draws when asked; more than that is left out


def render(results: Results, *, show_text: bool = False) -> str:
    """Return the page; prompts and replies are in it with `show_text` only."""
    from markupsafe import Markup

    from refusals.statistics.detection import detections

    listed = decisions_of(results, show_text=show_text, history=history_of(results))
    told_apart = detections(results.plan, results.outcomes, results.sides)
    systems = [
        {**_system(results, name, position), "detection": detection_of(told_apart, name)}
        for position, name in enumerate(systems_of(results), start=1)
    ]
    return page(
        "report.html.j2",
        STYLES,
        SCRIPTS,
        results=results,
        facts=results.manifest,
        texts=in_words(results),
        coverage=coverage(results),
        verdict=verdict_of(results),
        systems=systems,
        call=call_of(results.standing),
        since=since(results),
        panels=panels_of(system["table"] for system in systems),
        gates=worst_first(results.rulings, integrity=False),
        integrity=worst_first(results.rulings, integrity=True),
        listed=listed,
        packs={name: Markup(pack) for name, pack in listed.packs.items()},  # noqa: S704 - base64
        drawn=Markup(packed_within(_drawn(results, systems), MOST_DRAWN) or ""),  # noqa: S704 - base64
        show_text=show_text,
    )


def _system(results: Results, name: str, position: int) -> dict[str, Any]:
    cells = tallied(results, name)
    table, further = (table_of(results, name, columns, cells=cells) for columns in (HEADLINE, FURTHER))
    return {
        "id": f"system-{position}",
        "position": position,
        "name": name,
        "facts": next((facts for facts in results.manifest.systems if facts.name == name), None),
        "table": table,
        "further": further,
        "native": table_of(results, name, HEADLINE, NATIVE, cells),
        "charts": charts_of(results, table, further, position),
        "curves": curves_of(results, name, position),
        "has_scores_only": has_scores_only(results, name),
        "heatmap": heatmap_of(results, table, further),
        "confusion": confusion_of(results, name),
        "families": families_of(results, name),
        "asked": asked_families(results, name),
        "worst": worst_of_system(table),
        "beside": (*beside(results, name), *beyond_of(results, name)),
        "groups": groups_of(results, name),
        "answered_as": answered_as(results, name),
        "other_model": other_model(results, name),
    }


def _drawn(results: Results, systems: Sequence[dict[str, Any]]) -> dict[str, object]:
    """Return what the page draws when it is asked for: heat maps of parts of the cases, and the further families."""
    words: dict[str, int] = {}
    maps = figures_of(results, {system["name"]: system["heatmap"] for system in systems}, words)
    families = [
        [[clean(family.name), *family.marks, family.wrong, family.decided] for family in system["families"][SHOWN:]]
        for system in systems
    ]
    return {"maps": maps, "families": families, "words": [clean(word) for word in words]}
