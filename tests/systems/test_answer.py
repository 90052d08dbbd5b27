"""An answer in JSON is read as what it plainly says, or not at all."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refusals.errors import InputError
from refusals.study import SystemSpec
from refusals.systems import Decision, Failure, Text, Verdict, reply_as_json, reply_from_json
from refusals.systems._answer import KEYS, complete, parse_object, read

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from([*Decision, "block", "\ud800"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
ANSWER = st.dictionaries(st.sampled_from([*KEYS, "categories", "id", "model"]), ANYTHING, max_size=4)


@given(ANSWER)
def test_whatever_is_answered_is_read_and_can_be_stored(raw: dict[str, Any]) -> None:
    """No answer raises, and what was read is the same after it was stored."""
    reply = read(raw)

    stored = json.dumps(reply_as_json(reply), ensure_ascii=False, allow_nan=False).encode()
    assert reply == reply_from_json(json.loads(stored))


@given(ANSWER)
def test_a_decision_is_never_made_up(raw: dict[str, Any]) -> None:
    """A decision is one that the answer has literally, and no other key says otherwise."""
    reply = read(raw)

    if isinstance(reply, Verdict) and reply.decision not in (None, Decision.UNREADABLE):
        flag = Decision.FLAG if raw.get("flagged") else Decision.ALLOW
        said = {Decision(raw["decision"]) if raw.get("decision") is not None else flag}
        said |= {flag} if raw.get("flagged") is not None else set()
        assert said == {reply.decision}
        assert raw.get("text") is None
        assert raw.get("error") is None


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**300), 10**300))
def test_a_finite_score_is_kept(score: float) -> None:
    """A score need not be a probability."""
    assert Verdict(score=float(score)) == read({"score": score})


@pytest.mark.parametrize("score", [math.nan, math.inf, -math.inf, 10**400, "0.9", True, [0.9]])
def test_what_is_no_finite_number_is_unreadable(score: object) -> None:
    """A score that cannot be compared spoils the decision beside it, for one of them is wrong."""
    for reply in (read({"score": score}), read({"decision": "allow", "score": score})):
        assert isinstance(reply, Verdict)
        assert reply.decision is Decision.UNREADABLE
        assert reply.raw


def test_what_is_unreadable_is_kept_short() -> None:
    """What could not be read is shown, but a megabyte of it is not."""
    reply = read({"decision": "x" * 10**6})

    assert isinstance(reply, Verdict)
    assert len(reply.raw) == 1000


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("out of\n memory", "out of memory"),
        ({"code": 7}, '{"code": 7}'),
        ("", "an error without a reason"),
        (False, "false"),
    ],
)
def test_an_error_is_a_failure_in_one_line(said: object, message: str) -> None:
    """Whatever a program calls its error, it is no answer."""
    assert Failure(message=message) == read({"error": said})


@given(st.dictionaries(st.text(max_size=5), ANYTHING, max_size=4))
def test_a_line_is_the_object_that_was_written(content: dict[str, Any]) -> None:
    """A line that a JSON library wrote is read as it was meant."""
    line = json.dumps(content).encode()

    assert json.dumps(parse_object(line, "out", 1)) == json.dumps(content)


@given(st.binary(max_size=40).filter(lambda line: b"{" not in line))
def test_any_other_line_is_an_error_with_a_place(line: bytes) -> None:
    """Whatever stands in a line that is no object, the error names the line."""
    with pytest.raises(InputError) as caught:
        parse_object(line, "out", 7)

    assert str(caught.value).startswith("out:7:")


def test_only_a_score_alone_takes_the_threshold() -> None:
    """A decision holds whatever the score, and a system's own threshold is not replaced."""
    spec = SystemSpec(name="guard", kind="command", threshold=0.3)

    for reply in (
        Verdict(decision=Decision.ALLOW, score=0.9),
        Verdict(score=0.9, threshold=0.95),
        Text(text="No."),
        Failure(message="out of memory"),
        Verdict(decision=Decision.UNREADABLE, raw="?"),
    ):
        assert reply is complete(reply, spec)
    assert Verdict(score=0.9, threshold=0.3) == complete(Verdict(score=0.9), spec)
