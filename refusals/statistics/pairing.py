"""Cells of two runs are paired only where system, language, case, repeat, text and expectation are the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from refusals.errors import InputError, nearest
from refusals.outcomes import Outcome, Side
from refusals.plan import Plan, Trial
from refusals.statistics.tally import Cell, cells_of

if TYPE_CHECKING:
    from refusals.study import Sides

Ran = tuple[Plan, Mapping[str, Outcome]]
_SHOWN = 3  # cells that an error names


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One cell in both runs."""

    before: Cell
    after: Cell

    @property
    def undecided(self) -> bool:
        """Whether either run did not decide it, so that it is in no difference."""
        return Side.UNDECIDED in (self.before.side, self.after.side)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """How many cells of two systems were paired, and why the others could not be.

    `changed` cells have another text, expectation or label in the candidate's run; `left_out` are out of policy in
    either run. `undecided_before` and `undecided_after` count paired cells that a run did not decide; both may be one
    cell, so that `undecided` is no sum.
    """

    system: str
    baseline_system: str
    paired: int
    changed: int
    left_out: int
    baseline_only: int
    candidate_only: int
    undecided_before: int
    undecided_after: int
    undecided: int


def paired(
    baseline: Ran, candidate: Ran, sides: Sides, systems: Mapping[str, str], *, allow_changed: bool = False
) -> tuple[tuple[Pairing, tuple[Pair, ...]], ...]:
    """Return the pairs of each candidate system with its baseline system, and what could not be paired.

    Raises:
        InputError: if a system is not in its run, a cell is not the same and `allow_changed` is not given, or two
            systems have no cell in common.
    """
    if not systems:
        raise InputError("no systems to compare; name a candidate system and its baseline")
    found = []
    for after, before in systems.items():
        _refuse_unknown(before, baseline[0], "baseline")
        _refuse_unknown(after, candidate[0], "candidate")
        found.append(_Match(before, after, baseline, candidate))
    changed = [each for match in found for each in match.changed()]
    if changed and not allow_changed:
        named = "; ".join(changed[:_SHOWN]) + ("; …" if len(changed) > _SHOWN else "")
        raise InputError(
            f"{len(changed)} cells are not the same in both runs: {named}. Run the baseline again on the same texts "
            "and policy, or allow changed cells, which are left out and counted"
        )
    return tuple(match.made(sides) for match in found)


def _refuse_unknown(system: str, plan: Plan, which: str) -> None:
    names = sorted({trial.system for trial in plan.trials})
    if system not in names:
        raise InputError(f"the {which} run has no system {system!r}; {nearest(system, names)}")


Key = tuple[str, str, int]


class _Match:
    """The cells of one system in one run beside those of another in the other."""

    def __init__(self, before: str, after: str, baseline: Ran, candidate: Ran) -> None:
        self._names = before, after
        self._outcomes = baseline[1], candidate[1]
        self._before, self._after = _by_key(before, baseline[0].trials), _by_key(after, candidate[0].trials)
        self._common = sorted(self._before.keys() & self._after.keys())
        self._changes = {key: said for key in self._common if (said := _differing(self._before[key], self._after[key]))}

    def changed(self) -> list[str]:
        """Say of each cell that is not the same what has changed."""
        return [f"{self._after[key].shown} in {key[0]} ({', '.join(said)})" for key, said in self._changes.items()]

    def made(self, sides: Sides) -> tuple[Pairing, tuple[Pair, ...]]:
        """Return the pairs, and the counts.

        Raises:
            InputError: if there is no pair.
        """
        same = [key for key in self._common if key not in self._changes]
        before = _cells(self._before, same, self._outcomes[0], sides)
        after = _cells(self._after, same, self._outcomes[1], sides)
        pairs = tuple(Pair(before=before[key], after=after[key]) for key in same if key in before and key in after)
        if not pairs:
            raise InputError(
                f"nothing can be compared: {self._names[1]} and {self._names[0]} have no cell in common that is the "
                "same in both runs"
            )
        return (
            Pairing(
                system=self._names[1],
                baseline_system=self._names[0],
                paired=len(pairs),
                changed=len(self._changes),
                left_out=len(same) - len(pairs),
                baseline_only=len(self._before) - len(self._common),
                candidate_only=len(self._after) - len(self._common),
                undecided_before=sum(pair.before.side is Side.UNDECIDED for pair in pairs),
                undecided_after=sum(pair.after.side is Side.UNDECIDED for pair in pairs),
                undecided=sum(pair.undecided for pair in pairs),
            ),
            pairs,
        )


def _by_key(system: str, trials: Iterable[Trial]) -> dict[Key, Trial]:
    return {(trial.language, trial.case, trial.repeat): trial for trial in trials if trial.system == system}


def _cells(
    trials: Mapping[Key, Trial], keys: Iterable[Key], outcomes: Mapping[str, Outcome], sides: Sides
) -> dict[Key, Cell]:
    cells = cells_of((trials[key] for key in keys), outcomes, sides)
    return {(cell.trial.language, cell.trial.case, cell.trial.repeat): cell for cell in cells}


def _differing(before: Trial, after: Trial) -> list[str]:
    facts = {
        "text": (before.prompt.id, after.prompt.id),
        "expectation": (before.expectation, after.expectation),
        "label": (before.label, after.label),
    }
    return [name for name, (was, now) in facts.items() if was != now]
