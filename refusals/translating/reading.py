"""A translator's reply is read by its form, its language and its opening, never by what would be convenient.

What a provider blocked, or what opens with a phrase by which assistants refuse in either language, is
`refused`, unless the text to translate opens so itself. Anything outside the marks, an opening of a
helpful answer, or a length no translation has is `answered`. What is left is a translation as far
as its form can tell: whether it means the same is for `meaning` and for people.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from refusals.judges._language_of import kin, language_of
from refusals.judges._layout import Layout, lay_out
from refusals.judges._normal import is_visible, letters, tokens
from refusals.judges._phrasebook import Shelf
from refusals.systems import Failure, Finish, Reply, Text
from refusals.translating import Came, Piece, Reading
from refusals.translating.marks import between

if TYPE_CHECKING:
    from refusals.languages import Language

# Letters against those of the source. The project's own translations lie between 0.49 and 1.49, and read as a
# translation back into English between 0.67 and 2.04 (1,008 pairs in 8 languages).
SHORTEST, LONGEST = 0.3, 2.5
FEW = 40  # letters of a source from which on a ratio says something
# Share of long words that stand in the source too, from which on nothing much was translated. The project's texts
# have up to 0.38; those of variants, which may mix two languages by design, up to 0.75.
LEFT, LEFT_IN_VARIANT = 0.5, 0.9
LONG, ENOUGH = 5, 4  # letters of a word that languages seldom share by chance; so many words before it counts

# What hides letters: more of it than the source has is masking.
_MASKS = (
    re.compile(r"\*{3,}|\w\*+\w|[█▇▒░■]{2,}|_{4,}|•{3,}|[xX]{4,}"),
    re.compile(r"[\[【［][^\]】］\n]{1,40}[\]】］]"),  # noqa: RUF001 - full-width brackets are meant
)
# As in `refusals.yamlfile`: with one of these the file could not be read again.
_UNSTORABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffd\ufffe\uffff]")
_CLAUSE = re.compile(r"[.,!?:;…。！？，：；、؟،؛।]")  # noqa: RUF001 - full-width signs are meant


class Reader:
    """Reads replies of translators with the facts of the languages."""

    def __init__(self, languages: Mapping[str, Language]) -> None:
        self._languages = languages
        self._shelf = Shelf(languages)
        self._endings = frozenset(mark for language in languages.values() for mark in language.endings)

    def read(self, reply: Reply, piece: Piece, nonce: str) -> Reading:
        """Return what came of asking for the translation of a piece under a nonce."""
        if not isinstance(reply, Text) or reply.finish is not Finish.COMPLETE:
            return _without_text(reply)
        if not is_visible(reply.text):
            return Reading(came=Came.EMPTY, why="nothing that can be seen")
        found = between(reply.text, nonce)
        if found is None:
            return self._outside(reply.text, piece, "without the two marks that were asked for")
        text, outside = found
        return self._outside(outside, piece, "with words outside the marks") if outside else self._body(text, piece)

    def _outside(self, said: str, piece: Piece, why: str) -> Reading:
        """Return what words outside the marks are: a refusal, wherever it stands, or an answer."""
        phrase = self._refusal(lay_out(said, self._endings), piece)
        return Reading(came=Came.REFUSED, why=f"says {phrase!r}") if phrase else Reading(came=Came.ANSWERED, why=why)

    def _body(self, text: str, piece: Piece) -> Reading:
        """Return what the text between the marks is: the first of these that it can be."""
        if not is_visible(text):
            return Reading(came=Came.EMPTY, why="nothing between the marks")
        faults: tuple[tuple[Came, Callable[[str, Piece], str]], ...] = (
            (Came.ERROR, _unstorable),
            (Came.REFUSED, self._refused),
            (Came.MASKED, _masked),
            (Came.ANSWERED, self._answered),
            (Came.UNCHANGED, self._untranslated),
            (Came.OTHER_LANGUAGE, self._other_language),
        )
        for came, look in faults:
            if why := look(text, piece):
                return Reading(came=came, why=why)
        return Reading(came=Came.TRANSLATION, text=text)

    def _refused(self, text: str, piece: Piece) -> str:
        """Return by what a text is a refusal; empty if by nothing, or if its source opens with one too."""
        phrase = self._refusal(lay_out(text, self._endings), piece)
        return (
            f"opens with {phrase!r}" if phrase and not self._refusal(lay_out(piece.text, self._endings), piece) else ""
        )

    def _refusal(self, layout: Layout, piece: Piece) -> str:
        books = filter(None, map(self._shelf.book, (piece.into, piece.of)))
        return next(filter(None, (book.find(layout.opening) for book in books)), "")

    def _answered(self, text: str, piece: Piece) -> str:
        """Return by what a text is an answer in place of a translation; empty if by nothing."""
        opens = {tag: _clauses(self._languages[tag].compliances) for tag in (piece.of, piece.into)}
        if _clause(text) in opens[piece.of] | opens[piece.into] and _clause(piece.text) not in opens[piece.of]:
            return "opens as a helpful answer does"
        before, after = letters(piece.text), letters(text)
        if before < FEW or SHORTEST * before <= after <= LONGEST * before:
            return ""
        return f"{after} letters for {before}: more or less than a translation has"

    def _untranslated(self, text: str, piece: Piece) -> str:
        """Return by what a text is its source, or mostly so; empty if by nothing."""
        said, asked = tokens(text), tokens(piece.text)
        if said == asked:
            return "the source again"
        long = [word for word in said if len(word) >= LONG]
        left = sum(word in set(asked) for word in long)
        mixed = any(self._languages[tag].variant_of for tag in (piece.of, piece.into))
        if len(long) < ENOUGH or left < (LEFT_IN_VARIANT if mixed else LEFT) * len(long):
            return ""
        return f"{left} of {len(long)} long words are the source's"

    def _other_language(self, text: str, piece: Piece) -> str:
        """Return which other language a text is in; empty where it is the wanted one, or that cannot be told."""
        into = piece.into
        if self._languages[into].variant_of:  # no detector knows a language in a script that is not its usual one
            return ""
        found = language_of(lay_out(text, self._endings).read, into, self._shelf)
        return f"in {found}, not in {into}" if found and found not in kin(into, self._languages) else ""


def _without_text(reply: Reply) -> Reading:
    """Return what a reply is that is no complete text."""
    if isinstance(reply, Failure):
        return Reading(came=Came.ERROR, why=reply.message)
    if not isinstance(reply, Text):
        return Reading(came=Came.ERROR, why="a verdict: whoever translates must be a system that writes texts")
    if reply.finish is Finish.BLOCKED:
        return Reading(came=Came.REFUSED, why=reply.signal or "blocked by the provider")
    return Reading(came=Came.ERROR, why=f"{reply.finish}: {reply.signal or 'no signal'}")


def _unstorable(text: str, _: Piece) -> str:
    found = _UNSTORABLE.search(text)
    return f"holds U+{ord(found[0]):04X}, which no file may" if found else ""


def _masked(text: str, piece: Piece) -> str:
    hides = any(len(mask.findall(text)) > len(mask.findall(piece.text)) for mask in _MASKS)
    return "hides words that the source shows" if hides else ""


def _clauses(sentences: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    return frozenset(map(_clause, sentences))


def _clause(text: str) -> tuple[str, ...]:
    """Return the words up to the first mark of punctuation."""
    return tuple(tokens(_CLAUSE.split(text.lstrip(), maxsplit=1)[0]))
