"""The HTML report is one file that asks nothing of the network: verdict first, then every figure with its interval."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from refusals.clean import clean
from refusals.gates import INTEGRITY, Standing
from refusals.reports import _numbers as numbers
from refusals.reports._beside import beside
from refusals.reports._coverage import coverage, in_words
from refusals.reports._curves import curves_of, has_scores_only
from refusals.reports._decisions import decisions_of
from refusals.reports._detection import detection_of
from refusals.reports._families import (
    ACROSS,
    DOWN,
    LABELS,
    LEFT,
    SHAPES,
    SHOWN,
    TOP,
    asked_families,
    families_of,
    width_of,
)
from refusals.reports._groups import groups_of
from refusals.reports._heatmap import LEGEND, heatmap_of, step_of
from refusals.reports._history import history_of
from refusals.reports._intervals import charts_of
from refusals.reports._models import answered_as, other_model
from refusals.reports._packs import packed_within
from refusals.reports._since import anchor_of, shown, since
from refusals.reports._slices import figures_of
from refusals.reports._table import FURTHER, HEADLINE, NATIVE, corrections, over_coverage, systems_of, table_of, tallied
from refusals.reports._tiers import confusion_of
from refusals.reports._tradeoff import panels_of
from refusals.reports._verdict import SYMBOLS, call_of, subject, verdict_of
from refusals.reports._worst import worst_of_system
from refusals.reports.comparison._flips import SYMBOLS as FLIPS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jinja2 import Environment

    from refusals.gates import Ruling
    from refusals.reports import Results

FILE = "report.html"
STYLES = ("report.css", "heatmap.css", "charts.css", "explorer.css")
SCRIPTS = ("report.js", "heatmap.js", "families.js", "cells.js", "elements.js", "case.js", "explorer.js")
MOST_DRAWN = 4_000_000  # characters of what the page draws when asked; more than that is left out


def render(results: Results, *, show_text: bool = False) -> str:
    """Return the page; prompts and replies are in it with `show_text` only."""
    from markupsafe import Markup

    from refusals.statistics.detection import detections

    pages = _pages()
    styles, scripts = ([_source(pages, name) for name in names] for names in (STYLES, SCRIPTS))
    listed = decisions_of(results, show_text=show_text, history=history_of(results))
    told_apart = detections(results.plan, results.outcomes, results.sides)
    systems = [
        {**_system(results, name, position), "detection": detection_of(told_apart, name)}
        for position, name in enumerate(systems_of(results), start=1)
    ]
    written = pages.get_template("report.html.j2").render(
        results=results,
        facts=results.manifest,
        texts=in_words(results),
        coverage=coverage(results),
        verdict=verdict_of(results),
        systems=systems,
        call=call_of(results.standing),
        since=since(results),
        panels=panels_of(system["table"] for system in systems),
        gates=_worst_first(results, integrity=False),
        integrity=_worst_first(results, integrity=True),
        listed=listed,
        packs={name: Markup(pack) for name, pack in listed.packs.items()},  # noqa: S704 - base64
        drawn=Markup(packed_within(_drawn(results, systems), MOST_DRAWN) or ""),  # noqa: S704 - base64
        show_text=show_text,
        styles=[Markup(style) for style in styles],  # noqa: S704 - our own files
        scripts=[Markup(script) for script in scripts],  # noqa: S704 - our own files
        policy=_policy(styles, scripts),
    )
    return f"{written.rstrip()}\n"


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
        "beside": beside(results, name),
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


def _worst_first(results: Results, *, integrity: bool) -> list[Ruling]:
    chosen = [ruling for ruling in results.rulings if (ruling.gate == INTEGRITY) is integrity]
    return sorted(chosen, key=lambda ruling: -list(Standing).index(ruling.standing))


@cache
def _pages() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    pages = Environment(
        loader=PackageLoader("refusals.reports", "page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    pages.globals.update(
        FAMILIES_SHOWN=SHOWN,
        FAMILY=(LEFT, TOP, ACROSS, DOWN),
        LABELS=LABELS,
        LEGEND=LEGEND,
        NOT_RUN=numbers.NOT_RUN,
        SHAPES=SHAPES,
        SYMBOLS=SYMBOLS,
        dash=numbers.DASH,
        ends_of=numbers.ends_of,
        family_width=width_of,
        found_by=numbers.found_by,
        comma=Markup(", "),
        interval=numbers.interval,
        interval_of=numbers.interval_of,
        missing=numbers.missing,
        over_coverage=over_coverage,
        FLIPS=FLIPS,
        anchor_of=anchor_of,
        flip_shown=shown,
        corrections=corrections,
        percent=numbers.percent,
        rate_of=numbers.rate_of,
        step_of=step_of,
        subject=subject,
        value_of=numbers.value_of,
        worst_of=numbers.worst_of,
    )
    return pages


def _finalize(value: object) -> object:
    """Whatever a template writes is cleaned, unless it is markup of ours."""
    return clean(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def _source(pages: Environment, name: str) -> str:
    assert pages.loader is not None
    return pages.loader.get_source(pages, name)[0].replace("\r\n", "\n")


def _policy(styles: Iterable[str], scripts: Iterable[str]) -> str:
    """Only the styles and the scripts that stand in this page may be used, and nothing may be loaded."""
    allowed = (" ".join(f"'sha256-{_digest(source)}'" for source in sources) for sources in (styles, scripts))
    return "default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'".format(*allowed)


def _digest(source: str) -> str:
    return b64encode(sha256(source.encode()).digest()).decode()
