"""`refusals init` makes a team's own repository ready."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import click

PLACES = {"refusals.yaml": "refusals.yaml", "my_guard.py": "my_guard.py", "test_refusals.py": "tests/test_refusals.py"}


@click.command("init")
@click.argument("folder", default=".", type=click.Path(path_type=Path))
def command(folder: Path) -> None:
    """Write a commented study, an example guard and a test that gates on it into FOLDER.

    Nothing that exists is changed.
    """
    from refusals.errors import InputError

    for place in PLACES.values():
        if (folder / place).exists():
            raise InputError(f"{folder / place}: is there already; move it away or give another FOLDER")
    for source, place in PLACES.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(files("refusals").joinpath("scaffold", source).read_text("utf-8"), "utf-8")
        click.echo(f"wrote {path}")
    click.echo("Next: put your classifier into my_guard.py, then `refusals run refusals.yaml` or `pytest`.")
