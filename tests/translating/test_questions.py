"""Only the one object that was asked for answers, whatever the texts say."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refusals.judges._answers import UnreadableError
from refusals.schema import schema
from refusals.translating.questions import QUESTIONS, nonce_of, question, read_answers

NONCE = nonce_of("a", "b")
ANSWERS = st.fixed_dictionaries(dict.fromkeys(QUESTIONS, st.booleans()))


def test_each_question_has_a_place_in_the_file() -> None:
    """An answer that the schema of translations does not know could not be stored."""
    evidence = schema("translations")["$defs"]["translation"]["properties"]["evidence"]["properties"]

    assert {key for key in evidence if key.startswith("same-")} == {*QUESTIONS}


@given(st.text(), st.text())
def test_the_texts_are_sent_as_they_are(first: str, second: str) -> None:
    """Between marks with a nonce that neither holds."""
    nonce, sent = nonce_of(first, second), question(first, second).text

    assert f"FIRST {nonce} BEGINS\n{first}\nFIRST {nonce} ENDS" in sent
    assert f"SECOND {nonce} BEGINS\n{second}\nSECOND {nonce} ENDS" in sent
    assert nonce not in first + second


@given(ANSWERS, st.sampled_from(["{}", " {}\n", "```json\n{}\n```", "```\n{}\n```"]))
def test_answers_are_read_in_the_order_of_the_questions(answers: dict[str, bool], form: str) -> None:
    """Fenced or not."""
    said = json.dumps({**answers, "nonce": NONCE})

    assert read_answers(form.format(said) if form != "{}" else said, NONCE) == tuple((k, answers[k]) for k in QUESTIONS)


@given(ANSWERS, st.sampled_from(sorted(QUESTIONS)), st.sampled_from([0, 1, None, "true", "yes", [], {}]))
def test_what_is_neither_true_nor_false_answers_nothing(answers: dict[str, bool], key: str, other: object) -> None:
    """Nor does an object that lacks a question."""
    wrong = {"nonce": NONCE, **answers, key: other}
    for said in (wrong, {name: value for name, value in wrong.items() if name != key}):
        with pytest.raises(UnreadableError):
            read_answers(json.dumps(said), NONCE)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing else is ever raised."""
    with pytest.raises(UnreadableError):
        read_answers(text, NONCE)
