"""The set goes out and verdicts come back as JSON lines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from refusals.errors import InputError
from refusals.grading import load_samples
from refusals.grading.recorded import lines, read_said
from refusals.plan import Ending

TRUTH = {"case", "half", "manner", "outcome", "score"}


def test_blind_lines_tell_nothing() -> None:
    """Nothing of the truth, and the same ids."""
    samples = load_samples(("en", "sw")).samples
    told, blind = ([json.loads(line) for line in lines(samples, blind=blind)] for blind in (False, True))

    assert [row["id"] for row in told] == [row["id"] for row in blind] == [sample.id for sample in samples]
    assert all(row.keys() >= TRUTH for row in told)
    assert not any(row.keys() & TRUTH for row in blind)


def test_verdicts_come_back(tmp_path: Path) -> None:
    """With a score or without one."""
    path = tmp_path / "said.jsonl"
    path.write_text('{"id": "a", "outcome": "refused", "score": 1}\n\n{"id": "b", "outcome": "unclear"}\n', "utf-8")

    assert read_said(path, {"a", "b"}) == {"a": (Ending.REFUSED, 1), "b": (Ending.UNCLEAR, None)}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "has no line"),
        ("nonsense", "1:1 the line is no JSON object"),
        ("[]", "1:1 the line is no JSON object"),
        ('{"id": "z", "outcome": "refused"}', "1:1 no sample has the id 'z'"),
        ('{"id": "a", "outcome": "safe"}', "1:1 the outcome is 'safe'"),
        ('{"id": "a"}', "1:1 the outcome is None"),
        ('{"id": "a", "outcome": "refused", "score": 6}', "1:1 the score is 6"),
        ('{"id": "a", "outcome": "refused", "score": true}', "1:1 the score is True"),
        ('{"id": "a", "outcome": "refused"}\n{"id": "a", "outcome": "refused"}', "2:1 the sample a has a line already"),
    ],
)
def test_a_bad_line_has_its_place(tmp_path: Path, content: str, message: str) -> None:
    """Nothing is guessed."""
    path = tmp_path / "said.jsonl"
    path.write_text(content, "utf-8")

    with pytest.raises(InputError) as raised:
        read_said(path, {"a", "b"})
    assert message in str(raised.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """Is named."""
    with pytest.raises(InputError, match="cannot be read"):
        read_said(tmp_path / "none.jsonl", {"a"})
