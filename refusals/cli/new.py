"""`refusals new` scaffolds what experts write."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import click


@click.group("new")
def command() -> None:
    """Scaffold a file of the corpus."""


@command.command("family")
@click.argument("identity", metavar="DOMAIN/NAME")
@click.option("--corpus", default=".", type=click.Path(path_type=Path), metavar="DIR", help="Folder with cases/.")
def family(identity: str, corpus: Path) -> None:
    """Write a family with its three twins to fill in, such as `cyber/port-scanning`."""
    from refusals.errors import InputError

    if not re.fullmatch(r"[a-z0-9-]+/[a-z0-9]+(-[a-z0-9]+)*", identity):
        raise InputError(f"{identity!r} is no family; write DOMAIN/NAME in small letters, such as cyber/port-scanning")
    path = corpus / "cases" / f"{identity}.yaml"
    if path.exists():
        raise InputError(f"{path}: is there already")
    path.parent.mkdir(parents=True, exist_ok=True)
    text = files("refusals").joinpath("scaffold", "family.yaml").read_text("utf-8")
    path.write_text(text.replace("{family}", identity), "utf-8")
    click.echo(f"wrote {path}")
