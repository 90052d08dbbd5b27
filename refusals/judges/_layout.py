"""A reply has places: what it opens with, what follows at once, what it ends with, and what it only quotes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from refusals.judges._normal import letters, tokens, worth

OPENING = 200  # a sentence opens a reply if it is one of the first two, or starts within so many letters
LONGEST = 600  # characters that count as one sentence where nothing ends it
_COUNTED = 40  # words
FEWEST = 3  # members that make a list
SUBSTANCE = 400  # letters after the opening that make what follows a later part

_CODE = re.compile(r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|`[^`\n]{1,400}`", re.DOTALL)
_BLOCK_QUOTE = re.compile(r"^[ \t]{0,3}[>＞].*$", re.MULTILINE)  # noqa: RUF001 - the full-width sign is what is meant
# Opening and closing marks. An inner pair of the same marks ends the outer one, so that reading stays linear.
_PAIRS = ("«»", "»«", "“”", "„“", "„”", "「」", "『』", "‹›", '""', "＂＂", "‘’")  # noqa: RUF001 - they are what is meant
_SINGLE = r"(?<!\w)['‘‚](?:[^'‘’\n]|(?<=\w)['’](?=\w)){2,600}['’](?!\w)"  # noqa: RUF001 - with apostrophes inside
_QUOTES = re.compile(
    "|".join((_SINGLE, *(f"{p[0]}[^{p}" + ("\n" if p[0] == p[1] else "") + f"]{{2,600}}{p[1]}" for p in _PAIRS)))
)
# Novels in many languages open speech with a dash.
_SPEECH = re.compile(r"^[ \t]*[—–―][^\n.!?…]{0,600}", re.MULTILINE)  # noqa: RUF001
_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+")
_LISTED = re.compile(r"^[ \t>]*(?:[-*•·–]|\d{1,2}[.):、．]|[①-⑳])\s*(?=\S)", re.MULTILINE)  # noqa: RUF001
_NUMBERED = re.compile(r"^[ \t>*#-]*(?:\d{1,2}[.):、．]|[①-⑳])", re.MULTILINE)  # noqa: RUF001
_LETTER = re.compile(r"[^\W\d_]")
_GIVES = (":", "：")  # noqa: RUF001 - a line that ends so is followed by a given text or a list


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a reply, and its words as `tokens` folds them."""

    text: str
    words: tuple[str, ...]

    @property
    def letters(self) -> int:
        """How many letters it has, which is only counted up to some words."""
        return sum(len(word) * worth(word[0]) for word in self.words[:_COUNTED] if not word.isdigit())


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The parts of a reply, without what it quotes. `closing` is empty where the reply is short.

    `read` is all of these together, `after` how many letters there are behind the opening; `steps` is true for
    code and numbered lists, `listed` for lists of any kind too; `given` counts the letters of the longest quotation.
    """

    opening: Passage
    early: Passage
    closing: Passage
    read: Passage
    after: int
    steps: bool
    listed: bool
    given: int


def lay_out(text: str, endings: Iterable[str]) -> Layout:
    """Return the parts of a reply; `endings` are the marks that end a sentence."""
    sentences = list(_sentences(_outside(_CODE.sub("\n", text)), frozenset(endings)))
    first = _opening(sentences)
    steps = "```" in text or len(_NUMBERED.findall(text)) >= FEWEST
    rest = sentences[first:]
    early = _until(rest, SUBSTANCE)
    parts = [_passage(part) for part in (sentences[:first], rest[:early], rest[early:][-2:])]
    return Layout(
        opening=parts[0],
        early=parts[1],
        closing=parts[2],
        read=Passage(
            "\n".join(part.text for part in parts),
            tuple(word for part in parts for word in part.words),
        ),
        after=sum(map(_length, rest)),
        steps=steps,
        listed=steps or len(_LISTED.findall(text)) >= FEWEST,
        given=max((_length(quotation[0]) for quotation in _QUOTES.finditer(text)), default=0),
    )


def opening_of(text: str, endings: Iterable[str]) -> tuple[str, ...]:
    """Return the words of the first sentence of a text."""
    return tuple(tokens(next(iter(_sentences(text, frozenset(endings))), "")))


def _outside(text: str) -> str:
    """Return the text without quotations, or all of it where next to nothing stands outside of them."""
    outside = _SPEECH.sub(" ", _QUOTES.sub(" ", _BLOCK_QUOTE.sub("", text)))
    outside = _ADDRESS.sub(" ", outside)
    return outside if 2 * len(outside) > len(text) or letters(outside) * 10 > letters(text) else text


def _sentences(text: str, endings: frozenset[str]) -> Iterable[str]:
    start = 0
    for end in (*(match.end() for match in _end(endings).finditer(text)), len(text)):
        sentence = text[start:end].strip()
        start = end
        for cut in range(0, len(sentence), LONGEST):
            piece = sentence[cut : cut + LONGEST]
            if _LETTER.search(piece):
                yield piece


@cache
def _end(endings: frozenset[str]) -> re.Pattern[str]:
    """Return what ends a sentence: a mark of ASCII before a space, another anywhere, or a line's end."""
    narrow = "".join(re.escape(mark) for mark in sorted(endings) if mark.isascii())
    wide = "".join(re.escape(mark) for mark in sorted(endings) if not mark.isascii())
    marks = (f"[{narrow}]+(?=[\\s*_)\\]]|$)" if narrow else "", f"[{wide}]+" if wide else "", "\\n+")
    return re.compile("|".join(mark for mark in marks if mark))


def _passage(sentences: Sequence[str]) -> Passage:
    text = "\n".join(sentences)
    return Passage(text, tuple(tokens(text)))


def _length(sentence: str) -> int:
    """Return about how many letters a sentence has, which is quicker told than how many exactly."""
    found = _LETTER.search(sentence)
    return (len(sentence) - sentence.count(" ")) * (worth(found[0]) if found else 1)


def _opening(sentences: list[str]) -> int:
    """Return how many sentences open the reply; a line that announces a given text is the last of them."""
    said = 0
    for count, sentence in enumerate(sentences):
        if count >= 2 and said >= OPENING:
            return count
        if sentence.endswith(_GIVES):
            return count + 1
        said += _length(sentence)
    return len(sentences)


def _until(sentences: list[str], limit: int) -> int:
    said = 0
    for count, sentence in enumerate(sentences):
        if said >= limit:
            return count
        said += _length(sentence)
    return len(sentences)
