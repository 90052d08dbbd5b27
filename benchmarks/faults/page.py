"""The page about faults of translation: tables, what each kind is, and what is not reached."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from benchmarks.faults import Sort
from benchmarks.faults.kinds import KINDS
from benchmarks.faults.rooms import Tally

TARGETS = {Sort.EXACT: 0.98, Sort.LIKELY: 0.90, Sort.OPEN: 0.98, Sort.MEANING: 0.0}
FALSE_ALARMS = 0.005
METHOD = """`refusals check` looks at every translation. How much of what goes wrong does it find? `python
benchmarks/translation_faults.py --write` writes this page from the corpus as it stands; nobody edits it.

1. One fault of each kind is injected into texts of each language whose texts have all been read (state `checked`),
   variants left out: up to 63 texts a kind and language, drawn with a fixed seed. A kind that a text or language cannot
   have is not injected.
2. A fault is *found* if the text then has an error or a warning, not dismissed, that it did not have before; *by an
   error*, with which `refusals check` exits with 1, is given beside it, and in a language's cell where it differs.
3. Checks that judge a text among all others (length, near duplicates, words of the source, letters, marks) are shown
   faults in at most a tenth of a language's texts at a time, so that medians stay those of clean texts.
4. Refusals are those held out of the judges' lists; an answer's opening is taken out of what the checks know.
5. Preambles, warnings and neighbouring languages were written for this page, and no native speaker has read them.
6. Targets, over all languages: exact and open kinds 98 % found, likely ones 90 %; errors on untouched texts 0.5 %.
   Which kinds are open, and that short answers are a kind of their own, was decided after a first run had shown the
   figures. Misread bytes, entities, quotes around the whole, stray joiners, lost marks and letters of another language
   were open kinds then; checks were written for them afterwards.
7. The checks were tuned on these texts, and the faults are synthetic and one a text. Expect less on another corpus;
   and nothing here says how often a fault is made."""
HEADINGS = {
    Sort.EXACT: "Faults that a check must find",
    Sort.LIKELY: "Faults that a check finds mostly",
    Sort.OPEN: "Faults that no check looks for yet",
    Sort.MEANING: "Faults of meaning",
}
REMARKS = {
    Sort.MEANING: """
These leave a whole text in its language. What is found of them is found by chance: a question that no longer ends as
one. They are what back-translation and native readers are for.""",
}


def page(tallies: Mapping[str, Mapping[str, Tally]], alarms: Mapping[str, Tally]) -> Iterator[str]:
    """Yield the page line by line."""
    pooled = {name: sum(by_tag.values(), Tally()) for name, by_tag in tallies.items()}
    yield f"# Faults of translation, injected ({date.today().isoformat()})\n"  # noqa: DTZ011 - the day where it ran
    yield METHOD
    for sort in Sort:
        names = [name for name, kind in KINDS.items() if kind.sort is sort]
        yield f"\n## {HEADINGS[sort]}\n"
        yield from _table(names, tallies, pooled)
        yield ""
        yield from (f"- *{name}*: {KINDS[name].said}" for name in names)
        yield from [REMARKS[sort]] if sort in REMARKS else []
    yield "\n## False alarms\n"
    yield from _alarms(alarms)
    yield "\n## What is not reached\n"
    yield from _missed(pooled, tallies, sum(alarms.values(), Tally())) or ["Nothing."]


def _table(
    names: Iterable[str], tallies: Mapping[str, Mapping[str, Tally]], pooled: Mapping[str, Tally]
) -> Iterator[str]:
    tags = list(next(iter(tallies.values())))
    header = ("fault", "n", "found %", "by an error %", *tags)
    yield f"| {' | '.join(header)} |\n|---|{' ---: |' * (len(header) - 1)}"
    for name in names:
        one = pooled[name]
        cells = (str(one.injected), _percent(one.found, one), _percent(one.errors, one))
        yield f"| {' | '.join((name, *cells, *(_both(tallies[name][tag]) for tag in tags)))} |"


def _both(one: Tally) -> str:
    found, errors = _percent(one.found, one, 0), _percent(one.errors, one, 0)
    return found if found == errors else f"{found} / {errors}"


def _percent(part: int, one: Tally, digits: int = 1) -> str:
    return f"{100 * part / one.injected:.{digits}f}" if one.injected else "-"


def _alarms(alarms: Mapping[str, Tally]) -> Iterator[str]:
    yield "| language | texts | with a finding | with an error |\n|---| ---: | ---: | ---: |"
    for tag, one in (*alarms.items(), ("all", sum(alarms.values(), Tally()))):
        yield f"| {tag} | {one.injected} | {one.found} | {one.errors} |"


def _missed(pooled: Mapping[str, Tally], tallies: Mapping[str, Mapping[str, Tally]], alarms: Tally) -> list[str]:
    lines = []
    if alarms.errors > FALSE_ALARMS * alarms.injected:
        lines.append(f"- **false alarms**: {_percent(alarms.errors, alarms)} %, at most {100 * FALSE_ALARMS} % wanted.")
    for name, one in pooled.items():
        target = TARGETS[KINDS[name].sort]
        low = [tag for tag, own in tallies[name].items() if own.found < target * own.injected]
        if one.found < target * one.injected:
            lines.append(
                f"- **{name}**: {_percent(one.found, one)} % of {one.injected} found, {100 * target:.0f} % wanted."
            )
        elif low:
            lines.append(f"- {name}: reached over all languages, not in {', '.join(low)}.")
    return lines
