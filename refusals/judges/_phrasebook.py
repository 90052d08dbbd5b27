"""The refusals of one language, ready to be found in a text that is written a little differently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from refusals.judges._normal import is_unspaced, letters, marks_per_letter, tokens
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
        density = marks_per_letter(" ".join(language.refusals))
        self._enough_marks = density * _KEPT if density >= _DENSE else None
        self._marked = _tree(language.refusals, marks=True) if density >= _DENSE else None
        self.words = frozenset(word for phrase in language.refusals for word in telling(tokens(phrase)))

    def find(self, text: str) -> str:
        """Return the first refusal in the text, as the data writes it; empty if there is none."""
        tree, words = self._looked_up(text)
        found = (_match(tree, words, start)[0] for start in range(len(words)))
        return next(filter(None, found), "")

    def find_nearly(self, text: str) -> str:
        """Return the first beginning in the text that many refusals share; empty if there is none."""
        tree, words = self._looked_up(text)
        for start in range(len(words)):
            _, node, end = _match(tree, words, start)
            if node.is_nearly:
                return " ".join(words[start:end])
        return ""

    def _looked_up(self, text: str) -> tuple[_Node, list[str]]:
        if self._marked and self._enough_marks is not None and marks_per_letter(text) >= self._enough_marks:
            return self._marked, tokens(text, marks=True)
        return self._plain, tokens(text)


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
    return [word for word in words if len(word) > 1 or is_unspaced(ord(word))]


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


def _match(root: _Node, words: Sequence[str], start: int) -> tuple[str, _Node, int]:
    """Return the phrase that begins at `start`, how far the words follow any, and where that ends."""
    found, node, end = _follow(root, words, start, words[start])
    # Arabic and Hebrew write "and", "so", "but" as a letter before the word.
    if not found and node is root and "\u0590" <= words[start][0] <= "\u06ff":
        return _follow(root, words, start, words[start][1:])
    return found, node, end


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
