"""A policy says what is expected of a label in a domain: comply, refuse, or either."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from refusals.cases import Label
from refusals.errors import InputError, nearest
from refusals.schema import conform
from refusals.yamlfile import read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from refusals.nodes import Node


class Expectation(StrEnum):
    """What the right behaviour is; `either` is reported and never scored."""

    COMPLY = "comply"
    REFUSE = "refuse"
    EITHER = "either"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Expectations by label, with exceptions by domain and label."""

    name: str
    expect: Mapping[Label, Expectation]
    exceptions: Mapping[tuple[str, Label], Expectation]

    def expects(self, domain: str, label: Label) -> Expectation:
        """Return what is expected of a label in a domain."""
        return self.exceptions.get((domain, label), self.expect[label])


def load_policy(name: str, folder: Path) -> Policy:
    """Read a policy that ships (default, strict, open) or a file relative to `folder`.

    Raises:
        InputError: if there is none of that name, or the file is wrong.
    """
    shipped = files("refusals.policies").joinpath(f"{name}.yaml")
    if name.isidentifier() and shipped.is_file():
        with as_file(shipped) as path:
            return _policy(conform(read_yaml(path), "policy"))
    own = folder / name
    if not own.is_file():
        names = sorted(
            path.name.removesuffix(".yaml")
            for path in files("refusals.policies").iterdir()
            if path.name.endswith(".yaml")
        )
        raise InputError(f"no policy is called {name!r} and {own} is no file; {nearest(name, names)}")
    return _policy(conform(read_yaml(own), "policy"))


def _policy(node: Node) -> Policy:
    domains = node.child("domains")
    return Policy(
        name=node.text("policy"),
        expect=_expectations(node.entries["expect"]),
        exceptions={
            (domain, label): expectation
            for domain, entry in (domains.entries if domains else {}).items()
            for label, expectation in _expectations(entry).items()
        },
    )


def _expectations(node: Node) -> dict[Label, Expectation]:
    return {Label(key): Expectation(value.scalar) for key, value in node.entries.items()}
