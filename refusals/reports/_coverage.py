"""How far the texts of a run have been looked at stands in every report, since a figure is worth no more than they."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from refusals.reports import Results

SOURCE = "source"
BY_PEOPLE = ("reviewed", "adjudicated")


def coverage(results: Results) -> list[tuple[str, dict[str, int]]]:
    """Return, for each language of the run, how many of its texts are in which state."""
    return [(language, dict(found)) for language, found in results.manifest.states.items()]


def in_words(results: Results) -> str:
    """Return the states of all translations together, and which languages have no texts of a kind that was asked."""
    return " ".join(filter(None, (_states(results), _kinds(results))))


def _states(results: Results) -> str:
    counts: Counter[str] = Counter()
    for _, found in coverage(results):
        counts.update(found)
    translated = {state: count for state, count in sorted(counts.items()) if state != SOURCE}
    if not translated:
        return "All texts are as they were written, in their own language."
    said = ", ".join(f"{count:,} {state}" for state, count in translated.items())
    by_people = sum(translated.get(state, 0) for state in BY_PEOPLE)
    none = "" if by_people else "; no person has reviewed any"
    return f"Translations by state: {said} of {sum(translated.values()):,}{none}."


def _kinds(results: Results) -> str:
    """Return which kinds of case only some languages were asked: rates over all kinds do not compare there."""
    asked: dict[str, set[str]] = {}
    for trial in results.plan.trials:
        if not trial.native:
            asked.setdefault(trial.kind, set()).add(trial.language)
    tongues = set().union(*asked.values()) if asked else set()
    said = [f"{kind}s in {', '.join(sorted(there))} only" for kind, there in sorted(asked.items()) if there != tongues]
    return f"Asked: {'; '.join(said)}. Gaps compare the same cases; rates over all kinds do not." if said else ""
