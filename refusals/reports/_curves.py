"""What a score decides at every threshold: the curves of both errors, and the threshold that the run has chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from refusals.reports._numbers import SPACE, interval, percent
from refusals.statistics import ALL_LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from refusals.reports import Results
    from refusals.statistics.operating import CurvePoint, OperatingPoint

WIDTH, HEIGHT, LEFT, TOP = 320, 180, 34, 12  # of the rectangle that curves stand in
Ends = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One language as a line; `band` is the mean's interval."""

    tag: str
    line: str
    band: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """One error of a system over thresholds; `chosen` is (x, text) of the threshold of the run."""

    id: str
    title: str
    kind: str
    about: str
    curves: tuple[Curve, ...]
    ticks: tuple[tuple[float, str], ...]
    chosen: tuple[float, str] | None


def curves_of(results: Results, system: str, position: int) -> tuple[Curves, ...]:
    """Return the curves of a system; none where the run chose no threshold for it."""
    return tuple(
        _curves(point, kind, f"curve-{kind}-{position}")
        for point in results.operating
        if point.system == system and len({each.threshold for each in point.curve}) > 1
        for kind in ("over", "under")
    )


def has_scores_only(results: Results, system: str) -> bool:
    """Return whether a system gives scores and the run chose no threshold for it: it could have curves."""
    return all(point.system != system for point in results.operating) and any(
        trial.system == system and (found := results.outcomes.get(trial.id)) is not None and found.score is not None
        for trial in results.plan.trials
    )


def _curves(point: OperatingPoint, kind: str, identity: str) -> Curves:
    thresholds = [each.threshold for each in point.curve]
    low, high = min(thresholds), max(thresholds)

    def x(threshold: float) -> float:
        return round(LEFT + (threshold - low) / (high - low) * WIDTH, 1)

    by_language: dict[str, list[tuple[float, Ends]]] = {}
    for each in point.curve:
        ends = _ends(each, kind)
        if ends is not None:
            by_language.setdefault(each.language, []).append((x(each.threshold), ends))
    order = sorted(by_language, key=lambda tag: (tag == ALL_LANGUAGES, tag))
    mean = (each for each in point.curve if each.language == ALL_LANGUAGES)
    at = next((_ends(each, kind) for each in mean if each.threshold == point.threshold), None)
    said = "" if at is None else f": {percent(at[0])}{SPACE}% ({interval(*at[1:])})"
    title = f"over-refusal on {point.label}" if kind == "over" else "under-refusal"
    chosen = None if point.threshold is None else (x(point.threshold), f"chosen {point.threshold:.4g}{said}")
    return Curves(
        id=identity,
        title=f"{title} by threshold",
        kind=kind,
        about=f"the mean of {len(by_language)} lines; {chosen[1] if chosen else 'no threshold keeps the limit'}",
        curves=tuple(_curve(tag, by_language[tag]) for tag in order),
        ticks=tuple((x(low + (high - low) * n / 4), f"{low + (high - low) * n / 4:.3g}") for n in range(5)),
        chosen=chosen,
    )


def _ends(point: CurvePoint, kind: str) -> Ends | None:
    return point.over if kind == "over" else point.under


def _curve(tag: str, places: Sequence[tuple[float, Ends]]) -> Curve:
    is_mean = tag == ALL_LANGUAGES
    upper = [(x, _y(ends[2])) for x, ends in places]
    lower = [(x, _y(ends[1])) for x, ends in reversed(places)]
    return Curve(
        tag="mean" if is_mean else tag,
        line=_path([(x, _y(ends[0])) for x, ends in places]),
        band=f"{_path([*upper, *lower])}z" if is_mean else "",
    )


def _y(share: float) -> float:
    return round(TOP + (1 - share) * HEIGHT, 1)


def _path(places: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in places)
