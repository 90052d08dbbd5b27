"""A server's status and headers say whether and when to ask again, and how much of the quota is left."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from refusals.systems import CallError

LONGEST_WAIT = 120.0
_BUSY = frozenset({429, 529})
_PASSING = frozenset({408, 409, 429})


def failed_call(message: str, status: int, headers: Mapping[str, str]) -> CallError:
    """Return the error of a call that was answered with this status and these headers."""
    return CallError(
        message,
        again=may_retry(status, headers),
        throttled=status in _BUSY,
        after=retry_after(headers, datetime.now(UTC)),
    )


def may_retry(status: int, headers: Mapping[str, str]) -> bool:
    """Return whether another attempt may help, by the rule of the anthropic and openai SDKs.

    `x-should-retry` is obeyed; else timeouts, conflicts, rate limits and server errors pass.
    """
    said = headers.get("x-should-retry")
    if said in ("true", "false"):
        return said == "true"
    return status in _PASSING or status >= 500


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds to wait, from 0 to `LONGEST_WAIT`; None if the server said nothing finite.

    `retry-after-ms` goes before `retry-after`, which is in seconds or a date (RFC 9110, 10.2.3).
    """
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return _clamped(milliseconds / 1000)
    written = headers.get("retry-after", "")
    seconds = _number(written)
    if seconds is not None:
        return _clamped(seconds)
    try:
        date = parsedate_to_datetime(written)
        # A date without a zone is meant as UTC, the only zone that the header has.
        return _clamped(((date if date.tzinfo else date.replace(tzinfo=UTC)) - now).total_seconds())
    except (ValueError, OverflowError):
        return None


def headroom(headers: Mapping[str, str], quotas: Iterable[tuple[str, str]]) -> float | None:
    """Return the smallest share left of any quota, given as the headers of (limit, remaining)."""
    shares = [
        min(1.0, max(0.0, left / limit))
        for limit, left in ((_number(headers.get(a)), _number(headers.get(b))) for a, b in quotas)
        if limit and limit > 0 and left is not None
    ]
    return min(shares, default=None)


def _clamped(seconds: float) -> float:
    return min(LONGEST_WAIT, max(0.0, seconds))


def _number(written: str | None) -> float | None:
    try:
        number = float(written or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None
