"""How often a translator refuses is a measure: of each text's first attempt, per language, label and domain.

A text counts when the engine was first asked for it; later attempts are made only where the first
failed, and would count refusals twice. What came back empty, failed or was never sent is
undecided, and so is a text of an earlier call whose replies are not kept: as a call asks only for what
is missing, those texts differ from the others in just what is measured, and the rate is withheld
where they are more than a few.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from refusals.translating import UNDECIDED, Attempt, Came

if TYPE_CHECKING:
    from refusals.cases import Family
    from refusals.corpus import Corpus
    from refusals.translating.rounds import Translated

MEASURE = "translator-refusal"
UNKNOWN = 0.05  # share of unknown texts above which there is no rate, as for undecided cells elsewhere


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalRate:
    """A share of the texts that an engine refused when first asked, as `refusals.statistics.Estimate` has it.

    `unknown` texts were translated by the engine before, and are not kept; they are among the `undecided`.
    """

    system: str
    language: str
    group: tuple[tuple[str, str], ...]
    n: int
    families: int
    count: int
    undecided: int
    unknown: int
    rate: float | None = None
    low: float | None = None
    high: float | None = None
    design_effect: float | None = None
    worst_low: float | None = None
    worst_high: float | None = None


@dataclass(frozen=True, slots=True)
class _First:
    """The first attempt of an engine at a case, with what the case is; `came` is None where it is not known."""

    engine: str
    language: str
    family: str
    label: str
    domain: str
    came: Came | None


def refusal_rates(corpus: Corpus, translated: Translated) -> tuple[RefusalRate, ...]:
    """Return the rate of every engine and language, over all labels and domains, then of each."""
    firsts = tuple(_firsts(corpus, translated))
    found = []
    for engine, language in dict.fromkeys((first.engine, first.language) for first in firsts):
        own = [first for first in firsts if (first.engine, first.language) == (engine, language)]
        found.append(_rate(own, ()))
        found += [_rate(members, (("label", name),)) for name, members in _by(own, lambda first: first.label)]
        found += [_rate(members, (("domain", name),)) for name, members in _by(own, lambda first: first.domain)]
    return tuple(found)


def endings(attempts: Iterable[Attempt]) -> Counter[tuple[str, str, Came]]:
    """Return how often all attempts came to what, by (engine, language, what came)."""
    return Counter((attempt.engine, attempt.language, attempt.came) for attempt in attempts)


def _firsts(corpus: Corpus, translated: Translated) -> Iterator[_First]:
    families = {case.id: (family, case.label) for family in corpus.families for case in family.cases}
    for attempt in translated.attempts:
        if attempt.number == 1:
            yield _first(attempt.engine, attempt.language, *families[attempt.case], attempt.came)
    for cell, engine in translated.unknown:
        yield _first(engine, cell.language, cell.family, cell.case.label, None)


def _first(engine: str, language: str, family: Family, label: str, came: Came | None) -> _First:
    return _First(engine, language, family.id, str(label), family.domain, came)


def _by(firsts: Sequence[_First], key: Callable[[_First], str]) -> Iterator[tuple[str, list[_First]]]:
    for name in dict.fromkeys(map(key, firsts)):
        yield name, [first for first in firsts if key(first) == name]


def _rate(firsts: Sequence[_First], group: tuple[tuple[str, str], ...]) -> RefusalRate:
    from refusals.statistics.bounds import worst_case
    from refusals.statistics.clustered import clustered_rate

    families = list(dict.fromkeys(first.family for first in firsts))
    refused = Counter(first.family for first in firsts if first.came is Came.REFUSED)
    open_ones = Counter(first.family for first in firsts if first.came is None or first.came in UNDECIDED)
    cells = Counter(first.family for first in firsts)
    bad = [refused[family] for family in families]
    undecided = [open_ones[family] for family in families]
    decided = [cells[family] - open_ones[family] for family in families]
    good = [n - count for n, count in zip(decided, bad, strict=True)]
    unknown = sum(first.came is None for first in firsts)
    rate = None if unknown > UNKNOWN * len(firsts) else clustered_rate(bad, decided)
    bounds = worst_case(bad, good, undecided)
    return RefusalRate(
        system=firsts[0].engine,
        language=firsts[0].language,
        group=group,
        n=sum(decided),
        families=sum(map(bool, decided)),
        count=sum(bad),
        undecided=sum(undecided),
        unknown=unknown,
        rate=rate.rate if rate else None,
        low=rate.low if rate else None,
        high=rate.high if rate else None,
        design_effect=rate.design_effect if rate else None,
        worst_low=bounds.low if bounds else None,
        worst_high=bounds.high if bounds else None,
    )
