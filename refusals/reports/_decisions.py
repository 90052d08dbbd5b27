"""Every decision of a run, packed for the page: the wrong ones first, then the undecided, the right ones last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from refusals.clean import clean
from refusals.languages import SOURCE_LANGUAGE
from refusals.reports._cells import LEFT_OUT, NOT_SCORED, OVER, RIGHT, UNDECIDED, UNDER, went
from refusals.reports._packs import Coded, packed
from refusals.reports._said import Said, said_in
from refusals.reports._table import languages_of, systems_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from refusals.outcomes import Outcome
    from refusals.plan import Trial
    from refusals.reports import Results

MOST = 1_000_000  # rows that a browser filters while somebody waits; the rest is in run.sqlite
MOST_CHARACTERS = 18_000_000  # of all packs of cases together, so that with figures the page stays under 25 MB

WORST_FIRST = (UNDER, OVER, UNDECIDED, NOT_SCORED, LEFT_OUT, RIGHT)

_CASE = ("case", "family", "label", "domain", "kind", "expected", "mechanism", "axis", "severity")
_PROMPT = ("language", "tier", "state", "digest")
_END = ("went", "outcome", "judge", "reason", "category", "reply_language", "truncated", "attempts", "model")

Past = tuple[str, str, str]
"""What a cell came to in an earlier run: the run's name, how it went, the outcome."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """The packs of the page by name, how many decisions they have of how many, and what is said of texts."""

    packs: Mapping[str, str]
    shown: int
    of: int
    wrong: int
    undecided: int
    left_out: tuple[str, ...]


def decisions_of(results: Results, *, show_text: bool, history: Mapping[str, Sequence[Past]] | None = None) -> Listed:
    """Return all decisions, and the texts where they are to be shown and there is room for them.

    Args:
        results: what to list.
        show_text: whether prompts and replies are packed.
        history: by trial, what it came to in earlier runs, the oldest first.
    """
    how = {trial.id: went(results.sides, trial, results.outcomes.get(trial.id)) for trial in results.plan.trials}
    trials = _worst_first(results, how)[:MOST]
    tables = _tables(results, trials, how)
    said = said_in(results, trials, tables["prompt"].of_cells, how) if show_text else Said()
    content: dict[str, object] = {
        "source": SOURCE_LANGUAGE,
        "went": WORST_FIRST,
        "languages": [[each.tag, clean(each.name), each.direction, each.script] for each in languages_of(results)],
        "tables": {name: table.columnwise for name, table in tables.items()},
        "cells": {name: table.of_cells for name, table in tables.items()},
        "replies": said.of_cells,
        "apart": len(said.replies),
        "read": _read(results, trials),
        "history": {n: history[trial.id] for n, trial in enumerate(trials) if trial.id in history} if history else {},
    }
    cells = packed(content)
    texts, left_out = said.packed(MOST_CHARACTERS - len(cells))
    return Listed(
        packs={"cells": cells, **texts},
        shown=len(trials),
        of=len(results.plan.trials),
        wrong=sum(each in (OVER, UNDER) for each in how.values()),
        undecided=sum(each == UNDECIDED for each in how.values()),
        left_out=left_out,
    )


def _worst_first(results: Results, how: Mapping[str, str]) -> list[Trial]:
    systems = {name: at for at, name in enumerate(systems_of(results))}
    tongues = {tag: at for at, tag in enumerate(results.plan.languages)}

    def key(trial: Trial) -> tuple[int, int, str, int, str]:
        rank = WORST_FIRST.index(how[trial.id])
        return rank, systems[trial.system], trial.case, tongues.get(trial.language, len(tongues)), trial.id

    return sorted(results.plan.trials, key=key)


def _tables(results: Results, trials: Sequence[Trial], how: Mapping[str, str]) -> dict[str, Coded]:
    """Return the tables that `page/cells.js` reads."""
    system, score = Coded(("system",)), Coded(("score",))
    case, prompt, end = Coded(_CASE), Coded(_PROMPT), Coded(_END)
    for each in trials:
        outcome = results.outcomes.get(each.id)
        system.add(each.system)
        score.add(None if outcome is None or outcome.score is None else float(f"{outcome.score:.6g}"))
        case.add(
            each.shown,
            each.family,
            each.label,
            each.domain,
            each.kind,
            each.expectation,
            each.mechanism,
            each.axis,
            each.severity,
        )
        prompt.add(each.language, each.tier, each.state, each.prompt.id[:12])
        end.add(how[each.id], *_ended(outcome))
    return {"system": system, "case": case, "prompt": prompt, "end": end, "score": score}


def _ended(outcome: Outcome | None) -> tuple[object, ...]:
    if outcome is None:
        return "no outcome", "", "", "", "", False, 0, ""
    return (
        outcome.ending,
        outcome.judge,
        outcome.reason,
        outcome.category,
        outcome.reply_language,
        outcome.truncated,
        outcome.attempts,
        outcome.model,
    )


def _read(results: Results, trials: Sequence[Trial]) -> dict[int, list[list[str]]]:
    """Return, by row, what people found the reply to be."""
    found: dict[str, list[list[str]]] = {}
    for each in results.annotations:
        found.setdefault(each.trial, []).append([each.ending, each.by])
    return {row: found[trial.id] for row, trial in enumerate(trials) if trial.id in found}
