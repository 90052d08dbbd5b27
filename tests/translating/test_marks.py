"""A translator is told what to translate into what, and nothing of what the case is."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from refusals.cases import Label
from refusals.corpus import load_corpus
from refusals.translating import Piece
from refusals.translating.marks import FREELY, LITERALLY, between, instruction_digest, nonce_of, request
from tests.translating.garden_translator import marked

LANGUAGES = load_corpus(Path(__file__).parent.parent.parent).languages
ENGLISH, SWAHILI = LANGUAGES["en"], LANGUAGES["sw"]


def piece(text: str, case: str = "garden/tree/harmful") -> Piece:
    """A prompt of that text, to be translated into Swahili."""
    return Piece(case=case, part="text", text=text, of="en", into="sw")


@given(st.text(min_size=1))
def test_the_text_is_sent_as_it_is_between_marks_it_cannot_forge(text: str) -> None:
    """Its nonce is a digest of it, and differs by attempt, so that a second one is not the first from the cache."""
    one, other = nonce_of(piece(text), 1), nonce_of(piece(text), 2)
    asked = request(piece(text), ENGLISH, SWAHILI, 1).text

    assert one != other
    assert one not in text
    assert f"TEXT {one} BEGINS\n{text}\nTEXT {one} ENDS" in asked
    assert other not in asked


def test_nothing_tells_what_the_case_is() -> None:
    """The same text under two labels makes the same request, and no label's name is in it."""
    one, other = (
        request(piece("Hello?", f"garden/tree/{label}"), ENGLISH, SWAHILI, 1) for label in ("benign", "harmful")
    )

    assert one == other
    assert not [label for label in Label if label in one.text.casefold()]


def test_the_register_of_the_language_is_told() -> None:
    """It is what makes the texts of a language alike."""
    assert SWAHILI.register in request(piece("Hello?"), ENGLISH, SWAHILI, 1, FREELY).text
    assert SWAHILI.register not in request(piece("Hello?"), ENGLISH, SWAHILI, 1, LITERALLY).text


def test_the_digest_is_of_what_is_told_beside_the_text() -> None:
    """Who is told something else has another one; the text does not matter."""
    digests = [
        instruction_digest(ENGLISH, SWAHILI),
        instruction_digest(ENGLISH, LANGUAGES["yo"]),
        instruction_digest(ENGLISH, SWAHILI, LITERALLY),
    ]

    assert len({*digests}) == 3
    assert all(len(digest) == 8 and int(digest, 16) >= 0 for digest in digests)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=50))
def test_what_is_between_the_marks_is_found_once(text: str) -> None:
    """Two pairs, half a pair, and marks of another nonce are none."""
    nonce = nonce_of(piece("Hello?"), 1)

    found = between(marked(nonce, text), nonce)
    assert found is not None
    assert found[1] == ""
    assert between(marked(nonce, text) * 2, nonce) is None
    assert between(text, nonce) is None
    assert between(marked("0" * 24, text), nonce) is None
