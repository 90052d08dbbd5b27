"""A line of a batch's results is a reply, a failure, or a request that is to be sent again.

A refusal is a message that succeeded, or an invalid request that the content filter names: both are
read as live answers are.
"""

from __future__ import annotations

from dataclasses import dataclass

from refusals.systems import Failure, Reply
from refusals.systems._chat import STATUS, at, literal, say_error
from refusals.systems._messages_api import read
from refusals.systems._retry_after import may_retry

# The status with which a live call ends for the same reason.
STATUSES = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """A request without an answer that is to be sent again, and why."""

    why: str


def read_result(result: object) -> Reply | Again:
    """Read the `result` of a line; never raises."""
    kind = at(result, "type")
    if kind == "succeeded":
        reply = read(at(result, "message"))
        return Again(why=reply.message) if isinstance(reply, Failure) else reply
    if kind == "errored":
        return _read_error(at(result, "error"))
    if kind == "expired":
        return Again(why="expired")
    if kind == "canceled":
        return Failure(message="the batch was cancelled before this request was answered")
    return Again(why=f"a result of the type {literal(kind)}")


def _read_error(raw: object) -> Reply | Again:
    kind = at(raw, "error", "type")
    status = STATUSES.get(kind) if isinstance(kind, str) else None
    error = {"type": "error", "error": at(raw, "error"), **({STATUS: status} if status else {})}
    reply = read(error)
    return Again(why=say_error(error)) if isinstance(reply, Failure) and may_retry(status or 0, {}) else reply
