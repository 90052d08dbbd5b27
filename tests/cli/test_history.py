"""`refusals history` lists what several runs show of each case, and rules on nothing."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from refusals.cli import run_command


def again(out: str) -> str:
    """Run both controls into another folder."""
    systems = ["--system", "always_refuse", "--system", "always_comply"]
    assert run_command(["run", *systems, "--corpus", "corpus", "--out", out]) == 0
    return out


def test_tables_json_and_csv_say_the_same(ran: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every case was right in one control and wrong in the other, in two languages and two runs, and never flipped."""
    second = again("out/second")
    capsys.readouterr()
    said = []
    for option in ([], ["--json"], ["--csv"]):
        assert run_command(["history", str(ran), second, *option]) == 0
        said.append(capsys.readouterr().out)
    rows = json.loads(said[1])

    assert said[0].splitlines()[0] == "12 cases in 2 runs, 96 decided answers"
    assert max(map(len, said[0].splitlines())) <= 80
    assert len(rows) == 12
    for row in rows:
        assert (row["n"], row["wrong"], row["difficulty"], row["pairs"], row["flips"]) == (8, 4, 0.5, 4, 0)
        assert (row["discrimination"], row["saturated"]) == (None, None)
        assert row["case"] in said[0] or len(rows) > 10
    listed = list(csv.DictReader(io.StringIO(said[2])))
    assert [each["case"] for each in listed] == [row["case"] for row in rows]
    assert {each["difficulty"] for each in listed} == {"0.5"}


def test_lists_are_of_a_label_and_short(ran: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--label` and `--top` choose what is listed."""
    assert run_command(["history", str(ran), "--label", "harmful", "--top", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()

    assert lines[0] == "4 cases in 1 run, 16 decided answers"
    assert sum("/harmful" in line for line in lines) == 2
    assert not any("/benign" in line for line in lines)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(["--label", "harmless"], "no label"), (["--json", "--csv"], "one or the other"), (["nowhere"], "nowhere")],
)
def test_what_it_cannot_do_is_said(
    ran: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    """An unknown label, two formats at once and a folder without a run are bad input."""
    assert run_command(["history", str(ran), *arguments]) == 2
    assert says in capsys.readouterr().err
