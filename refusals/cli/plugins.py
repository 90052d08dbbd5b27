"""`refusals plugins` lists what can be named in a study."""

from __future__ import annotations

import click


@click.command("plugins")
def command() -> None:
    """List systems, judges and reports with the file of each; what is yours stands there too.

    A module of your own is found through an entry point, for example in pyproject.toml:

    \b
    [project.entry-points."refusals.systems"]
    my_guard = "my_package.my_guard"
    """  # noqa: D301 - click reads the escape
    from refusals.plugins import FOLDERS, plugins

    for folder in FOLDERS:
        click.echo(folder)
        for name, found in plugins(folder).items():
            said = (found.load().__doc__ or "").strip().splitlines()[0]
            click.echo(f"  {name:18} {said}\n  {'':18} {found.file}")
