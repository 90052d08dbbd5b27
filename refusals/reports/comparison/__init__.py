"""A comparison says first whether the candidate is worse than the baseline, then where, then which cases changed.

Each module beside this one is a format. It has

- `FILE`, the name of the file it is written to (empty: it is only printed);
- `render(compared) -> str`, a pure function: the same comparison gives the same bytes. No text of a case is in any.
"""

from __future__ import annotations

import pkgutil
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, cast

from refusals.errors import InputError, nearest
from refusals.gates import Standing, overall
from refusals.statistics.differences import ALPHA

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType

    from refusals.gates import Ruling
    from refusals.reports import Manifest
    from refusals.statistics.comparison import Comparison

SCHEMA = "refusals/comparison/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """What is not the same in both runs though a comparison rests on it: corpus, policy or judge."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Two runs beside each other, in what they differ beside their systems, and what is ruled on that.

    `margin` and `alarm` are what was asked for: how much worse the mean of the languages may be, and the family-wise
    error of "worse in a language"; None where it was not asked.
    """

    baseline: Manifest
    candidate: Manifest
    comparison: Comparison
    differing: tuple[Differing, ...] = ()
    rulings: tuple[Ruling, ...] = ()
    margin: float | None = None
    alarm: float | None = None

    @property
    def standing(self) -> Standing | None:
        """The worst ruling; None where nothing was asked and the comparison holds."""
        return overall(self.rulings)

    @property
    def alarm_level(self) -> float:
        """The adjusted p value up to which a language is shown as alarmed, ruled on or not."""
        return ALPHA if self.alarm is None else self.alarm


def formats() -> tuple[str, ...]:
    """Return the names of the formats."""
    return tuple(sorted(info.name for info in pkgutil.iter_modules(__path__) if not info.name.startswith("_")))


def require_format(name: str) -> None:
    """Refuse a name that is no format.

    Raises:
        InputError: if it is none; the nearest and all names are in the message.
    """
    if name not in formats():
        raise InputError(f"no format is called {name!r}; {nearest(name, list(formats()))}")


def render(name: str, compared: Compared) -> str:
    """Return a comparison in the format of that name.

    Raises:
        InputError: if there is none.
    """
    require_format(name)
    return cast("Callable[[Compared], str]", _module(name).render)(compared)


def files_of(compared: Compared) -> Mapping[str, str]:
    """Return every format that is a file, by file name."""
    modules = [_module(name) for name in formats()]
    return {module.FILE: module.render(compared) for module in modules if module.FILE}


def _module(name: str) -> ModuleType:
    return import_module(f"{__name__}.{name}")
