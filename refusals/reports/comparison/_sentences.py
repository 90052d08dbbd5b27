"""What a comparison comes to in one sentence, and what must be said beside it in every format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from refusals.gates import Standing, exit_code
from refusals.reports._numbers import MINUS
from refusals.reports._verdict import NONE, SYMBOLS, Verdict, reasons_of
from refusals.reports.comparison._figures import chance, ends, plain_points, points, signed
from refusals.reports.comparison._flips import changed_cells
from refusals.reports.comparison._tables import Block, alarmed, name_of, totals_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from refusals.reports.comparison import Compared
    from refusals.statistics.comparison import Difference
    from refusals.statistics.pairing import Pairing

_NO_ALARM = "no language raises an alarm, which does not show that none is worse"
SHOWN = 6  # languages that a sentence names

P_BESIDE_0 = (
    "A small p beside an interval that holds 0 is no contradiction: p asks whether more changed for the worse than if "
    "each family's change were as likely the other way; the interval asks how large the mean change is, and takes few "
    "families for the worst."
)
READING = (
    (
        "Rates are per cent, differences points: candidate less baseline, on the cells that both runs decided. Over "
        "all languages each has equal weight."
    ),
    (
        "The interval of a difference is two-sided, 95 %, clustered by family. “At most” is the one-sided 95 % bound "
        "with every undecided cell counted against the candidate: a margin is held to that of all languages."
    ),
    (
        "p is of “worse in this language” (of dual-use refusals: “different”), adjusted for all languages of the "
        "measure: the chance of any false alarm among them is at most its level. The mean is tested by itself. No "
        "alarm does not show that a language is no worse."
    ),
    P_BESIDE_0,
    f"+ counts cells that are wrong (of dual-use: refused) in the candidate alone, {MINUS} in the baseline alone.",
)


def in_one_line(compared: Compared) -> str:
    """Return whether the candidate is worse, in which languages or by how much, and what to bear in mind."""
    return " ".join((headline(compared), *caveats(compared)))


def headline(compared: Compared) -> str:
    """Return whether the candidate is worse, and where; one sentence for all pairs of systems."""
    pairings = compared.comparison.pairings
    told = []
    for pairing in pairings:
        said = _told(compared, [block for block in totals_of(compared, pairing) if block.worse])
        named = len(pairings) > 1 or pairing.system != pairing.baseline_system
        told.append(f"{name_of(pairing)}: {said}" if named else f"{said[:1].upper()}{said[1:]}")
    return f"{'; '.join(told)}."


def caveats(compared: Compared) -> tuple[str, ...]:
    """Return how many decisions changed, and what the comparison rests on where that is not all of the baseline."""
    return tuple(_caveats(compared))


def verdict_on(compared: Compared) -> Verdict:
    """Return the ruling's word, the sentence that begins with it, and why."""
    standing = compared.standing
    word = str(standing) if standing else NONE
    said = headline(compared)
    if standing is Standing.INVALID:
        said = f"the comparison decides nothing. {said}"
    return Verdict(
        word=word,
        symbol=SYMBOLS[standing] if standing else "\N{EN DASH}",
        sentence=f"{word}: {said}",
        exit_code=exit_code(standing),
        reasons=tuple(reasons_of(compared.rulings)),
    )


def notes(compared: Compared) -> tuple[str, ...]:
    """Return what was paired and what could not be, what differs, and whom nothing was compared with."""
    return (*_differing(compared), *map(_paired, compared.comparison.pairings), *_alone(compared))


def p_beside_0(compared: Compared) -> bool:
    """Return whether a mean is alarmed, or a language, whose interval holds 0."""
    blocks = [block for pairing in compared.comparison.pairings for block in totals_of(compared, pairing)]
    shown = [each for block in blocks if block.worse for each in (block.mean, *block.rows)]
    return any(alarmed(compared, each) and (each.low or 0.0) <= 0 for each in shown)


