"""What a study may set on a built-in system is either obeyed or refused, never ignored in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from refusals.cases import Kind
from refusals.errors import InputError

if TYPE_CHECKING:
    from refusals.study import SystemSpec

ALL_KINDS = frozenset(Kind)


def kinds_of(spec: SystemSpec, default: frozenset[Kind]) -> frozenset[Kind]:
    """Return the kinds of case that the study says the system reads, or the default."""
    return frozenset(Kind(kind) for kind in spec.kinds) or default


def wanted_target(spec: SystemSpec, example: str) -> str:
    """Return the target of a spec that must have one and takes no options.

    Raises:
        InputError: if the target is missing, or options are given.
    """
    if not spec.target.strip():
        raise InputError(f"the system {spec.name!r} lacks what it drives; write {example}")
    _no_options(spec)
    return spec.target


def no_target(spec: SystemSpec) -> None:
    """Refuse a target and options on a system that takes neither.

    Raises:
        InputError: if there is one.
    """
    if spec.target:
        raise InputError(f"the system {spec.kind!r} takes no target; write {spec.kind}, not {spec.kind}:{spec.target}")
    _no_options(spec)


def _no_options(spec: SystemSpec) -> None:
    if spec.options:
        given = ", ".join(key for key, _ in spec.options)
        raise InputError(f"the system {spec.name!r} ({spec.kind}) takes no `options`; found {given}")
