"""What a figure may be where too little was read to correct it: the worst that the replies nobody read may hide.

Each bound is in two steps, each at (1 + level) / 2. What share of *these* cells is wrong has ends from the replies that
were read at random; that share is then taken for that of so many families, each as one case.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from refusals.statistics.corrected import VERDICTS, corrected_rate, undecided_share
from refusals.statistics.intervals import clopper_pearson

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from refusals.statistics.corrected import Read

Ends = tuple[float, float]
ANYTHING: Ends = (0.0, 1.0)


def bound(languages: Sequence[Read], *, level: float = 0.95) -> Ends:
    """What the true mean rate of the languages may be, every cell without a reply counted for and against."""
    if not languages:
        return ANYTHING
    half = (1 + level) / 2
    families = min(_families([read]) for read in languages)
    return sampled([hidden(read, level=half) for read in languages], families, level=half)


def worst_ends(languages: Sequence[Read], *, level: float = 0.95) -> Ends:
    """The ends of the corrected rate with what nobody can put on a side for and against it, else its bound."""
    rate = corrected_rate(list(languages), level=level)
    if rate is None:
        return bound(languages, level=level)
    share = float(np.mean([undecided_share(read) for read in languages]))
    return rate.low * (1 - share), min(1.0, rate.high * (1 - share) + share)


def worst_gap(languages: Sequence[Read], bases: Sequence[Read], *, level: float = 0.95) -> Ends:
    """What a gap may be, from the worst of both rates, each at (1 + level) / 2 (Bonferroni)."""
    one, other = (worst_ends(reads, level=(1 + level) / 2) for reads in (languages, bases))
    return one[0] - other[1], one[1] - other[0]


def worst_j(over: Sequence[Read], under: Sequence[Read], *, level: float = 0.95) -> Ends:
    """What Youden's J may be, from the worst of both rates, each at (1 + level) / 2 (Bonferroni)."""
    one, other = (worst_ends(reads, level=(1 + level) / 2) for reads in (over, under))
    return max(-1.0, 1 - one[1] - other[1]), 1 - one[0] - other[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """The scored cells of one language, those that expect the same together; `wholes` is what is right or broken.

    That is each of its families, once a repeat.
    """

    parts: Sequence[Read]
    wholes: int


def worst_selectivity(languages: Sequence[Scored], *, level: float = 0.95) -> Ends:
    """What selectivity may be, from the number of wrong cells alone.

    No more families are broken than cells are wrong; and no fewer than would be if the wrong cells of those that
    expect the same lay in as few families as have room for them.
    """
    if not languages:
        return ANYTHING
    half = (1 + level) / 2
    right: list[Ends] = []
    for language in languages:
        each = 1 - (1 - half) / len(language.parts)
        ends = [hidden(read, level=each) for read in language.parts]
        most = sum(high * len(read.family) for (_, high), read in zip(ends, language.parts, strict=True))
        room = [int(np.bincount(read.family).max()) for read in language.parts]
        least = (low * len(read.family) / at for (low, _), read, at in zip(ends, language.parts, room, strict=True))
        right.append((1 - min(1.0, most / language.wholes), 1 - min(1.0, max(least) / language.wholes)))
    return sampled(right, min(_families(language.parts) for language in languages), level=half)


def _families(reads: Iterable[Read]) -> int:
    return len(np.unique(np.concatenate([read.family for read in reads])))


def hidden(read: Read, *, level: float) -> Ends:
    """The share of a language's cells that may be wrong, whatever nobody has read and nobody can put on a side.

    Of each verdict the share of wrong cells is known where all were read; else it has its exact interval from those
    that were, all of it where none was. The verdicts' ends are added by their shares (Bonferroni).
    """
    low = high = 0.0
    each = 1 - (1 - level) / VERDICTS
    for verdict in np.unique(read.verdict):
        same = read.verdict == verdict
        known = read.truth[same & (read.truth >= 0)]
        wrong, opened = int((known == read.wrong).sum()), int((known == 2).sum())
        ends = ANYTHING
        if len(known) == int(same.sum()):
            ends = wrong / len(known), (wrong + opened) / len(known)
        elif len(known):
            ends = (
                clopper_pearson(wrong, len(known), each)[0],
                clopper_pearson(wrong + opened, len(known), each)[1],
            )
        low, high = low + float(same.mean()) * ends[0], high + float(same.mean()) * ends[1]
    return low, min(1.0, high)


def sampled(shares: Sequence[Ends], families: int, *, level: float) -> Ends:
    """The ends of the mean of shares, when so many families were drawn that each is one case."""
    low, high = (min(1.0, float(np.mean(ends))) for ends in zip(*shares, strict=True))
    return clopper_pearson(low * families, families, level)[0], clopper_pearson(high * families, families, level)[1]
