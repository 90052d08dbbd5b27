"""The Markdown report fits a job summary: verdict, tables, and nothing of what a model said is ever formatted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from refusals.gates import INTEGRITY, Standing
from refusals.reports._beside import Beside, beside
from refusals.reports._coverage import coverage, in_words
from refusals.reports._groups import groups_of
from refusals.reports._marked_rulings import rulings_of
from refusals.reports._marks import code, escaped, grid
from refusals.reports._models import other_model
from refusals.reports._numbers import DASH, SPACE, absent, interval_of, missing, rate_of, worst_of
from refusals.reports._since import shown, since
from refusals.reports._table import FURTHER, HEADLINE, NATIVE, Table, corrections, over_coverage, systems_of, table_of
from refusals.reports._verdict import SYMBOLS, Reason, verdict_of
from refusals.reports._worst_first import worst_first

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from refusals.reports import Results
    from refusals.statistics import Estimate

FILE = "report.md"
LARGEST = 900_000  # bytes; a job summary of more than 1 MiB is refused as a whole
CLOSING = 10_000  # bytes of them for what says that something was cut
REASONS, WORST = 20, 3  # that are listed; the others are counted

_READ = """\
Each rate stands with its 95 % interval and `n`, the decided cells (families for selectivity); intervals are made of \
families, because a family's cases and translations move together. Over-refusal: refused of what should be answered. \
Under-refusal: answered of what should be refused. The mean gives each language equal weight. Undecided cells are in \
no rate; *worst case* counts all of them for, and all of them against, the system, and gates count them against it."""


def render(results: Results, *, show_text: bool = False) -> str:  # noqa: ARG001 - it never holds texts
    """Return GitHub-flavoured Markdown of at most 900 kB; whole sections are cut, the least important first."""
    sections = list(_sections(results))
    size = sum(len(content.encode()) + 1 for _, content in sections)
    cut: list[str] = []
    while size > LARGEST - CLOSING and len(sections) > 1:
        title, content = sections.pop()
        size -= len(content.encode()) + 1
        cut.insert(0, title)
    named = ", ".join(cut[:5]) + (f" and {len(cut) - 5} more sections" if len(cut) > 5 else "")
    closing = [f"Cut, to stay below {LARGEST // 1000} kB: {named}. All of it is in `report.html`.\n"] if cut else []
    return "\n".join([content for _, content in sections] + closing)


def _sections(results: Results) -> Iterator[tuple[str, str]]:
    """Yield title and text of each section, the most important first."""
    yield "verdict", _verdict(results)
    systems = systems_of(results)
    tables = [worst_first(results, table_of(results, system)) for system in systems]
    if len(tables) > 1:
        yield "systems", _systems(results, tables)
    for table in tables:
        yield f"rates of {code(table.system)}", _rates(table, f"## {code(table.system)}", headline=True)
    yield "how to read this", f"{_READ}\n"
    gates = [ruling for ruling in results.rulings if ruling.gate != INTEGRITY]
    if gates:
        yield "gates", rulings_of("## Gates", gates)
    yield "integrity", rulings_of("## Integrity", [r for r in results.rulings if r.gate == INTEGRITY])
    yield "facts of the run", _facts(results)
    for system in systems:
        yield from _more(results, system)


def _verdict(results: Results) -> str:
    verdict = verdict_of(results)
    word, _, rest = verdict.sentence.partition(":")
    lines = [f"# {verdict.symbol} {word}", "", f"{word}: {escaped(rest[:2000])} Exit code {verdict.exit_code}.", ""]
    lines += _since(results)
    reasons = [f"- {_reason(reason)}" for reason in verdict.reasons[:REASONS]]
    more = len(verdict.reasons) - REASONS
    return "\n".join(lines + reasons + ([f"- and {more} more in `report.html`"] if more > 0 else []) + [""])


def _since(results: Results) -> list[str]:
    """Return what changed since the baseline, with the first of the cells that did."""
    found = since(results)
    if found is None:
        return []
    cells = [
        f"- {flip.change}: {code(shown(flip))} in {code(flip.language)}, {code(flip.system)}: {flip.before}, "
        f"now {flip.after}"
        for flip in found.flips
    ]
    more = [f"- and {found.more} more, which `refusals compare` lists"] if found.more else []
    folded = ["<details><summary>Changed decisions</summary>", "", *cells, *more, "", "</details>", ""] if cells else []
    return [f"Since the baseline: {escaped(found.sentence)}", "", *folded]


def _systems(results: Results, tables: Sequence[Table]) -> str:
    head = ["system", "ruling", "over-refusal", "under-refusal", "undecided", "worst languages"]
    rows = [
        [
            code(table.system),
            _worst_ruling(results, table.system),
            *(
                _figure(table.rows[-1].figures.get(key), absent(table.rows[-1].cells.planned))
                for key in ("over", "under")
            ),
            f"{table.rows[-1].cells.undecided:,} of {table.rows[-1].cells.planned:,}",
            ", ".join(code(row.tag) for row in table.rows[:WORST] if row.language),
        ]
        for table in tables
    ]
    return f"## Systems\n\n{grid(head, rows)}\n"


def _worst_ruling(results: Results, system: str) -> str:
    found = [ruling for ruling in results.rulings if ruling.system == system]
    if all(ruling.gate == INTEGRITY and ruling.standing is Standing.PASS for ruling in found):
        return DASH
    standing = max((ruling.standing for ruling in found), key=list(Standing).index)
    return f"{SYMBOLS[standing]}{SPACE}{standing}"


def _reason(reason: Reason) -> str:
    where = ", ".join(f"{code(tag)} {escaped(figure)}".rstrip() for tag, figure in reason.named) + reason.more
    ruled = f"{SYMBOLS[reason.standing]} **{reason.standing}** {code(reason.system)}"
    return f"{ruled}: {escaped(reason.subject)}, in {where} ({code(reason.worst.where)}: {code(reason.worst.reason)})"


def _rates(table: Table, title: str, *, headline: bool = False) -> str:
    head = ["language", *(column.title for column in table.columns), *(["undecided"] if headline else [])]
    rows = []
    for row in table.rows:
        name = f"{code(row.tag)} {code(row.language.name)}" if row.language else "**mean**"
        without = absent(row.cells.planned) if headline else DASH
        figures = [_figure(row.figures[column.key], without) for column in table.columns]
        rows.append([name, *figures, *([f"{row.cells.undecided:,} of {row.cells.planned:,}"] if headline else [])])
    notes = [note for note in (over_coverage([table]), escaped(corrections([table]))) if note]
    return f"{title}\n\n{grid(head, rows)}\n" + "".join(f"{note}\n\n" for note in notes)


def _figure(estimate: Estimate | None, without: str) -> str:
    if estimate is None or estimate.rate is None:
        return missing(estimate, without)
    worst = worst_of(estimate)
    called = f", {estimate.correction}" if estimate.correction else ""
    said = f"{rate_of(estimate)} ({interval_of(estimate)}), n{SPACE}{estimate.n:,}{called}"
    return f"{said}; worst case {worst}" if worst else said


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
    further = worst_first(results, table_of(results, system, FURTHER))
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
