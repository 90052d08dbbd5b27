"""What a terminal is told: as wide as it is, in colours if it has some; in a pipe all of it, plain."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from refusals.reports import Results


def show(results: Results) -> None:
    """Print the terminal's report."""
    from refusals.reports.terminal import render

    say(render(results, width=width(), colour=coloured()))


def say(text: str) -> None:
    """Print a text of ours that may have colours."""
    click.echo(text, nl=False, color=coloured())


def width() -> int:
    """Return how many columns a line has: what COLUMNS says, else the terminal's, else 120 where there is none."""
    from refusals.reports.terminal import WIDTH

    if not sys.stdout.isatty() and not os.environ.get("COLUMNS"):
        return WIDTH
    return max(20, shutil.get_terminal_size(fallback=(80, 24)).columns)


def coloured() -> bool:
    """Return whether to use colours: on a terminal, unless NO_COLOR or TERM=dumb; elsewhere only by FORCE_COLOR."""
    if os.environ.get("NO_COLOR"):
        return False
    forced = os.environ.get("FORCE_COLOR", "")
    if forced:
        return forced != "0"
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
