"""The Markdown comparison fits a job summary: the sentence first, then languages, then cases by their ids alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from refusals.reports._marks import code, escaped, grid
from refusals.reports._numbers import DASH, MINUS
from refusals.reports.comparison._figures import chance, ends, rate, signed, worst_ends
from refusals.reports.comparison._flips import SYMBOLS, changed_cells, shown
from refusals.reports.comparison._sentences import READING, caveats, notes, verdict_on
from refusals.reports.comparison._tables import Block, alarmed, blocks_of, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from refusals.reports.comparison import Compared
    from refusals.statistics.comparison import Difference

FILE = "compare.md"
LARGEST = 900 * 1024  # bytes; a job summary of more than 1 MiB is refused as a whole
CELLS = 500


def render(compared: Compared) -> str:
    """Return GitHub-flavoured Markdown of at most 900 KiB; tables at the end are cut, the least important first."""
    parts = list(_parts(compared))
    size = sum(len(part.encode()) + 1 for part in parts)
    cut = 0
    while size > LARGEST - 200 and len(parts) > 1:
        size -= len(parts.pop().encode()) + 1
        cut += 1
    closing = (
        [f"Cut, to stay below {LARGEST // 1024} KiB: {cut} parts. All of it is in `compare.html`.\n"] if cut else []
    )
    return "\n".join(parts + closing)


def _parts(compared: Compared) -> Iterator[str]:
    """Yield the parts, the most important first."""
    verdict = verdict_on(compared)
    word, _, rest = verdict.sentence.partition(":")
    said = "".join(f"- {escaped(note)}\n" for note in notes(compared))
    sentence = escaped(" ".join((rest.strip(), *caveats(compared))))
    yield f"**{verdict.symbol} {word}:** {sentence}\n\nExit code {verdict.exit_code}.\n\n{said}"
    if verdict.reasons:
        yield "".join(
            f"- **{reason.standing}** {code(reason.system)}: {escaped(reason.subject)}, in "
            f"{', '.join(map(code, reason.languages))} "
            f"({code(reason.worst.where)}: {escaped(reason.worst.reason)})\n"
            for reason in verdict.reasons
        )
    blocks = [block for pairing in compared.comparison.pairings for block in blocks_of(compared, pairing)]
    yield from (_block(compared, block) for block in blocks if not block.group)
    yield _flips(compared)
    yield "## How to read this\n\n" + "".join(f"- {escaped(line)}\n" for line in READING)
    yield from (_block(compared, block) for block in blocks if block.group)


def _block(compared: Compared, block: Block) -> str:
    about = f", {escaped(block.about)}" if block.about else ""
    title = f"## {code(name_of(block.pairing))}: {block.title}{about}"
    head = ["language", "before %", "after %", "difference", "95 % interval", "at most", "+", MINUS, "n", "p"]
    rows = [_row(each, alarm=alarmed(compared, each)) for each in block.rows]
    rows.append(["**mean**", *_row(block.mean, alarm=alarmed(compared, block.mean))[1:]])
    return f"{title}\n\n{grid(head, rows)}"


def _row(each: Difference, *, alarm: bool) -> list[str]:
    worst = worst_ends(each)
    return [
        f"{'**' + code(each.language) + '** worse' if alarm else code(each.language)}",
        rate(each.baseline_rate),
        rate(each.candidate_rate),
        signed(each.difference),
        f"{ends(each) or DASH}{f'; worst case {worst}' if worst else ''}",
        signed(each.worst_upper),
        f"{each.plus}",
        f"{each.minus}",
        f"{each.n}" + (f" ({each.undecided} undecided)" if each.undecided else ""),
        f"**{chance(each.alarm)}**" if alarm else escaped(chance(each.alarm)),
    ]


def _flips(compared: Compared) -> str:
    found = changed_cells(compared, CELLS)
    title = f"## Cases that changed\n\n{escaped(found.in_words[:1].upper() + found.in_words[1:])}.\n"
    if not found.cells:
        return title
    rows = [
        [
            f"{SYMBOLS[each.change]} {each.change}",
            code(each.system),
            code(each.language),
            code(shown(each)),
            code(each.label),
            f"{code(each.before)} \N{RIGHTWARDS ARROW} {code(each.after)}",
        ]
        for each in found.cells
    ]
    more = found.total - len(found.cells)
    rest = f"\nAnd {more} more, in `compare-flips.csv`.\n" if more else ""
    return f"{title}\n{grid(['change', 'system', 'language', 'case', 'label', 'outcome'], rows)}{rest}"
