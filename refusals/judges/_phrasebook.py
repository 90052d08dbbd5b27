"""The refusals of one language, ready to be found in a text that is written a little differently."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from refusals.judges._layout import Passage
from refusals.judges._normal import is_unspaced, letters, tokens
from refusals.languages import Language

# Where marks are as dense as this, they tell words apart, and only a text that leaves most of them
# out is read without them. Elsewhere they never matter to what is said.
_DENSE = 0.15
_KEPT = 0.5
_SUFFIXED = 4  # letters that a phrase's last word must have, so that a longer word may stand for it
# A beginning that so many phrases share, and that is so much of the shortest, is a refusal with another verb.
_SHARED = 5
_MOST = 2 / 3


@dataclass(slots=True)
class _Node:
    """What may follow in a phrase: a whole word, and words that end it, exactly or as a beginning.

    `way` counts the letters up to here, `through` the phrases that go on from here, `shortest` the letters of
    the shortest of them.
    """

    way: int = 0
    through: int = 0
    shortest: int = 0
    then: dict[str, _Node] = field(default_factory=dict)
    last: dict[str, str] = field(default_factory=dict)
    beginnings: tuple[str, ...] = ()

    @property
    def is_nearly(self) -> bool:
        """Whether who got here has nearly refused."""
        return self.through >= _SHARED and self.way >= _MOST * self.shortest


class Phrasebook:
    """Finds the refusals of a language, and says how much of a text is words that it knows."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._plain = _tree(language.refusals, marks=False)
        listed = " ".join(language.refusals)
        density = _density(tokens(listed), tokens(listed, marks=True))
        self._enough_marks = density * _KEPT
        self._marked = _tree(language.refusals, marks=True) if density >= _DENSE else None
        self.words = frozenset(word for phrase in language.refusals for word in telling(tokens(phrase)))

    def find(self, passage: Passage) -> str:
        """Return the first refusal in the passage, as the data writes it; empty if there is none."""
        tree, words = self._looked_up(passage)
        return next((found for _, found, *_ in _matches(tree, words) if found), "")

    def find_nearly(self, passage: Passage) -> str:
        """Return the first beginning in the passage that many refusals share; empty if there is none."""
        tree, words = self._looked_up(passage)
        ways = ((start, end) for start, _, node, end in _matches(tree, words) if node.is_nearly)
        return next((" ".join(words[start:end]) for start, end in ways), "")

    def _looked_up(self, passage: Passage) -> tuple[_Node, Sequence[str]]:
        if self._marked is not None:
            marked = tokens(passage.text, marks=True)
            if _density(passage.words, marked) >= self._enough_marks:
                return self._marked, marked
        return self._plain, passage.words


class Shelf:
    """The phrasebooks of all languages, each made when it is first asked for."""

    def __init__(self, languages: Mapping[str, Language]) -> None:
        self.languages = languages
        self._books: dict[str, Phrasebook] = {}

    def book(self, tag: str) -> Phrasebook | None:
        """Return the phrasebook of a language, None where there is none."""
        if tag in self.languages and tag not in self._books:
            self._books[tag] = Phrasebook(self.languages[tag])
        return self._books.get(tag)


def telling(words: Sequence[str]) -> list[str]:
    """Return the words that tell something of the language: all but single letters of an alphabet."""
    return [word for word in words if len(word) > 1 or is_unspaced(word)]


def _density(plain: Sequence[str], marked: Sequence[str]) -> float:
    """Return how many marks stand above or below a letter, from the same words without and with them."""
    bare = sum(map(len, plain))
    return (sum(map(len, marked)) - bare) / max(1, bare)


def _tree(phrases: Sequence[str], *, marks: bool) -> _Node:
    root = _Node()
    for phrase in phrases:
        words = tokens(phrase, marks=marks)
        whole = sum(map(letters, words))
        node = root
        for word in words[:-1]:
            node = node.then.setdefault(word, _Node(way=node.way + letters(word), shortest=whole))
            node.through += 1
            node.shortest = min(node.shortest, whole)
        for last in words[-1:]:
            node.last[last] = phrase
            if len(last) >= _SUFFIXED or phrase.endswith(("'", "\u2019")):
                node.beginnings = (*node.beginnings, last)
    return root


def _matches(root: _Node, words: Sequence[str]) -> Iterator[tuple[int, str, _Node, int]]:
    """Yield where a phrase may begin, the phrase if all of it is there, how far the words follow any, and to where."""
    starts, last, beginnings = root.then, root.last, root.beginnings
    for start, word in enumerate(words):
        if word in starts or word in last or (beginnings and word.startswith(beginnings)):
            yield start, *_follow(root, words, start, word)
        # Arabic and Hebrew write "and", "so", "but" as a letter before the word.
        elif "\u0590" <= word[0] <= "\u06ff" and word[1:] in starts:
            yield start, *_follow(root, words, start, word[1:])


def _follow(node: _Node, words: Sequence[str], start: int, first: str) -> tuple[str, _Node, int]:
    for place in range(start, len(words)):
        word = first if place == start else words[place]
        if word in node.last:
            return node.last[word], node, place
        if node.beginnings and word.startswith(node.beginnings):
            return next(phrase for last, phrase in node.last.items() if word.startswith(last)), node, place
        following = node.then.get(word)
        if following is None:
            return "", node, place
        node = following
    return "", node, len(words)
