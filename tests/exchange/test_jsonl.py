"""JSON lines: a wrong line is a problem of its own."""

from __future__ import annotations

import json

import pytest

from refusals.exchange import Sheet, Standing
from tests.exchange.sheets import _unit, read_back, written

LINE = {"id": "a/b/benign#text", "language": "sw", "source": "s", "digest": "0", "text": "t", "state": "draft"}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "sw.jsonl:2:1 not valid JSON"),
        ("[" * 100_000, "sw.jsonl:2:1 not valid JSON"),
        ("9" * 5_000, "sw.jsonl:2:1 not valid JSON"),
        ("[]", "sw.jsonl:2:1 a line is an object with texts"),
        (json.dumps({**LINE, "text": 3}), "here text"),
        (json.dumps({key: value for key, value in LINE.items() if key != "state"}), "here state"),
        (json.dumps({**LINE, "language": "yo"}), "a/b/benign#text: the language is 'yo', that of the file 'sw'"),
    ],
)
def test_a_wrong_line_is_a_problem(line: str, message: str) -> None:
    """The others are read."""
    found = read_back("jsonl", f"{json.dumps(LINE)}\n{line}\n\n{json.dumps(LINE)}".encode())

    assert len(found.units) == 2
    assert len(found.problems) == 1
    assert message in str(found.problems[0])


def test_a_line_says_all() -> None:
    """What programs need is there by name."""
    raw = written("jsonl", Sheet(language="sw", units=(_unit(1, "s", "t", Standing.STALE),)))

    assert json.loads(raw) == {
        "id": "garden/tree-1/benign#text",
        "language": "sw",
        "source": "s",
        "digest": "00000001",
        "text": "t",
        "state": "stale",
        "label": "benign",
        "why": "s",
        "previous": "t",
        "translator": "machine",
        "notes": ["Translate the request. Do not answer it."],
    }
