"""The tables that all formats share: a measure of a pair of systems, its languages worst first, their mean last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from refusals.statistics import ALL_LANGUAGES
from refusals.statistics.comparison import MEASURES

if TYPE_CHECKING:
    from refusals.reports.comparison import Compared
    from refusals.statistics import Group
    from refusals.statistics.comparison import Difference
    from refusals.statistics.pairing import Pairing

TITLES = {"over-refusal": "over-refusal", "under-refusal": "under-refusal", "dual-use-refusal": "dual-use refused"}
RULED = tuple(measure for measure, _, alternative in MEASURES if alternative == "worse")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One measure of one pair of systems, over the cases of a group; `mean` is over its languages.

    `worse` says that more of it is worse: of dual-use refusals a policy says that.
    """

    pairing: Pairing
    measure: str
    group: Group
    rows: tuple[Difference, ...]
    mean: Difference

    @property
    def title(self) -> str:
        """The measure as a reader sees it."""
        return TITLES[self.measure]

    @property
    def listed(self) -> tuple[Difference, ...]:
        """The languages and, last, their mean."""
        return (*self.rows, self.mean)

    @property
    def worse(self) -> bool:
        """Whether more is worse."""
        return self.measure in RULED

    @property
    def about(self) -> str:
        """The part of the cases in a word, such as `benign`; empty for all."""
        return ", ".join("native families" if key == "native" else value for key, value in self.group)


def blocks_of(compared: Compared, pairing: Pairing) -> tuple[Block, ...]:
    """Return the tables of a pair of systems: all cases first, then labels, then native families."""
    groups: dict[tuple[str, Group], list[Difference]] = {}
    for each in compared.comparison.differences:
        if (each.system, each.baseline_system) == (pairing.system, pairing.baseline_system):
            groups.setdefault((each.measure, each.group), []).append(each)
    return tuple(
        Block(
            pairing=pairing,
            measure=measure,
            group=group,
            rows=tuple(sorted((each for each in found if each.language != ALL_LANGUAGES), key=_worst_first)),
            mean=next(each for each in found if each.language == ALL_LANGUAGES),
        )
        for (measure, group), found in sorted(groups.items(), key=lambda item: len(item[0][1]))
    )


def totals_of(compared: Compared, pairing: Pairing) -> tuple[Block, ...]:
    """Return the tables over all cases."""
    return tuple(block for block in blocks_of(compared, pairing) if not block.group)


def alarmed(compared: Compared, each: Difference) -> bool:
    """Whether a language is worse than the baseline by more than chance, all languages of the measure considered."""
    return each.measure in RULED and each.alarm is not None and each.alarm <= compared.alarm_level


def name_of(pairing: Pairing) -> str:
    """Return the pair of systems in words."""
    same = pairing.system == pairing.baseline_system
    return pairing.system if same else f"{pairing.system} against {pairing.baseline_system}"


def _worst_first(each: Difference) -> tuple[float, float]:
    change = each.difference or 0.0
    return (
        2.0 if each.alarm is None else each.alarm,
        -change if each.measure in RULED else -abs(change),
    )
