"""Which system of a run is held against which of a baseline: as told, by name, or because there is no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from refusals.errors import InputError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from refusals.plan import Plan

OPTION = "--pair NEW=OLD"
OR_KEY = f"{OPTION}, or with `pairs: {{NEW: OLD}}` in the `baseline` of the study"


def pairs_told(pairs: Iterable[str], baseline: Plan, candidate: Plan) -> dict[str, str]:
    """Return the pairs `NEW=OLD` that were asked for; the name of a system may itself have an `=` in it.

    Raises:
        InputError: if a name is none of the systems', or a system is paired twice.
    """
    new, old = _systems(candidate), _systems(baseline)
    found: dict[str, str] = {}
    for each in pairs:
        splits = [(each[:at], each[at + 1 :]) for at, sign in enumerate(each) if sign == "="]
        known = [(after, before) for after, before in splits if after in new and before in old]
        if len(known) != 1:
            raise InputError(f"pair {each}: {_fault(splits, old, new)}")
        if known[0][0] in found:
            raise InputError(f"pair {each}: {known[0][0]} is paired already; give each system of the candidate once")
        found.update(known)
    return found


def pairs_by_name(baseline: Plan, candidate: Plan, way_out: str) -> dict[str, str]:
    """Return the baseline's system for each of the candidate's: that of the same name, or the only one.

    Raises:
        InputError: if that leaves none; `way_out` says how they are paired.
    """
    old, new = _systems(baseline), _systems(candidate)
    same = {name: name for name in new if name in old}
    if same:
        return same
    if len(old) == len(new) == 1:
        return {new[0]: old[0]}
    raise InputError(
        f"it is not clear which systems to compare: the baseline has {', '.join(old) or 'none'}, the candidate "
        f"{', '.join(new) or 'none'}; say which belong together with {way_out}"
    )


def pairs_with_baseline(pairs: Iterable[str], baseline: Plan, candidate: Plan) -> dict[str, str]:
    """Return what the systems of a run are held against in its baseline; whom no pair names pairs by its name.

    Raises:
        InputError: if a pair is wrong, or nothing pairs.
    """
    told = pairs_told(pairs, baseline, candidate)
    if not told:
        return pairs_by_name(baseline, candidate, OR_KEY)
    old = _systems(baseline)
    return {name: name for name in _systems(candidate) if name in old} | told


def _fault(splits: list[tuple[str, str]], old: list[str], new: list[str]) -> str:
    """Return what is wrong with a pair: the nearest to a name that is not known, else how it is written."""
    if len(splits) == 1 and all(splits[0]):
        after, before = splits[0]
        if after not in new:
            return f"the candidate has no system {after!r}; {nearest(after, new)}"
        return f"the baseline has no system {before!r}; {nearest(before, old)}"
    return f"give NEW=OLD; the candidate has {', '.join(new)}, the baseline {', '.join(old)}"


def _systems(plan: Plan) -> list[str]:
    return sorted({trial.system for trial in plan.trials})
