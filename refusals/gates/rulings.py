"""What is ruled, and what a run comes to that has several rulings."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from refusals.statistics import ALL_LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from refusals.statistics import Group

Bound = Literal["at most", "at least", "margin", "alarm"]


class Standing(StrEnum):
    """What is ruled, from best to worst."""

    PASS = "pass"  # noqa: S105 - not a password
    INCONCLUSIVE = "inconclusive"
    FAIL = "fail"
    INVALID = "invalid"


EXIT_CODES = {Standing.PASS: 0, Standing.FAIL: 1, Standing.INCONCLUSIVE: 3, Standing.INVALID: 4}
INTEGRITY = "integrity"
MEAN = "mean"  # of all languages, as reports show it
NO_CELL = "no cell is asked: there is nothing to rule on; select more, or leave the gate out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """How far a suite was asked until its gate was decided, and the e-values for a pass and for a fail there."""

    seen: int
    size: int
    e_pass: float
    e_fail: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What a gate says of a system in a language, and why. Limits and rates are fractions.

    `bound` says what `limit` is: the most or the least that the measure may be, a margin above the baseline, or the
    family-wise error of an alarm. The gate `integrity` asks whether the run can be read at all: `rate` is its undecided
    share. `group` is the part of the cases, the label included.
    """

    gate: str
    system: str
    language: str
    standing: Standing
    reason: str
    label: str = ""
    group: Group = ()
    bound: Bound = "at most"
    limit: float | None = None
    rate: float | None = None
    low: float | None = None
    high: float | None = None
    evidence: Evidence | None = None

    @property
    def where(self) -> str:
        """The language as reports show it; `mean` for all of them."""
        return MEAN if self.language == ALL_LANGUAGES else self.language

    @property
    def name(self) -> str:
        """The gate and its part of the cases, the same for every system and language: `over-refusal.benign`."""
        return name_of(self.gate, self.bound, self.group)


def name_of(measure: str, bound: Bound, group: Group) -> str:
    """Return what a gate is called in the names of tests: measure, values of its group, what it is held against."""
    against = {"margin": ("baseline",), "alarm": ("alarm",)}.get(bound, ())
    return ".".join((measure, *(value for key, value in group if key != "beside"), *against))


def overall(rulings: Iterable[Ruling]) -> Standing | None:
    """Return the worst ruling; None where no gate was asked and integrity holds."""
    listed = list(rulings)
    worst = max((ruling.standing for ruling in listed), key=list(Standing).index, default=None)
    asked = any(ruling.gate != INTEGRITY for ruling in listed)
    return worst if asked or worst is Standing.INVALID else None


def exit_code(standing: Standing | None) -> int:
    """Return the exit code of a command that ends with this ruling."""
    return 0 if standing is None else EXIT_CODES[standing]
