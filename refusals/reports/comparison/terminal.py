"""The terminal gets the sentence, what must be said beside it, and one line a language, in 80 columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from refusals.clean import clean
from refusals.reports._lines import BOLD, COLOURS, DIM, styled, wrapped
from refusals.reports._numbers import DASH, MINUS
from refusals.reports.comparison._figures import chance, ends, points, rate, signed
from refusals.reports.comparison._flips import SYMBOLS, changed_cells, shown
from refusals.reports.comparison._sentences import READING, caveats, notes, verdict_on
from refusals.reports.comparison._tables import Block, alarmed, name_of, totals_of

if TYPE_CHECKING:
    from refusals.reports.comparison import Compared
    from refusals.statistics.comparison import Difference

FILE = ""
WIDTH = 80
REASONS = 8
CELLS = 10
_ROW = "{:<12}{:>7}{:>7}{:>8}  {:<16}{:>5}{:>5}{:>7}{:>8}"


def render(compared: Compared, *, colour: bool = False) -> str:
    """Return plain lines of at most 80 columns; with `colour` the sentence has one, and what is said beside is dim."""
    pairings = compared.comparison.pairings
    parts = [
        _top(compared, colour=colour),
        "\n".join(_wrapped(note, "  ") for note in notes(compared)),
        *(_block(compared, block) for pairing in pairings for block in totals_of(compared, pairing)),
        _flips(compared),
        styled(_wrapped(" ".join(READING), ""), DIM, colour=colour),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def _top(compared: Compared, *, colour: bool) -> str:
    verdict = verdict_on(compared)
    code = f"{BOLD};{COLOURS[compared.standing]}" if compared.standing else BOLD
    first = _wrapped(" ".join((verdict.symbol, verdict.sentence, *caveats(compared))), "  ")
    lines = [styled(first, code, colour=colour)]
    for reason in verdict.reasons[:REASONS]:
        where = ", ".join(reason.languages)
        why = f"{reason.standing}: {reason.system}, {reason.subject}, in {where}; {reason.worst.reason}"
        lines.append(f"  {_wrapped(why, '    ')}")
    rest = len(verdict.reasons) - REASONS
    return "\n".join([*lines, *([f"  and {rest} more; --format html has all"] if rest > 0 else [])])


def _block(compared: Compared, block: Block) -> str:
    head = _ROW.format("", "before", "after", "diff.", "95 % interval", "+", MINUS, "n", "p")
    rows = [_line(each, "*" if alarmed(compared, each) else "") for each in block.rows]
    title = f"{name_of(block.pairing)}: {block.title}"
    bound = (
        f"mean: at most {points(block.mean.worst_upper)}" if block.worse and block.mean.worst_upper is not None else ""
    )
    some = any(alarmed(compared, each) for each in block.listed)
    alarm = f"* worse: alarm at {compared.alarm_level:g}, adjusted for all languages" if some else ""
    foot = "; ".join(filter(None, (bound, alarm)))
    lines = [
        _wrapped(title, "  "),
        head,
        "\N{BOX DRAWINGS LIGHT HORIZONTAL}" * WIDTH,
        *rows,
        _line(block.mean, "*" if alarmed(compared, block.mean) else "", "mean"),
    ]
    return "\n".join(line.rstrip() for line in (*lines, foot) if line)


def _line(each: Difference, mark: str, name: str = "") -> str:
    figures = (rate(each.baseline_rate), rate(each.candidate_rate), signed(each.difference), ends(each) or DASH)
    p = f"{chance(each.alarm)}{mark}"
    return _ROW.format(clean(name or each.language), *figures, each.plus, each.minus, each.n, p)


def _flips(compared: Compared) -> str:
    found = changed_cells(compared, CELLS)
    lines = [f"{found.in_words[:1].upper()}{found.in_words[1:]}."]
    for each in found.cells:
        said = f"{SYMBOLS[each.change]} {each.change}: {each.system} {each.language} {shown(each)}, {each.before}"
        lines.append(_wrapped(f"{said} \N{RIGHTWARDS ARROW} {each.after}", "  "))
    if found.total > len(found.cells):
        lines.append(f"and {found.total - len(found.cells)} more; --format flips lists all")
    return "\n".join(lines)


def _wrapped(text: str, hanging: str) -> str:
    return wrapped(clean(text), WIDTH - 2, hanging)
