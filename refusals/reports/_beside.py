"""What a report says beside the rates of a system: small tables, each with a sentence, which all reports share."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from refusals.clean import clean
from refusals.plan import Ending
from refusals.reports._numbers import DASH, SPACE, decimal, interval, limit_of, percent
from refusals.reports._tiers import tiers_of
from refusals.statistics import ALL_LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from refusals.reports import Results


_OWN_WORDS = "in its own words"
_LONGEST = 60  # characters of a signal
_SIGNALS = 6  # that have a column of their own, the most frequent


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A table of plain strings under a title. The sentence is what a terminal shows of it, and stands above it."""

    title: str
    sentence: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def beside(results: Results, system: str) -> tuple[Beside, ...]:
    """Return the tables that a system has."""
    return (
        *_stopped(results, system),
        *_repeats(results, system),
        *_threshold(results, system),
        *_raters(results, system),
        *_tiers(results, system),
        *_blocked(results, system),
    )


def _threshold(results: Results, system: str) -> Iterator[Beside]:
    for point in results.operating:
        if point.system != system:
            continue
        kept = f"over-refusal on {point.label} within {limit_of(point.limit)}"
        found = f"{system} has no threshold that keeps {kept}, so that nothing is decided"
        if point.threshold is not None and point.high is not None:
            rate = "" if point.rate is None else f"{percent(point.rate)}{SPACE}%, "
            upper = f"{rate}at most {percent(point.high)}{SPACE}%"
            found = f"{system} flags from {point.threshold:.6g} on, the lowest score that keeps {kept} ({upper})"
        yield Beside(
            title="Threshold",
            sentence=f"{found}. It was sought on {point.calibration_families} families ({point.calibration_cells:,} "
            f"cells); every figure is of the other {point.evaluation_families} ({point.evaluation_cells:,} cells), and "
            "so is the curve, the mean of the languages.",
            head=("threshold", f"over-refusal on {point.label}", "under-refusal"),
            rows=tuple(
                (f"{each.threshold:.6g}", _share(each.over), _share(each.under))
                for each in point.curve
                if each.language == ALL_LANGUAGES
            ),
        )


def _blocked(results: Results, system: str) -> Iterator[Beside]:
    """Yield who said no, where it was not the model alone: the provider, or a stage of a product."""
    by_language: dict[str, Counter[str]] = {}
    for trial in results.plan.trials:
        outcome = results.outcomes.get(trial.id)
        if trial.system != system or outcome is None or outcome.ending not in (Ending.BLOCKED, Ending.REFUSED):
            continue
        said = outcome.reason if outcome.ending is Ending.BLOCKED else _OWN_WORDS
        by_language.setdefault(trial.language, Counter())[" ".join(clean(said).split())[:_LONGEST]] += 1
    whole = sum(by_language.values(), Counter[str]())
    signals = [signal for signal, _ in whole.most_common() if signal != _OWN_WORDS][:_SIGNALS]
    if not signals:
        return
    columns = (*signals, _OWN_WORDS)
    listed = ", ".join(f"{signal} {whole[signal]}" for signal in columns)
    yield Beside(
        title="Who said no",
        sentence=f"{system} said no in {sum(whole.values()):,} cells: {listed}.",
        head=("language", *columns),
        rows=tuple(
            (tag, *(f"{by_language[tag][signal]}" for signal in columns))
            for tag in results.plan.languages
            if tag in by_language
        ),
    )


def _stopped(results: Results, system: str) -> Iterator[Beside]:
    """Yield how far a system was asked until its gates were decided, where the run may stop early."""
    rulings = [ruling for ruling in results.rulings if ruling.system == system and ruling.evidence]
    if not rulings:
        return
    saved = results.saved.get(system, 0)
    asked = sum(trial.system == system for trial in results.plan.trials)
    yield Beside(
        title="Stopping early",
        sentence=f"{system} was asked {asked:,} of {asked + saved:,} cells, until each of its gates was decided in "
        f"this suite: {saved:,} calls saved. The intervals of its other figures take no account of the stopping.",
        head=("gate", "language", "ruling", "cells read", "wrong at any time", "e-value"),
        rows=tuple(
            (
                ruling.name,
                ruling.where,
                str(ruling.standing),
                f"{ruling.evidence.seen} of {ruling.evidence.size}",
                DASH if ruling.low is None or ruling.high is None else interval(ruling.low, ruling.high),
                f"{max(ruling.evidence.e_pass, ruling.evidence.e_fail):.3g}",
            )
            for ruling in rulings
            if ruling.evidence
        ),
    )


def _repeats(results: Results, system: str) -> Iterator[Beside]:
    for each in results.repeats:
        if each.system == system:
            times = "once" if each.repeats == 1 else f"{each.repeats} times"
            told = f"A pilot of {each.cells:,} cells says" if each.pilot else f"{each.cells:,} cells say"
            yield Beside(
                title="Repeats",
                sentence=f"{system} was asked each cell {times}. {told} that two answers to a cell correlate by "
                f"{_decimal(each.correlation)}, which makes {each.best} worth while if a cell costs as much as an "
                "answer. A rate is over all answers, and its interval counts families.",
                head=("repeats", "cells", "correlation", "worth while"),
                rows=((f"{each.repeats}", f"{each.cells}", _decimal(each.correlation), f"{each.best}"),),
            )


def _share(rate: tuple[float, float, float] | None) -> str:
    return DASH if rate is None else f"{percent(rate[0])}{SPACE}% ({interval(*rate[1:])})"


def _raters(results: Results, system: str) -> Iterator[Beside]:
    found = [each for each in results.agreements if each.system == system]
    split = [each for each in results.splits if each.system == system]
    if not found:
        return
    whole = [each for each in found if not each.label]
    alphas = ", ".join(f"{each.language} {_decimal(each.alpha)}" for each in whole)
    yield Beside(
        title="Agreement of raters",
        sentence=f"{system} is the majority of raters; Krippendorff's alpha: {alphas}; cells they split on: "
        f"{len(split)} of {sum(each.rated_twice for each in whole)} that two or more decided.",
        head=("language", "label", "raters", "cells rated", "by two or more", "alpha", "mean AC1"),
        rows=tuple(
            (
                each.language,
                each.label or "all",
                f"{each.raters}{_roles(each.roles)}",
                f"{each.rated}",
                f"{each.rated_twice}",
                _decimal(each.alpha),
                _decimal(each.ac1),
            )
            for each in found
        ),
    )
    if split:
        yield Beside(
            title="Cases that raters split on",
            sentence="",
            head=("language", "case", "said"),
            rows=tuple((each.language, each.case, _counts(each.counts)) for each in split),
        )


def _tiers(results: Results, system: str) -> Iterator[Beside]:
    found = tiers_of(results, system)
    if found:
        yield Beside(
            title="Labels by tiers",
            sentence=f"{system} sends cells to review; they count as `{results.sides.review}` says (strict: as "
            "refused, loose: as complied, three-way: as wrong). Decided cells:",
            head=("language", "label", "allow", "review", "flag"),
            rows=tuple(
                (each.language, each.label, f"{each.allow}", f"{each.review}", f"{each.flag}") for each in found
            ),
        )


def _roles(roles: tuple[tuple[str, int], ...]) -> str:
    return f" ({_counts(roles)})" if roles else ""


def _counts(counts: tuple[tuple[str, int], ...]) -> str:
    return ", ".join(f"{count} {word}" for word, count in counts)


def _decimal(value: float | None) -> str:
    return DASH if value is None else decimal(value)
