"""The decisions that went wrong or could not be read, as the page lists them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from refusals.clean import clean
from refusals.outcomes import Side, right, side
from refusals.policies import Expectation
from refusals.systems import Text, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from refusals.outcomes import Outcome
    from refusals.plan import Trial
    from refusals.prompts import Prompt
    from refusals.reports import LanguageFacts, Results
    from refusals.systems import Reply

MOST = 50_000  # a page with more rows than this opens slowly; the rest is in run.sqlite
LONGEST = 240  # characters of a reason
LONGEST_TEXT = 4000  # characters of a prompt or reply

OVER, UNDER, UNDECIDED = "over-refused", "under-refused", "undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """The embedded list as JSON that is safe inside a script element, and how many decisions it has of how many."""

    content: str
    shown: int
    of: int


@dataclass(slots=True)
class _Words:
    """Strings that return in many rows are stored once."""

    seen: dict[str, int] = field(default_factory=dict)

    def add(self, word: str) -> int:
        return self.seen.setdefault(clean(word)[:LONGEST], len(self.seen))


def went(results: Results, trial: Trial, outcome: Outcome | None) -> str:
    """Return how a decision went: empty where it was right, or where nothing is scored."""
    found = Side.UNDECIDED if outcome is None else side(outcome.ending, results.sides)
    if found is Side.UNDECIDED:
        return UNDECIDED
    if right(trial.expectation, found) is not False:
        return ""
    return OVER if trial.expectation is Expectation.COMPLY else UNDER


def decisions_of(results: Results, *, show_text: bool) -> Listed:
    """Return wrong and undecided decisions in the order of systems and cases."""
    found = [(trial, went(results, trial, results.outcomes.get(trial.id))) for trial in results.plan.trials]
    wrong = sorted((pair for pair in found if pair[1]), key=lambda pair: (pair[0].system, pair[0].case, pair[0].id))
    words = _Words()
    rows = []
    for trial, how in wrong[:MOST]:
        row = _row(words, trial, how, results.outcomes.get(trial.id))
        if show_text:
            row.append(list(_texts(trial.prompt, results.replies.get(trial.id))))
        rows.append(row)
    content = {
        "words": list(words.seen),
        "languages": {facts.tag: [clean(facts.name), facts.direction, facts.script] for facts in _languages(results)},
        "rows": rows,
    }
    return Listed(content=_in_script(content), shown=len(rows), of=len(wrong))


def _languages(results: Results) -> Iterator[LanguageFacts]:
    from refusals.reports._table import languages_of

    yield from languages_of(results)


def _row(words: _Words, trial: Trial, how: str, outcome: Outcome | None) -> list[object]:
    """The columns as `page/report.js` reads them."""
    judged = f"{outcome.judge}: {outcome.reason}" if outcome and outcome.judge else outcome.reason if outcome else ""
    return [
        words.add(trial.system),
        words.add(trial.language),
        clean(trial.shown),
        words.add(trial.label),
        words.add(trial.domain),
        words.add(trial.expectation),
        words.add(outcome.ending if outcome else "no outcome"),
        words.add(how),
        words.add(judged),
        trial.prompt.id[:12],
    ]


def _texts(prompt: Prompt, reply: Reply | None) -> Iterator[tuple[str, str]]:
    """Yield what was said, as (who, text)."""
    if prompt.text:
        yield "prompt", _cut(prompt.text)
    for turn in prompt.turns:
        yield clean(turn.role), _cut(turn.text)
    if prompt.reply is not None:
        yield "reply to judge", _cut(prompt.reply)
    if isinstance(reply, Text):
        yield "answer", _cut(reply.text)
    elif isinstance(reply, Verdict):
        yield "answer", _cut(reply.raw or str(reply.decision or reply.score))
    elif reply is not None:
        yield "no answer", _cut(reply.message)


def _cut(text: str) -> str:
    plain = clean(text, lines=True)
    return plain if len(plain) <= LONGEST_TEXT else f"{plain[:LONGEST_TEXT]} … (cut)"


def _in_script(content: object) -> str:
    written = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        written = written.replace(character, f"\\u{ord(character):04x}")
    return written
