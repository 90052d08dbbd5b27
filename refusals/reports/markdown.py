"""The Markdown report fits a job summary: verdict, tables, and nothing of what a model said is ever formatted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from refusals.clean import clean
from refusals.gates import INTEGRITY, Standing
from refusals.reports._beside import Beside, beside
from refusals.reports._coverage import coverage, in_words
from refusals.reports._groups import groups_of
from refusals.reports._models import other_model
from refusals.reports._numbers import DASH, NOT_RUN, interval, interval_of, missing, percent, rate_of, worst_of
from refusals.reports._table import FURTHER, HEADLINE, NATIVE, Table, corrections, over_coverage, systems_of, table_of
from refusals.reports._verdict import SYMBOLS, Reason, subject, verdict_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from refusals.gates import Ruling
    from refusals.reports import Results
    from refusals.statistics import Estimate

FILE = "report.md"
LARGEST = 900 * 1024  # bytes; a job summary of more than 1 MiB is refused as a whole
LONGEST = 300  # characters of a string from outside

_READ = """\
Each rate stands with its 95 % interval and `n`, the decided cells (families for selectivity); intervals are made of \
families, because a family's cases and translations move together. Over-refusal: refused of what should be answered. \
Under-refusal: answered of what should be refused. The mean gives each language equal weight. Undecided cells are in \
no rate; *worst case* counts all of them for, and all of them against, the system, and gates count them against it."""


def render(results: Results, *, show_text: bool = False) -> str:  # noqa: ARG001 - it never holds texts
    """Return GitHub-flavoured Markdown of at most 900 KiB; whole sections are cut, the least important first."""
    sections = list(_sections(results))
    size = sum(len(content.encode()) + 1 for _, content in sections)
    cut: list[str] = []
    while size > LARGEST - 500 and len(sections) > 1:
        title, content = sections.pop()
        size -= len(content.encode()) + 1
        cut.insert(0, title)
    named = ", ".join(cut[:5]) + (f" and {len(cut) - 5} more sections" if len(cut) > 5 else "")
    closing = [f"Cut, to stay below {LARGEST // 1024} KiB: {named}. All of it is in `report.html`.\n"] if cut else []
    return "\n".join([content for _, content in sections] + closing)


def _sections(results: Results) -> Iterator[tuple[str, str]]:
    """Yield title and text of each section, the most important first."""
    yield "verdict", _verdict(results)
    systems = systems_of(results)
    for system in systems:
        yield f"rates of {code(system)}", _rates(table_of(results, system), f"## {code(system)}", headline=True)
    yield "how to read this", f"{_READ}\n"
    gates = [ruling for ruling in results.rulings if ruling.gate != INTEGRITY]
    if gates:
        yield "gates", _rulings("## Gates", gates)
    yield "integrity", _rulings("## Integrity", [r for r in results.rulings if r.gate == INTEGRITY])
    yield "facts of the run", _facts(results)
    for system in systems:
        yield from _more(results, system)


def _verdict(results: Results) -> str:
    verdict = verdict_of(results)
    word, _, rest = verdict.sentence.partition(":")
    lines = [f"# {verdict.symbol} {word}", "", f"{word}: {escaped(rest)} Exit code {verdict.exit_code}.", ""]
    return "\n".join(lines + [f"- {_reason(reason)}" for reason in verdict.reasons] + [""])


def _reason(reason: Reason) -> str:
    where = ", ".join(code(language) for language in reason.languages)
    ruled = f"{SYMBOLS[reason.standing]} **{reason.standing}** {code(reason.system)}"
    return (
        f"{ruled}: {escaped(reason.subject)}, in {where} ({code(reason.worst.language)}: {code(reason.worst.reason)})"
    )


def _rates(table: Table, title: str, *, headline: bool = False) -> str:
    head = ["language", *(column.title for column in table.columns), *(["undecided"] if headline else [])]
    rows = []
    for row in table.rows:
        name = f"{code(row.tag)} {code(row.language.name)}" if row.language else "**mean**"
        figures = [_figure(row.figures[column.key], NOT_RUN if headline else DASH) for column in table.columns]
        rows.append([name, *figures, *([f"{row.cells.undecided} of {row.cells.planned}"] if headline else [])])
    notes = [note for note in (over_coverage([table]), escaped(corrections([table]))) if note]
    return f"{title}\n\n{grid(head, rows)}\n" + "".join(f"{note}\n\n" for note in notes)


