"""The verdict comes first: one sentence with the word of the ruling, and the reasons behind it, worst first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from refusals.gates import INTEGRITY, MEAN, Ruling, Standing, exit_code
from refusals.reports._numbers import SPACE, found_by, limit_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from refusals.gates.rulings import Bound
    from refusals.reports import Results

_BOUNDS = {
    "at most": "at most {}",
    "at least": "at least {}",
    "margin": "at most {} above the baseline",
    "alarm": "no language above the baseline at {} family-wise",
}
SYMBOLS = {
    Standing.PASS: "\N{CHECK MARK}",
    Standing.FAIL: "\N{BALLOT X}",
    Standing.INCONCLUSIVE: "?",
    Standing.INVALID: "!",
}
CALLS = {
    Standing.PASS: "Ship.",
    Standing.FAIL: "Do not ship.",
    Standing.INCONCLUSIVE: "Not enough evidence.",
    Standing.INVALID: "This run decides nothing.",
}
NO_CALL = "Nothing is decided."
NONE = "no ruling"
SHOWN = 3  # systems, and languages of each, that the sentence names


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Rulings that say the same of a system, in one line: `languages` all, the worst first, and what is ruled of it."""

    standing: Standing
    subject: str
    system: str
    languages: tuple[str, ...]
    worst: Ruling
    worst_first: tuple[Ruling, ...]

    @property
    def named(self) -> tuple[tuple[str, str], ...]:
        """The first of the worst, each as where it is and its figure; empty where there is none, or one language."""
        return tuple((ruling.where, _figure(ruling, self.languages)) for ruling in self.worst_first[:SHOWN])

    @property
    def more(self) -> str:
        """How many languages are not named, in words."""
        rest = len(self.languages) - SHOWN
        return f" and {rest} more" if rest > 0 else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The word of the ruling, a sentence that begins with it, and why."""

    word: str
    symbol: str
    sentence: str
    exit_code: int
    reasons: tuple[Reason, ...]


def verdict_of(results: Results) -> Verdict:
    """Return the verdict on a run."""
    standing = results.standing
    reasons = tuple(reasons_of(results.rulings))
    return Verdict(
        word=str(standing) if standing else NONE,
        symbol=SYMBOLS[standing] if standing else "\N{EN DASH}",
        sentence=_sentence(standing, results.rulings),
        exit_code=exit_code(standing),
        reasons=reasons,
    )


def call_of(standing: Standing | None) -> str:
    """Return what a ruling means for a release."""
    return CALLS[standing] if standing else NO_CALL


def _sentence(standing: Standing | None, rulings: Sequence[Ruling]) -> str:
    gates = [ruling for ruling in rulings if ruling.gate != INTEGRITY]
    found = {each: [ruling for ruling in rulings if ruling.standing is each] for each in Standing}
    invalid, failed, unsure = (found[each] for each in (Standing.INVALID, Standing.FAIL, Standing.INCONCLUSIVE))
    if standing is None:
        return f"{NONE}: no gate was asked, and the integrity of the run holds."
    if standing is Standing.INVALID:
        return f"invalid: the run decides nothing; {_share(invalid, rulings, 'rulings')} invalid ({_places(invalid)})."
    if standing is Standing.FAIL:
        rest = f"; {len(unsure)} more cannot be told" if unsure else ""
        return f"fail: {_share(failed, gates, 'gate rulings')} outside the limit ({_places(failed)}){rest}."
    if standing is Standing.INCONCLUSIVE:
        said = _share(unsure, gates, "gate rulings")
        return f"inconclusive: {said} open on both sides of the limit ({_places(unsure)}); none fails."
    some = f"all {len(gates)} gate rulings are inside their limits"
    inside = "the one gate ruling is inside its limit" if len(gates) == 1 else some
    return f"pass: {inside}, every undecided cell counted against the system."


def _share(some: Sequence[Ruling], of: Sequence[Ruling], what: str) -> str:
    return f"{len(some)} of {len(of)} {what} {'is' if len(some) == 1 else 'are'}"


def _places(rulings: Sequence[Ruling]) -> str:
    places: dict[str, dict[str, None]] = {}
    for ruling in rulings:
        places.setdefault(ruling.system, {})[ruling.where] = None
    said = [f"{system} in {_languages(list(where))}" for system, where in places.items()]
    return "; ".join(said[:SHOWN]) + (f" and {len(said) - SHOWN} more systems" if len(said) > SHOWN else "")


def _languages(where: Sequence[str]) -> str:
    """Return the tags, or how many languages they are: the mean is none."""
    if len(where) <= SHOWN:
        return ", ".join(where)
    tags = [each for each in where if each != MEAN]
    return f"{len(tags)} languages{' and their mean' if MEAN in where else ''}"


def reasons_of(rulings: Sequence[Ruling]) -> list[Reason]:
    """Return what is behind a ruling that is no pass, the worst first."""
    groups: dict[tuple[object, ...], list[Ruling]] = {}
    for ruling in rulings:
        if ruling.standing is not Standing.PASS:
            key = (ruling.standing, ruling.name, ruling.system, ruling.limit)
            groups.setdefault(key, []).append(ruling)
    found = [_reason(members) for members in groups.values()]
    order = list(Standing)
    return sorted(found, key=lambda reason: -order.index(reason.standing))


def _reason(members: Sequence[Ruling]) -> Reason:
    by_language: dict[str, Ruling] = {}  # a gate may stand twice in a study
    for ruling in sorted(members, key=_badness, reverse=True):
        by_language.setdefault(ruling.where, ruling)
    worst_first = tuple(by_language.values())
    worst = worst_first[0]
    return Reason(
        standing=worst.standing,
        subject=subject(worst),
        system=worst.system,
        languages=tuple(dict.fromkeys(ruling.where for ruling in members)),
        worst=worst,
        worst_first=worst_first,
    )


def _figure(ruling: Ruling, languages: Sequence[str]) -> str:
    if ruling.rate is None or len(languages) == 1:  # of one the reason says it
        return ""
    value, ends = found_by(ruling)
    return f"{value} ({ends})" if ends else value


def _badness(ruling: Ruling) -> tuple[bool, float, float]:
    """Return what rulings on the same measure are ordered by; one without a figure comes after those with one."""
    if ruling.rate is None:
        return (False, 0.0, 0.0)
    if ruling.bound == "at least":
        return (True, -ruling.rate, -(ruling.high or 0.0))
    return (True, ruling.rate, ruling.low or 0.0)


def _limit(bound: Bound, limit: float) -> str:
    said = limit_of(limit)
    return said if bound != "margin" else said.replace("%", "point" if said.startswith(f"1{SPACE}") else "points")


def subject(ruling: Ruling) -> str:
    """Return what a ruling is about, with its limit."""
    limit = "" if ruling.limit is None else f", {_BOUNDS[ruling.bound].format(_limit(ruling.bound, ruling.limit))}"
    if ruling.gate == INTEGRITY:
        return f"undecided cells{limit}"
    return f"{ruling.gate} on {', '.join(value for _, value in ruling.group) or 'all'}{limit}"
