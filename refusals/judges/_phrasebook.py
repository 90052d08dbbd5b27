"""The refusals of one language, ready to be found in a text that is written a little differently."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from refusals.judges._normal import is_unspaced, marks_per_letter, tokens
from refusals.languages import Language

# Where marks are as dense as this, they tell words apart, and only a text that leaves most of them
# out is read without them. Elsewhere they never matter to what is said.
_DENSE = 0.15
_KEPT = 0.5
_SUFFIXED = 4  # letters that a phrase's last word must have, so that a longer word may stand for it


@dataclass(slots=True)
class _Node:
    """What may follow in a phrase: a whole word, and words that end it, exactly or as a beginning."""

    then: dict[str, _Node] = field(default_factory=dict)
    last: dict[str, str] = field(default_factory=dict)
    beginnings: tuple[str, ...] = ()


class Phrasebook:
    """Finds the refusals of a language, and says how much of a text is words that it knows."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._plain = _tree(language.refusals, marks=False)
        density = marks_per_letter(" ".join(language.refusals))
        self._enough_marks = density * _KEPT if density >= _DENSE else None
        self._marked = _tree(language.refusals, marks=True) if density >= _DENSE else None
        self.words = frozenset(word for phrase in language.refusals for word in telling(tokens(phrase)))

    def find(self, text: str) -> str:
        """Return the first refusal in the text, as the data writes it; empty if there is none."""
        if self._marked is not None and self._enough_marks is not None and marks_per_letter(text) >= self._enough_marks:
            return _find(self._marked, tokens(text, marks=True))
        return _find(self._plain, tokens(text))


def telling(words: Sequence[str]) -> list[str]:
    """Return the words that tell something of the language: all but single letters of an alphabet."""
    return [word for word in words if len(word) > 1 or is_unspaced(ord(word))]


def _tree(phrases: Sequence[str], *, marks: bool) -> _Node:
    root = _Node()
    for phrase in phrases:
        words = tokens(phrase, marks=marks)
        if not words:
            continue
        node = root
        for word in words[:-1]:
            node = node.then.setdefault(word, _Node())
        node.last[words[-1]] = phrase
        if len(words[-1]) >= _SUFFIXED or phrase.endswith(("'", "\u2019")):
            node.beginnings = (*node.beginnings, words[-1])
    return root


def _find(root: _Node, words: Sequence[str]) -> str:
    for start, word in enumerate(words):
        found = _match(root, words, start, word)
        # Arabic and Hebrew write "and", "so", "but" as a letter before the word.
        if not found and "\u0590" <= word[0] <= "\u06ff" and len(word) > 2:  # noqa: PLR2004 - a letter and a word
            found = _match(root, words, start, word[1:])
        if found:
            return found
    return ""


def _match(node: _Node, words: Sequence[str], start: int, first: str) -> str:
    for place in range(start, len(words)):
        word = first if place == start else words[place]
        if word in node.last:
            return node.last[word]
        if node.beginnings and word.startswith(node.beginnings):
            return next(phrase for ending, phrase in node.last.items() if word.startswith(ending))
        following = node.then.get(word)
        if following is None:
            return ""
        node = following
    return ""
