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
from refusals.reports._decisions import decisions_of
from refusals.reports._groups import groups_of
from refusals.reports._heatmap import heatmap_of
from refusals.reports._intervals import charts_of
from refusals.reports._models import answered_as, other_model
from refusals.reports._table import FURTHER, HEADLINE, NATIVE, corrections, over_coverage, systems_of, table_of
from refusals.reports._verdict import SYMBOLS, subject, verdict_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jinja2 import Environment

    from refusals.gates import Ruling
    from refusals.reports import Results

FILE = "report.html"
STYLES = ("report.css",)
SCRIPTS = ("report.js",)


def render(results: Results, *, show_text: bool = False) -> str:
    """Return the page; prompts and replies are in it with `show_text` only."""
    from markupsafe import Markup

    pages = _pages()
    styles, scripts = ([_source(pages, name) for name in names] for names in (STYLES, SCRIPTS))
    listed = decisions_of(results, show_text=show_text)
    written = pages.get_template("report.html.j2").render(
        results=results,
        facts=results.manifest,
        texts=in_words(results),
        coverage=coverage(results),
        verdict=verdict_of(results),
        systems=[_system(results, name, position) for position, name in enumerate(systems_of(results), start=1)],
        gates=_worst_first(results, integrity=False),
        integrity=_worst_first(results, integrity=True),
        listed=listed,
        rows=Markup(listed.content),  # noqa: S704 - every character that HTML reads is escaped in it
        show_text=show_text,
        styles=[Markup(style) for style in styles],  # noqa: S704 - our own files
        scripts=[Markup(script) for script in scripts],  # noqa: S704 - our own files
        policy=_policy(styles, scripts),
    )
    return f"{written.rstrip()}\n"


def _system(results: Results, name: str, position: int) -> dict[str, Any]:
    table = table_of(results, name)
    return {
        "id": f"system-{position}",
        "name": name,
        "facts": next((facts for facts in results.manifest.systems if facts.name == name), None),
        "table": table,
        "further": table_of(results, name, FURTHER),
        "native": table_of(results, name, HEADLINE, NATIVE),
        "charts": charts_of(results, table, position),
        "heatmap": heatmap_of(table, position),
        "beside": beside(results, name),
        "groups": groups_of(results, name),
        "answered_as": answered_as(results, name),
        "other_model": other_model(results, name),
    }


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
        NOT_RUN=numbers.NOT_RUN,
        SYMBOLS=SYMBOLS,
        dash=numbers.DASH,
        comma=Markup(", "),
        interval=numbers.interval,
        interval_of=numbers.interval_of,
        missing=numbers.missing,
        over_coverage=over_coverage,
        corrections=corrections,
        percent=numbers.percent,
        rate_of=numbers.rate_of,
        subject=subject,
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
