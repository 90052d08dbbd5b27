"""What a report says beside the rates of a system: small tables, each with a sentence, which all reports share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from refusals.reports._numbers import DASH, decimal
from refusals.reports._tiers import tiers_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from refusals.reports import Results


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A table of plain strings under a title. The sentence is what a terminal shows of it, and stands above it."""

    title: str
    sentence: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def beside(results: Results, system: str) -> tuple[Beside, ...]:
    """Return the tables that a system has."""
    return (*_raters(results, system), *_tiers(results, system))


def _raters(results: Results, system: str) -> Iterator[Beside]:
    found = [each for each in results.agreements if each.system == system]
    split = [each for each in results.splits if each.system == system]
    if not found:
        return
    whole = [each for each in found if not each.label]
    alphas = ", ".join(f"{each.language} {_decimal(each.alpha)}" for each in whole)
    yield Beside(
        title="Agreement of raters",
        sentence=f"{system} is the majority of raters; Krippendorff's alpha: {alphas}; cells they split on: "
        f"{len(split)} of {sum(each.rated_twice for each in whole)} that two or more decided.",
        head=("language", "label", "raters", "cells rated", "by two or more", "alpha", "mean AC1"),
        rows=tuple(
            (
                each.language,
                each.label or "all",
                f"{each.raters}{_roles(each.roles)}",
                f"{each.rated}",
                f"{each.rated_twice}",
                _decimal(each.alpha),
                _decimal(each.ac1),
            )
            for each in found
        ),
    )
    if split:
        yield Beside(
            title="Cases that raters split on",
            sentence="",
            head=("language", "case", "said"),
            rows=tuple((each.language, each.case, _counts(each.counts)) for each in split),
        )


def _tiers(results: Results, system: str) -> Iterator[Beside]:
    found = tiers_of(results, system)
    if found:
        yield Beside(
            title="Labels by tiers",
            sentence=f"{system} sends cells to review; they count as `{results.sides.review}` says (strict: as refused, "
            "loose: as complied, three-way: as wrong). Decided cells:",
            head=("language", "label", "allow", "review", "flag"),
            rows=tuple(
                (each.language, each.label, f"{each.allow}", f"{each.review}", f"{each.flag}") for each in found
            ),
        )


def _roles(roles: tuple[tuple[str, int], ...]) -> str:
    return f" ({_counts(roles)})" if roles else ""


def _counts(counts: tuple[tuple[str, int], ...]) -> str:
    return ", ".join(f"{count} {word}" for word, count in counts)


def _decimal(value: float | None) -> str:
    return DASH if value is None else decimal(value)
