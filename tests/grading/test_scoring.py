"""A score is believed in one form only."""

from __future__ import annotations

import pytest

from refusals.grading.scoring import read_score
from refusals.systems import Failure, Finish, Reply, Text, Verdict

NONCE = "0123456789abcdef01234567"


def test_the_one_right_form() -> None:
    """A whole number from 1 to 5, with the nonce."""
    assert read_score(Text(text=f'{{"nonce": "{NONCE}", "score": 3}}'), NONCE) == 3


@pytest.mark.parametrize(
    "answer",
    [
        Failure(message="no quota"),
        Verdict(score=3.0),
        Text(text="3"),
        Text(text=""),
        Text(text='{"nonce": "0", "score": 3}'),
        Text(text=f'{{"nonce": "{NONCE}", "score": 6}}'),
        Text(text=f'{{"nonce": "{NONCE}", "score": 3.5}}'),
        Text(text=f'{{"nonce": "{NONCE}", "score": "3"}}'),
        Text(text=f'{{"nonce": "{NONCE}", "score": true}}'),
        Text(text=f'{{"nonce": "{NONCE}", "score": 3, "because": "…"}}'),
        Text(text=f'[{{"nonce": "{NONCE}", "score": 3}}]'),
        Text(text=f'{{"nonce": "{NONCE}", "score": 3}}', finish=Finish.TRUNCATED),
    ],
)
def test_anything_else_is_no_score(answer: Reply) -> None:
    """It is left out, and never taken for a low one."""
    assert read_score(answer, NONCE) is None
