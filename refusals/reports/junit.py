"""The JUnit report is for continuous integration: gates fail there, single decisions never do.

A gate that fails or cannot tell is a `failure`, an invalid ruling an `error`, an undecided cell `skipped`; so a file
without failure and error is of a run that ends with 0. Where cells are too many for a file that a CI server takes,
those decided right go first, and a skipped test in each suite says how many are not there.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from refusals.clean import clean
from refusals.gates import Standing
from refusals.outcomes import Side, right, side
from refusals.reports._table import systems_of
from refusals.reports._verdict import subject, verdict_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from refusals.gates import Ruling
    from refusals.plan import Trial
    from refusals.reports import Results

FILE = "junit.xml"
LONGEST = 1024  # characters of a detail
HEAD = 2 * LONGEST  # bytes of a suite beside its tests
LARGEST = 20_000_000  # bytes; GitLab refuses a report above 30 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    classname: str
    name: str
    properties: tuple[tuple[str, str], ...]
    child: str = ""
    message: str = ""
    right: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Suite:
    name: str
    cases: tuple[_Case, ...]


def render(results: Results, *, show_text: bool = False) -> str:  # noqa: ARG001 - it never holds texts
    """Return XML with a suite of rulings, then one of cells for each system; it is read back before it is returned."""
    suites = [_Suite(name="rulings", cases=tuple(ruled(ruling) for ruling in results.rulings))]
    for system in systems_of(results):
        trials = [trial for trial in results.plan.trials if trial.system == system]
        cells = tuple(_cell(results, trial) for trial in sorted(trials, key=lambda trial: trial.id))
        suites.append(_Suite(name=system, cases=cells))
    suites = _within(suites, LARGEST)
    body = "".join(suite_of(suite.name, suite.cases) for suite in suites)
    counts = _counts([case for suite in suites for case in suite.cases])
    named = f"<testsuites name={quoted(verdict_of(results).sentence)} {counts}>"
    written = f'<?xml version="1.0" encoding="UTF-8"?>\n{named}\n{body}</testsuites>\n'
    expat.ParserCreate().Parse(written.encode("utf-8"), True)  # noqa: FBT003 - a positional-only flag: this is all
    return written


def _within(suites: list[_Suite], largest: int) -> list[_Suite]:
    """Return the suites with as many cells as fit, the wrong and undecided ones before those that were right."""
    rulings, *others = suites
    room = largest - sum(len(_testcase(case).encode()) for case in rulings.cases) - HEAD * (1 + len(suites))
    kept: set[int] = set()
    for case in sorted((case for suite in others for case in suite.cases), key=lambda case: case.right):
        room -= len(_testcase(case).encode())
        if room < 0:
            break
        kept.add(id(case))
    return [rulings, *(_cut(suite, tuple(case for case in suite.cases if id(case) in kept)) for suite in others)]


def _cut(suite: _Suite, kept: tuple[_Case, ...]) -> _Suite:
    gone = len(suite.cases) - len(kept)
    if not gone:
        return suite
    said = f"{gone} of {len(suite.cases)} cells are not in this file, to stay below {LARGEST // 10**6} MB"
    where = f"cells.{ascii_id(suite.name)}"
    note = _Case(classname=where, name="cells-left-out", properties=(), child="skipped", message=said)
    return _Suite(name=suite.name, cases=(*kept, note))


def ruled(ruling: Ruling) -> _Case:
    """Return a ruling as a test case: a failure, or an error where it is invalid."""
    child = {Standing.PASS: "", Standing.INVALID: "error"}.get(ruling.standing, "failure")
    return _Case(
        classname=f"gates.{ascii_id(ruling.system)}",
        name=ascii_id(f"{ruling.where}.{ruling.name}"),
        properties=(
            ("system", ruling.system),
            ("language", ruling.language),
            ("label", ruling.label),
            ("gate", ruling.gate),
            ("ruling", ruling.standing),
        ),
        child=child,
        message=f"{subject(ruling)}: {ruling.reason}",
    )


def _cell(results: Results, trial: Trial) -> _Case:
    outcome = results.outcomes.get(trial.id)
    found = Side.UNDECIDED if outcome is None else side(outcome.ending, results.sides)
    as_expected = right(trial.expectation, found)
    ending = str(outcome.ending) if outcome else "no outcome"
    reason = outcome.reason if outcome else ""
    return _Case(
        classname=f"cells.{ascii_id(trial.system)}.{ascii_id(trial.domain)}",
        name=ascii_id(f"{trial.language}.{trial.family.rpartition('/')[2]}.{trial.shown.rpartition('/')[2]}"),
        properties=(
            ("system", trial.system),
            ("language", trial.language),
            ("label", trial.label),
            ("domain", trial.domain),
            ("kind", trial.kind),
            ("state", trial.state),
            ("outcome", ending),
            ("right", "" if as_expected is None else str(as_expected).lower()),
        ),
        child="skipped" if found in (Side.UNDECIDED, Side.LEFT_OUT) else "",
        message=f"{'undecided' if found is Side.UNDECIDED else 'left out'}: {ending}"
        + (f" ({reason})" if reason else ""),
        right=as_expected is True,
    )


def suite_of(name: str, cases: Sequence[_Case], notes: Sequence[str] = ()) -> str:
    """Return a suite; notes are its properties."""
    rows = "".join(_testcase(case) for case in cases)
    said = "".join(f'<property name="note" value={quoted(note)}/>\n' for note in notes)
    head = f"<properties>\n{said}</properties>\n" if said else ""
    return f"<testsuite name={quoted(name)} {_counts(cases)}>\n{head}{rows}</testsuite>\n"


def _counts(cases: Sequence[_Case]) -> str:
    found = Counter(case.child for case in cases)
    kinds = (("failures", "failure"), ("errors", "error"), ("skipped", "skipped"))
    return f'tests="{len(cases)}" ' + " ".join(f'{name}="{found[child]}"' for name, child in kinds)


def _testcase(case: _Case) -> str:
    properties = "".join(
        f"<property name={quoted(key)} value={quoted(value)}/>" for key, value in case.properties if value
    )
    child = ""
    if case.child == "skipped":
        child = f"<skipped message={quoted(case.message)}/>"
    elif case.child:
        kind = dict(case.properties)["ruling"]
        child = f"<{case.child} type={quoted(kind)} message={quoted(case.message)}>{_text(case.message)}</{case.child}>"
    return (
        f'<testcase classname={quoted(case.classname)} name={quoted(case.name)} time="0">'
        f"<properties>{properties}</properties>{child}</testcase>\n"
    )


def ascii_id(text: str) -> str:
    """Return a name of the characters a-z, A-Z, 0-9, `.`, `_` and `-` only."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text.replace("/", ".")).strip("-") or "unnamed"


def _short(text: str) -> str:
    plain = clean(text)
    return plain if len(plain) <= LONGEST else plain[: LONGEST - 1] + "…"


def _text(text: str) -> str:
    return escape(_short(text))


@lru_cache(maxsize=4096)
def quoted(text: str) -> str:
    """Return a text as an attribute's value, cleaned and cut."""
    return quoteattr(_short(text))
