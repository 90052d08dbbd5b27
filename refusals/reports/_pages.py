"""A page of HTML is one file: its templates, styles and scripts stand in `page/`, and its policy allows those alone."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING

from refusals.clean import clean
from refusals.gates import INTEGRITY, Standing
from refusals.reports import _numbers as numbers
from refusals.reports._families import ACROSS, DOWN, LABELS, LEFT, SHAPES, SHOWN, TOP, width_of
from refusals.reports._heatmap import LEGEND, step_of
from refusals.reports._since import anchor_of, shown
from refusals.reports._table import corrections, over_coverage
from refusals.reports._verdict import SYMBOLS, subject
from refusals.reports.comparison._flips import SYMBOLS as FLIPS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jinja2 import Environment

    from refusals.gates import Ruling


def page(template: str, styles: Sequence[str], scripts: Sequence[str], **facts: object) -> str:
    """Return the page that a template makes of the facts, with these styles and scripts in it and no others allowed."""
    from markupsafe import Markup

    pages = _pages()
    style, script = ([_source(pages, name) for name in names] for names in (styles, scripts))
    written = pages.get_template(template).render(
        **facts,
        styles=[Markup(source) for source in style],  # noqa: S704 - our own files
        scripts=[Markup(source) for source in script],  # noqa: S704 - our own files
        policy=_policy(style, script),
    )
    return f"{written.rstrip()}\n"


def worst_first(rulings: Iterable[Ruling], *, integrity: bool) -> list[Ruling]:
    """Return the rulings on the integrity of a run, or those on its gates, the worst first."""
    chosen = [ruling for ruling in rulings if (ruling.gate == INTEGRITY) is integrity]
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
        absent=numbers.absent,
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
    pages.filters["grouped"] = "{:,}".format  # thousands apart, as in every report
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