def _told(compared: Compared, blocks: list[Block]) -> str:
    where = " and ".join(said for block in blocks if (said := _alarms(compared, block)))
    if compared.margin is not None:
        on_margin = _on_margin(compared, compared.margin, blocks)
        if not where:
            return f"{on_margin}; {_NO_ALARM}"
        asked = compared.alarm is not None
        return (
            f"worse in {where}; {on_margin}"
            if asked
            else f"{on_margin}; but worse in {where}, which nothing asks about"
        )
    figures = ", ".join(_with_ends(compared, block.mean) for block in blocks)
    if where:
        return f"worse in {where}; over all languages {figures}"
    more = [block.measure for block in blocks if alarmed(compared, block.mean) or (block.mean.low or 0.0) > 0]
    less = [block.measure for block in blocks if (block.mean.high or 0.0) < 0]
    if not more and not less:
        return f"cannot tell a difference over all languages: {figures}; {_NO_ALARM}"
    changes = " and ".join([*(f"more {each}" for each in more), *(f"less {each}" for each in less)])
    return f"{'worse' if more else 'better'}, with {changes} over all languages: {figures}; {_NO_ALARM}"


def _on_margin(compared: Compared, margin: float, blocks: list[Block]) -> str:
    limit = f"by more than {plain_points(margin)} over all languages"
    above = [block.mean for block in blocks if block.mean.low is not None and block.mean.low > margin]
    unsure = [block.mean for block in blocks if block.mean.worst_upper is None or block.mean.worst_upper > margin]
    if above:
        return f"worse {limit}: {', '.join(_with_ends(compared, each) for each in above)}"
    said = ", ".join(map(_with_bound, unsure or [block.mean for block in blocks]))
    return f"cannot tell whether it is worse {limit}: {said}" if unsure else f"no worse {limit}: {said}"


def _alarms(compared: Compared, block: Block) -> str:
    tags = [each.language for each in block.rows if alarmed(compared, each)]
    more = f" and {len(tags) - SHOWN} more" if len(tags) > SHOWN else ""
    return f"{', '.join(tags[:SHOWN])}{more} ({block.measure})" if tags else ""


def _with_ends(compared: Compared, each: Difference) -> str:
    if each.difference is None:
        return f"{each.measure} unknown, since a language has no cell that both decided"
    p = f", p {chance(each.alarm)}" if alarmed(compared, each) else ""
    return f"{each.measure} {points(each.difference)} (95 % interval {ends(each)}{p})"


def _with_bound(each: Difference) -> str:
    return f"{each.measure} {points(each.difference)} (at most {signed(each.worst_upper)})"


def _caveats(compared: Compared) -> Iterator[str]:
    yield f"{changed_cells(compared, 0).in_words.capitalize()}."
    if compared.differing:
        said = " and the ".join(each.what for each in compared.differing)
        yield f"The {said} {'is' if len(compared.differing) == 1 else 'are'} not the baseline's."
    part = [pairing for pairing in compared.comparison.pairings if pairing.changed or pairing.baseline_only]
    for pairing in part:
        whole = pairing.paired + pairing.changed + pairing.left_out + pairing.baseline_only
        of = f" of {pairing.baseline_system}" if len(compared.comparison.pairings) > 1 else ""
        yield f"Compared on {pairing.paired:,} of the {whole:,} cells of the baseline{of}."


def _differing(compared: Compared) -> Iterator[str]:
    for each in compared.differing:
        yield (
            f"The {each.what} is not the baseline's, as was asked for: {each.before} before, {each.after} now. What "
            "changed may come of that and not of the system."
        )


def _paired(pairing: Pairing) -> str:
    counted = {
        "with another text, expectation or label, left out": pairing.changed,
        "out of policy in either run, left out": pairing.left_out,
        "in the baseline alone": pairing.baseline_only,
        "in the candidate alone": pairing.candidate_only,
    }
    rest = "".join(f"; {count:,} {what}" for what, count in counted.items() if count)
    undecided = (
        f"{pairing.undecided:,} of them undecided ({pairing.undecided_before:,} in the baseline, "
        f"{pairing.undecided_after:,} in the candidate)"
        if pairing.undecided
        else "all decided in both"
    )
    return f"{name_of(pairing)}: {pairing.paired:,} cells are the same in both runs, {undecided}{rest}."


def _alone(compared: Compared) -> Iterator[str]:
    pairings = compared.comparison.pairings
    for which, manifest, known in (
        ("candidate", compared.candidate, {each.system for each in pairings}),
        ("baseline", compared.baseline, {each.baseline_system for each in pairings}),
    ):
        alone = [facts.name for facts in manifest.systems if facts.name not in known]
        if alone:
            yield f"In the {which} alone, and compared with nothing: {', '.join(alone)}."
