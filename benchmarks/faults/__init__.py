"""A fault of translation is given one text at its place and returns it with the fault in it.

It returns nothing where it cannot be made. The first line of its docstring is what the page says of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from random import Random
from typing import ClassVar

from refusals.checks import Pair
from refusals.yamlfile import read_yaml


class Sort(StrEnum):
    """What can be asked of the checks: to find it, to find it mostly, or nothing, since words alone do not show it.

    What is open could be found, but no check looks for it yet.
    """

    EXACT = "exact"
    LIKELY = "likely"
    OPEN = "open"
    MEANING = "meaning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A text and what is around it: all of its language in order, and the same case in neighbouring languages."""

    pair: Pair
    number: int
    pairs: Sequence[Pair]
    elsewhere: Sequence[str]
    draw: Random

    TURNS: ClassVar[int] = 2  # faults of one turn are injected at once, and are no place to take a text from

    @property
    def text(self) -> str:
        """The text itself."""
        return self.pair.text

    @property
    def script(self) -> str:
        """The code of its script."""
        return self.pair.language.script

    @property
    def earlier(self) -> Sequence[Pair]:
        """Return the pairs before it that have no fault while it has one."""
        return [pair for at, pair in enumerate(self.pairs[: self.number]) if (self.number - at) % self.TURNS]

    def one_of(self, options: Sequence[str]) -> str:
        """Return the options in turn, text by text."""
        return options[self.number % len(options)]


Make = Callable[[Spot], "str | Pair | None"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of fault. `given` are put before source and text alike first, so that there is something to lose."""

    sort: Sort
    make: Make
    given: tuple[str, ...] = ()
    trades: bool = False

    @property
    def said(self) -> str:
        """What the fault is, in a sentence."""
        return (self.make.__doc__ or "").partition("\n")[0]


KINDS: dict[str, Kind] = {}


def kind(name: str, sort: Sort, *, given: tuple[str, ...] = (), trades: bool = False) -> Callable[[Make], Make]:
    """Enter a fault under a name; one function may make several kinds."""

    def enter(make: Make) -> Make:
        KINDS[name] = Kind(sort=sort, make=make, given=given, trades=trades)
        return make

    return enter


@cache
def phrases(what: str) -> Mapping[str, tuple[str, ...]]:
    """Return the phrases of each language."""
    lists = read_yaml(Path(__file__).with_name("phrases.yaml")).entries[what]
    return {tag: lists.texts(tag) for tag in lists.entries}


@cache
def table(what: str, tag: str) -> Mapping[str, str]:
    """Return what stands for what in a language; nothing if it has no such table."""
    tables = read_yaml(Path(__file__).with_name("phrases.yaml")).entries[what].entries
    return {key: to.scalar for key, to in tables[tag].entries.items()} if tag in tables else {}


def phrase(spot: Spot, what: str) -> str:
    """Return a phrase of the text's language, empty if there is none."""
    return spot.one_of(phrases(what).get(spot.pair.language.tag, ("",)))


def upto(text: str, share: float) -> str:
    """Return the first words of a text, or its first characters where it has no spaces."""
    words = text.split(" ")
    return " ".join(words[: round(share * len(words))]) if len(words) > 3 else text[: round(share * len(text))]


def changed(text: str, new: str | None) -> str | None:
    """Return the new text, or nothing where it is the old one."""
    return None if new == text else new
