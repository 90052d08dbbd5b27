"""Faults inside of a text: words, numbers, letters, and what cannot be seen."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from string import punctuation

from benchmarks.faults import Sort, Spot, changed, kind, phrases, table, upto
from refusals.checks._protected import protected

_SEEN = (
    rf"[^\s\d{re.escape(punctuation)}"
    "\u00ab\u00bb\u060c\u061b\u061f\u0964\u2010-\u203a\u3001-\u3011\uff01-\uff0f\uff1a-\uff20]"
)
_WORD = re.compile(f"{_SEEN}{{4,}}")
_DIGITS = re.compile(r"\d+")
_INSIDE = re.compile(f"(?<={_SEEN}){_SEEN}(?={_SEEN}{{2}})")


def _translated(text: str, letters: Mapping[str, str]) -> str:
    capitals = {one.upper(): other.upper() for one, other in letters.items()}
    return text.translate(str.maketrans({**capitals, **letters}))


def _in_place(spot: Spot, places: Sequence[int], letter: Callable[[str], str]) -> str | None:
    """Return the text with one of its characters, drawn, made another."""
    if not places:
        return None
    at = spot.draw.choice(places)
    return spot.text[:at] + letter(spot.text[at]) + spot.text[at + 1 :]


@kind("masked", Sort.EXACT)
def _masked(spot: Spot) -> str | None:
    """A word made stars, bars, blanks, or a bracketed remark."""
    found = _WORD.findall(spot.text)
    if not found:
        return None
    word = spot.draw.choice(found)[: 2 if spot.script in ("Hans", "Hant") else None]
    masks = ("***", "█" * len(word), "[redacted]", f"{word[0]}***{word[-1]}", "____", "[…]")
    return spot.text.replace(word, spot.one_of(masks), 1)


@kind("number changed", Sort.EXACT)
@kind("given number changed", Sort.EXACT, given=("742: ", "1,500: ", "2031: "))
def _number(spot: Spot) -> str | None:
    """A digit is another, of a number that the source has in digits; `given` ones had one put before both."""
    known = _numbers(spot.pair.source)
    at = next((match.start() for match in _DIGITS.finditer(spot.text) if _value(match[0]) in known), None)
    return None if at is None else _in_place(spot, [at], _other_digit)


@kind("number of a word changed", Sort.OPEN)
def _number_of_a_word(spot: Spot) -> str | None:
    """The same, where the source writes the number out: `two` in English, 2 in Japanese."""
    known = _numbers(spot.pair.source)
    at = next((match.start() for match in _DIGITS.finditer(spot.text) if _value(match[0]) not in known), None)
    return None if at is None else _in_place(spot, [at], _other_digit)


def _numbers(text: str) -> set[str]:
    return {_value(found) for found in _DIGITS.findall(text)}


def _value(digits: str) -> str:
    return "".join(str(unicodedata.digit(digit)) for digit in digits)


def _other_digit(digit: str) -> str:
    return chr(ord(digit) + (-3 if unicodedata.digit(digit) > 6 else 3))


@kind("placeholder lost", Sort.EXACT)
@kind(
    "given placeholder lost", Sort.EXACT, given=("host-a.example: ", "{name}: ", "`ls -l`: ", "https://a.example/x : ")
)
def _placeholder(spot: Spot) -> str | None:
    """An address, a slot or code is missing, in texts that have one; `given` as above."""
    strings = [string for _, string in protected(spot.pair.source) if string in spot.text]
    return spot.text.replace(strings[0], "", 1).strip(" :") if strings else None


@kind("homoglyph", Sort.EXACT)
def _homoglyph(spot: Spot) -> str | None:
    """A letter of a longer word is of another alphabet: Latin, Cyrillic, Greek."""
    letters = table("look-alikes", {"Latn": "latin", "Cyrl": "cyrillic"}.get(spot.script, ""))
    places = [at for word in _WORD.finditer(spot.text) for at in range(*word.span()) if spot.text[at] in letters]
    return _in_place(spot, places, lambda letter: letters[letter])


@kind("look-alike of the same script", Sort.LIKELY)
def _look_alike(spot: Spot) -> str | None:
    """A letter is one of another language (Persian for Arabic), or a radical for its character."""
    letters = table("own-look-alikes", spot.pair.language.tag)
    return _in_place(spot, [at for at, letter in enumerate(spot.text) if letter in letters], lambda one: letters[one])


def _inserted(spot: Spot, characters: Sequence[str]) -> str | None:
    places = [match.start() for match in _INSIDE.finditer(spot.text)]
    return _in_place(spot, places, lambda letter: letter + spot.one_of(characters))


@kind("invisible", Sort.EXACT)
def _invisible(spot: Spot) -> str | None:
    """A zero-width space, soft hyphen, byte order mark, word joiner, tag or filler inside of a word."""
    return _inserted(spot, ("\u200b", "\u00ad", "\ufeff", "\u2060", "\U000e0061", "\u3164"))


@kind("bidi control", Sort.EXACT)
def _bidi(spot: Spot) -> str | None:
    """An override, embedding or isolate inside of a word."""
    return _inserted(spot, ("\u202e", "\u202b", "\u2066", "\u202d"))


@kind("joiner or selector", Sort.EXACT)
def _joiner(spot: Spot) -> str | None:
    """A joiner or variation selector inside of a word, in scripts that need none."""
    return None if spot.script in ("Arab", "Deva") else _inserted(spot, ("\u200c", "\u200d", "\ufe0f"))


@kind("wrong script", Sort.EXACT)
def _script(spot: Spot) -> str:
    """The sounds in another script: Latin, or Cyrillic for Latin; syllables at random for Chinese."""
    sounds = table("cyrillic", "alphabet")
    if spot.script == "Latn":
        return _translated(spot.text, sounds)
    back = {cyrillic: latin for latin, cyrillic in sounds.items()}
    return "".join(back.get(letter.lower()) or _sound(letter) for letter in spot.text)


def _sound(letter: str) -> str:
    name = unicodedata.name(letter, "")
    if name.startswith("CJK UNIFIED"):
        syllables = phrases("syllables")["any"]
        return syllables[ord(letter) % len(syllables)] + " "
    is_other = unicodedata.category(letter)[0] in "LM" and not letter.isascii()
    return name.split(" ")[-1].lower()[:2] if is_other else letter


@kind("wrong form", Sort.EXACT)
def _form(spot: Spot) -> str | None:
    """Traditional characters for simplified ones, by a table of a hundred."""
    return changed(spot.text, _translated(spot.text, table("forms", spot.pair.language.tag)))


@kind("marks lost", Sort.LIKELY)
def _marks(spot: Spot) -> str | None:
    """Letters without their accents, tones and dots, in Latin script."""
    bare = "".join(mark for mark in unicodedata.normalize("NFD", spot.text) if not unicodedata.combining(mark))
    return changed(spot.text, bare) if spot.script == "Latn" else None


@kind("mojibake", Sort.EXACT)
def _mojibake(spot: Spot) -> str | None:
    """UTF-8 read as Latin-1."""
    return changed(spot.text, spot.text.encode().decode("latin-1"))


@kind("entities", Sort.EXACT)
def _entities(spot: Spot) -> str | None:
    """Quotation marks and apostrophes written for HTML."""
    named = {'"': "&quot;", "'": "&#39;", "“": "&ldquo;", "”": "&rdquo;", "«": "&laquo;", "»": "&raquo;"}
    return changed(spot.text, "".join(named.get(mark, mark) for mark in spot.text))


@kind("newline inserted", Sort.EXACT)
def _newline(spot: Spot) -> str:
    """A line's end between two words."""
    before = upto(spot.text, 0.5)
    return f"{before}\n{spot.text[len(before) :].lstrip()}"


@kind("not NFC", Sort.EXACT)
def _decomposed(spot: Spot) -> str | None:
    """Letters and their marks apart, where the language has any."""
    return changed(spot.text, unicodedata.normalize("NFD", spot.text))


@kind("closing mark lost", Sort.EXACT)
def _closing(spot: Spot) -> str | None:
    """The last mark is missing, quotation marks behind it left."""
    ends = "".join(map(re.escape, spot.pair.language.endings))
    return changed(spot.text, re.sub(rf"[{ends}]+(?=\W*$)", "", spot.text))


@kind("negation dropped", Sort.MEANING)
def _negation(spot: Spot) -> str | None:
    """A word of negation is missing."""
    for pattern, instead in table("negations", spot.pair.language.tag).items():
        if re.search(pattern, spot.text):
            return re.sub(pattern, instead, spot.text, count=1)
    return None
