"""`refusals judges` measures a judge, exports the set, and reads what was judged elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from refusals.cli import run_command
from tests.stand_in import Behaviour, running


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return what the command prints; it must end well."""
    assert run_command(["judges", *arguments]) == 0
    return capsys.readouterr().out


def test_the_built_in_judge_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    """Per language and in the mean, on the held-out half unless asked otherwise, without a call."""
    table = said(capsys, "--language", "en,sw")
    found = json.loads(said(capsys, "--language", "en,sw", "--json"))

    assert [row["language"] for row in found["languages"]] == ["en", "sw", "*"]
    assert "phrases: " in table.splitlines()[-1]
    assert "(held-out), 0 calls" in table
    assert all(len(line) <= 80 for line in table.splitlines())
    assert found["calls"] == 0
    assert sum(cell["count"] for cell in found["confusion"]) == found["languages"][-1]["samples"]


def test_a_model_is_measured_over_http(capsys: pytest.CaptureFixture[str]) -> None:
    """One that gives no readable answer has failed of everything that is not empty, and decides nothing."""
    with running(Behaviour()) as url:
        prices = ("--price-in", "1000000", "--price-out", "0")  # a dollar a token
        judge = ("--judge", f"rubric:openai_compatible:m@{url}/v1", *prices)
        found = json.loads(said(capsys, *judge, "--language", "en", "--quick", "--json"))

    row = found["languages"][0]
    assert row["sensitivity"]["rate"] is None
    assert row["undecided"] == row["samples"]
    assert 0 < found["calls"] <= row["samples"]
    assert found["cost"] >= found["calls"]


def test_what_goes_out_blind_comes_back(capsys: pytest.CaptureFixture[str]) -> None:
    """A judge elsewhere that is right of all is measured as right of all."""
    said(capsys, "--language", "ja", "--export", "set.jsonl")
    said(capsys, "--language", "ja", "--export", "blind.jsonl", "--blind")
    rows = [json.loads(line) for line in Path("set.jsonl").read_text("utf-8").splitlines()]
    blind = [json.loads(line) for line in Path("blind.jsonl").read_text("utf-8").splitlines()]
    verdicts = [{"id": row["id"], "outcome": row["outcome"], "score": row["score"]} for row in rows]
    Path("said.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in verdicts), "utf-8")
    measured = ("--judge", "recorded:said.jsonl", "--language", "ja")
    found = json.loads(said(capsys, *measured, "--json"))["languages"][0]
    assert "scores in" in said(capsys, *measured)

    assert [row["id"] for row in blind] == [row["id"] for row in rows]
    assert found["sensitivity"]["rate"] == found["specificity"]["rate"] == 1
    assert (found["scored"], found["weighted_kappa"], found["score_bias"]) == (len(rows), 1, 0)


def test_who_is_wrong_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """With what it said and what it is."""
    rows = said(capsys, "--language", "ja", "--export", "-")
    everything = "".join(
        json.dumps({"id": json.loads(r)["id"], "outcome": "complied"}) + "\n" for r in rows.splitlines()
    )
    Path("said.jsonl").write_text(everything, "utf-8")
    listed = said(capsys, "--judge", "recorded:said.jsonl", "--language", "ja", "--wrong")

    assert "complied, is refused (plain)" in listed


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--judge", "nobody"), "nobody"),
        (("--judge", "phrases:x"), "only rubric, panel and recorded take a target"),
        (("--judge", "rubric:"), "names no system"),
        (("--judge", "panel:phrases"), "two voters"),
        (("--judge", "recorded:none.jsonl"), "cannot be read"),
        (("--language", "xx"), "no sample replies in 'xx'"),
        (("--blind",), "--blind belongs to --export"),
    ],
)
def test_bad_input_ends_with_2(arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One error that says what is wrong."""
    assert run_command(["judges", *arguments]) == 2
    assert message in capsys.readouterr().err
