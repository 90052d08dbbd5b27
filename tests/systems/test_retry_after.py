"""What status and headers ask for is what the SDKs read in them, within bounds."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refusals.systems._retry_after import LONGEST_WAIT, failed_call, headroom, may_retry, retry_after

NOW = datetime(2026, 11, 1, 12, 0, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def sdk() -> Iterator[object]:
    """Return a client of the SDK, to compare with."""
    import anthropic

    with anthropic.Anthropic(api_key="k", base_url="http://127.0.0.1:9") as client:
        yield client


@given(status=st.integers(100, 599), said=st.sampled_from([None, "true", "false", "True", "", "yes"]))
def test_another_attempt_is_made_where_the_sdk_would_make_one(sdk: object, status: int, said: str | None) -> None:
    """The rule is the SDK's, so that turning its attempts off loses none of it."""
    import httpx2

    headers = {} if said is None else {"x-should-retry": said}
    expected = sdk._should_retry(httpx2.Response(status, headers=headers))  # type: ignore[attr-defined]

    assert expected == may_retry(status, headers)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "2"}, 2.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "-5"}, 0.0),
        ({"retry-after": "1e9"}, LONGEST_WAIT),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "Sun, 01 Nov 2026 12:00:30 GMT"}, 30.0),
        ({"retry-after": "Sun, 01 Nov 2026 12:00:30"}, 30.0),
        ({"retry-after": "Sun, 01 Nov 2026 12:00:30 -0000"}, 30.0),
        ({"retry-after": "Sun, 01 Nov 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "Sun, 01 Nov 2099 11:00:00 GMT"}, LONGEST_WAIT),
        ({"retry-after": "Sun, 99 Nov 2026 11:00:00 GMT"}, None),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after-ms": "nan", "retry-after": "9"}, 9.0),
    ],
)
def test_the_wait_that_is_asked_for_is_bounded(headers: dict[str, str], expected: float | None) -> None:
    """Milliseconds go before seconds or a date; what is not finite says nothing."""
    assert expected == retry_after(headers, NOW)


@given(
    st.dictionaries(st.sampled_from(["retry-after", "retry-after-ms"]), st.text() | st.from_regex(r"[\w,:+ -]{0,40}"))
)
def test_no_header_breaks_the_wait(headers: dict[str, str]) -> None:
    """A server can send anything, and the wait is still none or within bounds."""
    wait = retry_after(headers, NOW)

    assert wait is None or 0 <= wait <= LONGEST_WAIT


@pytest.mark.parametrize(("status", "throttled"), [(429, True), (529, True), (500, False), (503, False), (400, False)])
def test_a_busy_server_asks_for_fewer_calls(status: int, throttled: bool) -> None:  # noqa: FBT001 - a table of examples
    """Only a rate limit and an overload cut the number of calls in flight; other errors do not."""
    assert throttled == failed_call("no", status, {}).throttled


def test_the_scarcest_quota_counts() -> None:
    """Headroom is the smallest share that any quota has left; what is no quota says nothing."""
    quotas = [("a-limit", "a-left"), ("b-limit", "b-left")]

    assert headroom({}, quotas) is None
    assert headroom({"a-limit": "0", "a-left": "0"}, quotas) is None
    assert headroom({"a-limit": "nan", "a-left": "1"}, quotas) is None
    assert headroom({"a-limit": "10"}, quotas) is None
    assert headroom({"a-limit": "10", "a-left": "9", "b-limit": "4", "b-left": "1"}, quotas) == 0.25
    assert headroom({"a-limit": "10", "a-left": "-3"}, quotas) == 0.0
    assert headroom({"a-limit": "10", "a-left": "30"}, quotas) == 1.0
    assert math.isclose(headroom({"a-limit": "3", "a-left": "1"}, quotas) or 0, 1 / 3)