def _figure(estimate: Estimate | None, absent: str) -> str:
    if estimate is None:
        return absent
    if estimate.rate is None:
        return missing(estimate)
    worst = worst_of(estimate)
    called = f", {estimate.correction}" if estimate.correction else ""
    said = f"{rate_of(estimate)} ({interval_of(estimate)}), n {estimate.n}{called}"
    return f"{said}; worst case {worst}" if worst else said


def _rulings(title: str, rulings: Sequence[Ruling]) -> str:
    head = ["ruling", "system", "language", "asked", "found", "why"]
    worst_first = sorted(rulings, key=lambda ruling: -list(Standing).index(ruling.standing))
    rows = [
        [
            f"{SYMBOLS[ruling.standing]} {ruling.standing}",
            code(ruling.system),
            code(ruling.language),
            escaped(subject(ruling)),
            _found(ruling),
            code(ruling.reason),
        ]
        for ruling in worst_first
    ]
    return f"{title}\n\n{grid(head, rows)}\n"


def _found(ruling: Ruling) -> str:
    if ruling.rate is None:
        return missing(None)
    if ruling.low is None or ruling.high is None:
        return f"{percent(ruling.rate)} %"
    return f"{percent(ruling.rate)} % ({interval(ruling.low, ruling.high)})"


def _facts(results: Results) -> str:
    facts = results.manifest
    rows = [
        ["refusals", code(facts.version)],
        ["Python, platform", f"{code(facts.python)}, {code(facts.platform)}"],
        ["from, to", f"{code(facts.started)}, {code(facts.finished)}"],
        ["corpus", code(facts.corpus)],
        ["plan, seed", f"{code(facts.plan)}, {facts.seed}"],
        ["policy", code(facts.policy)],
        ["judges", ", ".join(code(judge) for judge in facts.judges)],
        ["calls, cost", f"{facts.calls}, {facts.cost:.4f} USD"],
        *(["system", f"{code(each.name)} = {code(f'{each.kind}:{each.target}')}"] for each in facts.systems),
        *(["other model", escaped(said)] for each in facts.systems if (said := other_model(results, each.name))),
        ["texts", escaped(in_words(results))],
        *(["texts in", f"{code(tag)}: {_states(found)}"] for tag, found in coverage(results)),
        *(["untranslatable", f"{code(tag)}: {count}"] for tag, count in sorted(facts.untranslatable.items())),
    ]
    return f"## Facts of the run\n\n{grid(['fact', 'value'], rows)}\n"


def _states(found: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {code(state)}" for state, count in found.items())


def _more(results: Results, system: str) -> Iterator[tuple[str, str]]:
    further = table_of(results, system, FURTHER)
    if further.columns:
        yield f"further measures of {code(system)}", _rates(further, f"## Further measures of {code(system)}")
    native = table_of(results, system, HEADLINE, NATIVE)
    if native.columns:
        yield (
            f"native families of {code(system)}",
            _rates(native, f"## Native families, in no other rate: {code(system)}"),
        )
    for each in beside(results, system):
        yield f"{each.title} of {code(system)}", _beside(each, system)
    for group in groups_of(results, system):
        head = [group.key, *(column.title for column in group.columns)]
        rows = [
            [code(line.value), *(_figure(line.figures[c.key], DASH) for c in group.columns)] for line in group.lines
        ]
        title = f"{code(system)} by {group.key}"
        yield title, f"### {title}\n\n{grid(head, rows)}\n"


def _beside(found: Beside, system: str) -> str:
    said = f"{escaped(found.sentence)}\n\n" if found.sentence else ""
    rows = [[code(row[0]), *map(escaped, row[1:])] for row in found.rows]
    return f"## {found.title}: {code(system)}\n\n{said}{grid([*map(escaped, found.head)], rows)}\n"


def grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table of cells that are Markdown already."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def code(text: str) -> str:
    """Return a string from outside as a code span that nothing in it can leave, fit for a table."""
    plain = clean(text)[:LONGEST].replace("|", "\\|")
    if not plain.strip():
        return DASH
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", plain)), default=0))
    edge = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{fence}{edge}{plain}{edge}{fence}"


def escaped(text: str) -> str:
    """Return a string as plain text, with every character that Markdown or HTML would read made harmless."""
    return re.sub(r"([\\`*_{}\[\]()<>#+!|~&@:/])", r"\\\1", clean(text))
