"""A line of results is read as a live answer is; what is none is sent again only where that may help."""

from __future__ import annotations

import pytest
from anthropic.types import shared
from hypothesis import given
from hypothesis import strategies as st

from refusals.systems import Failure, Finish, Text, anthropic
from refusals.systems._batch_results import STATUSES, Again, read_result
from refusals.systems._chat import STATUS
from tests.systems.hostile_answers import replaced

MESSAGES = [(raw, reply) for raw, reply in anthropic.EXAMPLES if isinstance(raw, dict) and raw.get("type") == "message"]
FILTER = "Output blocked by content filtering policy"


def errored(kind: str, message: str = "no") -> dict[str, object]:
    """Return the result of a request that met an error."""
    return {"type": "errored", "error": {"type": "error", "error": {"type": kind, "message": message}}}


@pytest.mark.parametrize(("raw", "reply"), MESSAGES)
def test_a_message_is_read_as_a_live_one(raw: object, reply: object) -> None:
    """A refusal is a message that succeeded."""
    assert read_result({"type": "succeeded", "message": raw}) == reply


def test_the_content_filter_is_a_refusal_in_a_batch_too() -> None:
    """Its invalid request has the signal that it has live."""
    live = anthropic.read({STATUS: 400, "error": {"type": "invalid_request_error", "message": FILTER}})

    assert read_result(errored("invalid_request_error", FILTER)) == live
    assert isinstance(live, Text)
    assert live.finish is Finish.BLOCKED


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (errored("invalid_request_error"), Failure(message="http 400: invalid_request_error: no")),
        (errored("billing_error"), Failure(message="http 402: billing_error: no")),
        (errored("brand_new"), Failure(message="an error in place of an answer: brand_new: no")),
        (errored("api_error"), Again(why="http 500: api_error: no")),
        (errored("overloaded_error"), Again(why="http 529: overloaded_error: no")),
        (errored("rate_limit_error"), Again(why="http 429: rate_limit_error: no")),
        (errored("timeout_error"), Again(why="http 504: timeout_error: no")),
        ({"type": "expired"}, Again(why="expired")),
        ({"type": "canceled"}, Failure(message="the batch was cancelled before this request was answered")),
        ({"type": "succeeded"}, Again(why="the answer is not one complete JSON object")),
        ({"type": "brand_new"}, Again(why="a result of the type brand_new")),
        (None, Again(why="a result of the type null")),
    ],
)
def test_what_is_no_answer_is_sent_again_where_that_may_help(result: object, said: object) -> None:
    """An invalid request stays invalid; an expired one and an error of the server pass."""
    assert read_result(result) == said


def test_every_error_of_the_sdk_has_its_status() -> None:
    """The types are those of the installed SDK."""
    from typing import get_args

    union = get_args(shared.ErrorObject)[0]
    kinds = {get_args(each.model_fields["type"].annotation)[0] for each in get_args(union)}

    assert kinds == set(STATUSES)


@given(st.sampled_from([{"type": "succeeded", "message": MESSAGES[0][0]}, errored("api_error")]).flatmap(replaced))
def test_no_result_is_too_strange_to_be_read(result: object) -> None:
    """Whatever stands in it, it is a reply, a failure, or sent again."""
    assert isinstance(read_result(result), Text | Failure | Again)
