"""The verdict comes first: one sentence with the word of the ruling, and the reasons behind it, worst first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from refusals.gates import Ruling, Standing, exit_code
from refusals.reports._numbers import SPACE, percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from refusals.reports import Results

INTEGRITY = "integrity"
SYMBOLS = {
    Standing.PASS: "\N{CHECK MARK}",
    Standing.FAIL: "\N{BALLOT X}",
    Standing.INCONCLUSIVE: "?",
    Standing.INVALID: "!",
}
NONE = "no ruling"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Rulings that say the same of a system, in one line: `languages` all, `worst` the reason of the first."""

    standing: Standing
    subject: str
    system: str
    languages: tuple[str, ...]
    worst: Ruling


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
    reasons = tuple(_reasons(results.rulings))
    return Verdict(
        word=str(standing) if standing else NONE,
        symbol=SYMBOLS[standing] if standing else "\N{EN DASH}",
        sentence=_sentence(standing, results.rulings),
        exit_code=exit_code(standing),
        reasons=reasons,
    )


def _sentence(standing: Standing | None, rulings: Sequence[Ruling]) -> str:
    gates = [ruling for ruling in rulings if ruling.gate != INTEGRITY]
    broken = [r for r in rulings if r.standing is Standing.INVALID]
    failed, unsure = (sum(r.standing is s for r in gates) for s in (Standing.FAIL, Standing.INCONCLUSIVE))
    of_gates = f"of {len(gates)} gate rulings"
    if standing is None:
        return f"{NONE}: no gate was asked, and the integrity of the run holds."
    if standing is Standing.INVALID:
        places = ", ".join(dict.fromkeys(f"{r.system} in {r.language}" for r in broken[:4]))
        more = f" and {len(broken) - 4} more" if len(broken) > 4 else ""
        return (
            f"invalid: the run decides nothing; {len(broken)} of {len(rulings)} rulings are invalid ({places}{more})."
        )
    if standing is Standing.FAIL:
        rest = f", {unsure} more inconclusive" if unsure else ""
        return f"fail: {failed} {of_gates} {'are' if failed != 1 else 'is'} outside the limit{rest}."
    if standing is Standing.INCONCLUSIVE:
        return f"inconclusive: {unsure} {of_gates} cannot be told with these cases; none fails."
    return f"pass: all {len(gates)} gate rulings are inside their limits, every undecided cell counted against."


def _reasons(rulings: Sequence[Ruling]) -> list[Reason]:
    groups: dict[tuple[object, ...], list[Ruling]] = {}
    for ruling in rulings:
        if ruling.standing is not Standing.PASS:
            key = (ruling.standing, ruling.gate, ruling.system, ruling.label, ruling.limit)
            groups.setdefault(key, []).append(ruling)
    found = [_reason(members) for members in groups.values()]
    order = list(Standing)
    return sorted(found, key=lambda reason: -order.index(reason.standing))


def _reason(members: Sequence[Ruling]) -> Reason:
    worst = max(members, key=lambda ruling: (ruling.rate or 0.0, ruling.low or 0.0))
    return Reason(
        standing=worst.standing,
        subject=subject(worst),
        system=worst.system,
        languages=tuple(ruling.language for ruling in members),
        worst=worst,
    )


def subject(ruling: Ruling) -> str:
    """Return what a ruling is about, with its limit."""
    limit = "" if ruling.limit is None else f", at most {percent(ruling.limit)}{SPACE}%"
    if ruling.gate == INTEGRITY:
        return f"undecided cells{limit}"
    return f"{ruling.gate} on {ruling.label or 'all'}{limit}"
