"""A guard knows, in the languages that it was made for, the words of a neighbour who has said no.

`word_guard:en,es` is the guard for English and Spanish. It scores by category and leaves it to the
judge `category_thresholds` from which score on a category is flagged.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence

from refusals.cases import Kind
from refusals.errors import InputError, nearest
from refusals.prompts import Prompt
from refusals.study import SystemSpec
from refusals.systems import Decision, Reply, Verdict

WORDS = {"en": "said no", "es": "dijo que no"}

EXAMPLES = [
    ({"category": "borrowing", "score": 0.9}, Verdict(score=0.9, categories=("borrowing",))),
    ({"category": "borrowing", "score": 0.0}, Verdict(score=0.0, categories=("borrowing",))),
    ({"category": "borrowing"}, Verdict(decision=Decision.UNREADABLE, raw="{'category': 'borrowing'}")),
]


def build(spec: SystemSpec) -> WordGuard:
    """Return the guard for the languages that the target names.

    Raises:
        InputError: if it was not made for one of them.
    """
    languages = tuple(spec.target.split(","))
    for tag in languages:
        if tag not in WORDS:
            raise InputError(f"word_guard does not know the language {tag!r}; {nearest(tag, list(WORDS))}")
    return WordGuard(languages)


def read(raw: object) -> Reply:
    """Return what the guard's own answer says: a category and its score from 0 to 1."""
    match raw:
        case {"category": str(category), "score": float(score)} if category.isidentifier() and 0 <= score <= 1:
            return Verdict(score=score, categories=(category,))
    return Verdict(decision=Decision.UNREADABLE, raw=ascii(raw)[:1000])


class WordGuard:
    """A classifier of requests; it answers at once, in batches of any size."""

    kinds = frozenset({Kind.REQUEST})
    batch: int | None = None
    concurrency = 1
    adaptive = False
    headroom: float | None = None

    def __init__(self, languages: tuple[str, ...]) -> None:
        self._words = [WORDS[tag] for tag in languages]
        self.identity: Mapping[str, object] | None = {"words": self._words}

    async def respond(self, prompts: Sequence[Prompt]) -> AsyncIterator[tuple[str, Reply]]:
        """Yield a verdict for each prompt."""
        for prompt in prompts:
            yield prompt.id, read({"category": "borrowing", "score": self._score(prompt.text)})

    async def close(self) -> None:
        """There is nothing to release."""

    def _score(self, text: str) -> float:
        return 0.9 if any(words in text.lower() for words in self._words) else 0.1
