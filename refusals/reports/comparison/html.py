"""The HTML comparison is one file that asks nothing of the network, drawn as `report.html` is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from refusals.clean import clean
from refusals.reports._pages import page, worst_first
from refusals.reports.comparison import _figures as figures
from refusals.reports.comparison._flips import SYMBOLS, changed_cells, shown
from refusals.reports.comparison._forest import forest_of
from refusals.reports.comparison._sentences import READING, caveats, notes, verdict_on
from refusals.reports.comparison._tables import alarmed, blocks_of, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from refusals.reports import Manifest
    from refusals.reports.comparison import Compared
    from refusals.statistics.comparison import Difference, Flip
    from refusals.statistics.pairing import Pairing

FILE = "compare.html"
STYLES = ("report.css", "charts.css", "compare.css")
SCRIPTS = ("compare.js",)
MOST = 50_000  # a page with more rows than this opens slowly; compare-flips.csv has the rest


def render(compared: Compared) -> str:
    """Return the page; cases are in it by their ids alone."""
    from markupsafe import Markup

    changed = changed_cells(compared, MOST)
    verdict = verdict_on(compared)
    first, _, rest = verdict.sentence.removeprefix(f"{verdict.word}: ").partition("; ")
    return page(
        "compare.html.j2",
        STYLES,
        SCRIPTS,
        compared=compared,
        verdict=verdict,
        first=first,
        rest=rest,
        caveats=caveats(compared),
        notes=notes(compared),
        reading=READING,
        pairs=[
            _pair(compared, pairing, number) for number, pairing in enumerate(compared.comparison.pairings, start=1)
        ],
        gates=worst_first(compared.rulings, integrity=False),
        integrity=worst_first(compared.rulings, integrity=True),
        facts=list(_facts(compared.baseline, compared.candidate)),
        languages={facts.tag: facts for facts in (*compared.baseline.languages, *compared.candidate.languages)},
        changed=changed,
        rows=Markup(_in_script(_listed(compared, changed.cells))),  # noqa: S704 - what HTML reads is escaped in it
        alarmed=alarmed,
        filter_of=_filter,
        figures=figures,
    )


def _pair(compared: Compared, pairing: Pairing, number: int) -> dict[str, Any]:
    blocks = blocks_of(compared, pairing)
    totals = [block for block in blocks if not block.group]
    return {
        "id": f"pair-{number}",
        "name": name_of(pairing),
        "pairing": pairing,
        "totals": totals,
        "parts": [block for block in blocks if block.group],
        "forests": [forest_of(compared, block, f"forest-{number}-{at}") for at, block in enumerate(totals)],
    }


def _facts(before: Manifest, after: Manifest) -> Iterator[tuple[str, str, str, bool]]:
    """Yield what each run says of itself, and whether that is the same."""
    for name, was, now in (
        ("from", before.started, after.started),
        ("to", before.finished, after.finished),
        ("systems", _systems(before), _systems(after)),
        ("policy", before.policy, after.policy),
        ("judges", ", ".join(before.judges), ", ".join(after.judges)),
        ("corpus", before.corpus, after.corpus),
        ("plan", before.plan, after.plan),
        ("seed", str(before.seed), str(after.seed)),
        ("calls", f"{before.calls:,}", f"{after.calls:,}"),
        ("cost, USD", f"{before.cost:.4f}", f"{after.cost:.4f}"),
        ("refusals", before.version, after.version),
    ):
        yield name, was, now, was == now


def _systems(manifest: Manifest) -> str:
    return ", ".join(f"{each.name} ({':'.join(filter(None, (each.kind, each.target)))})" for each in manifest.systems)


def _listed(compared: Compared, cells: tuple[Flip, ...]) -> dict[str, object]:
    """The rows as `page/compare.js` reads them."""
    known = (*compared.baseline.languages, *compared.candidate.languages)
    return {
        "symbols": SYMBOLS,
        "languages": {facts.tag: [clean(facts.name), facts.direction, facts.script] for facts in known},
        "rows": [
            [
                each.change,
                clean(each.system),
                each.language,
                clean(shown(each)),
                each.label,
                clean(each.domain),
                each.before,
                each.after,
            ]
            for each in cells
        ],
    }


def _filter(each: Difference) -> str:
    """Return the part of a link that filters the list, whose rows hold cleaned names."""
    return urlencode({"language": clean(each.language), "system": clean(each.system)})


def _in_script(content: object) -> str:
    written = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        written = written.replace(character, f"\\u{ord(character):04x}")
    return written
