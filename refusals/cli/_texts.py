"""Whether reports hold what was asked and answered is asked for by name, and said where others read them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable

NO = ("", "0", "false", "no", "off")


def texts_on_request(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option `--show-text`, which it is called with as `show_text`."""
    return click.option("--show-text", is_flag=True, help="Write prompts and replies into the reports.")(command)


def in_ci() -> bool:
    """Return whether this is a job of continuous integration, whose artifacts and logs many can read."""
    return os.environ.get("CI", "").lower() not in NO


def say_texts(*, shown: bool) -> None:
    """Say under CI, on standard error, whether reports hold texts; elsewhere who asked is who reads."""
    if in_ci():
        click.echo(
            "Texts: prompts and replies are in the reports, since --show-text was given."
            if shown
            else "Texts: withheld under CI; the reports have ids, outcomes and digests. --show-text writes them.",
            err=True,
        )
