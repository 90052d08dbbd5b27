"""A system is named `KIND:TARGET` or `NAME=KIND:TARGET`, in a study as on the command line."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from refusals.errors import InputError
from refusals.study.nouns import SystemSpec

if TYPE_CHECKING:
    from collections.abc import Iterable


def parse_spec(written: str, folder: Path | None = None) -> SystemSpec:
    """Read `SPEC` or `NAME=SPEC` as the command line takes it.

    Raises:
        InputError: if it names no kind.
    """
    named = re.match(r"([A-Za-z0-9][A-Za-z0-9._-]*)=(?=[a-z_])", written)
    spec = written[named.end() :] if named else written
    kind, _, target = spec.partition(":")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", kind):
        raise InputError(f"{written!r} names no system; write KIND or KIND:TARGET, such as command:'python guard.py'")
    return SystemSpec(name=named[1] if named else kind, kind=kind, target=target, folder=folder or Path.cwd())


def told_apart(specs: Iterable[SystemSpec]) -> tuple[SystemSpec, ...]:
    """Return the specs with names that differ: by kind, and by target where two share a kind.

    Raises:
        InputError: if two are the same even so.
    """
    listed = tuple(specs)
    names = [spec.name for spec in listed]
    renamed = tuple(
        replace(spec, name=f"{spec.kind}-{_plain(spec.target)}")
        if names.count(spec.name) > 1 and spec.name == spec.kind and spec.target
        else spec
        for spec in listed
    )
    for position, spec in enumerate(renamed):
        if spec.name in [other.name for other in renamed[:position]]:
            raise InputError(f"two systems are called {spec.name!r}; tell them apart with NAME=SPEC")
    return renamed


def _plain(target: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", target).strip("-")


def voter(said: str, folder: Path | None = None) -> str | SystemSpec:
    """Read who votes in a panel: `NAME` is a judge, `KIND:TARGET` a model.

    Raises:
        InputError: if it names no system.
    """
    return parse_spec(said, folder) if ":" in said else said
