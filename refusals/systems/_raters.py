"""Several people decide one cell: what most of them say is the answer, and what each of them said is kept."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from refusals.clean import storable
from refusals.errors import InputError
from refusals.systems import Decision, Rating, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from refusals.systems import Reply

LONGEST = 80  # characters of a name or role


def named(content: Mapping[str, object], key: str) -> str:
    """Return the name that a line has under `key`; empty where it has none.

    Raises:
        InputError: if it is neither a text nor a whole number.
    """
    said = content.get(key)
    if said is None:
        return ""
    if isinstance(said, bool) or not isinstance(said, str | int) or not str(said).strip():
        raise InputError(f"the {key} is {storable(repr(said))[:LONGEST]}; write a name or a number")
    return storable(str(said).strip())[:LONGEST]


def rating_of(rater: str, role: str, reply: Reply) -> Rating:
    """Return what a rater said as the rating that it is.

    Raises:
        InputError: if it is no decision, since a vote is not made of texts, scores or errors.
    """
    decision = reply.decision if isinstance(reply, Verdict) else None
    if decision is None or decision is Decision.UNREADABLE:
        raise InputError("a rater's line has a `decision` (allow, review, flag, abstain) or `flagged` (true, false)")
    return Rating(rater=rater, decision=decision, role=role)


def majority(ratings: Iterable[Rating]) -> Verdict:
    """Return the decision of more than half of the raters; without one, such as in a tie, it abstains."""
    listed = tuple(sorted(ratings, key=lambda rating: rating.rater))
    decision, votes = Counter(rating.decision for rating in listed).most_common(1)[0]
    return Verdict(decision=decision if 2 * votes > len(listed) else Decision.ABSTAIN, ratings=listed)
