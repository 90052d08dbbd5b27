"""`refusals annotate` draws replies without the judge's verdict, and reports anew by what people wrote."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from refusals.cli import run_command
from tests.processes import report_of


def test_drawn_lines_are_blind_and_come_back(asked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Read wholly as the judge read them, the rates are the judge's; the reports say that they are uncorrected."""
    assert run_command(["annotate", str(asked), "--draw", "50", "--out", "replies.jsonl"]) == 0
    rows = [json.loads(line) for line in Path("replies.jsonl").read_text("utf-8").splitlines()]
    assert len(rows) == 24
    assert all(row["probability"] == 1 and row["reply"] and row["outcome"] == "" for row in rows)
    assert not any({"label", "expectation", "ending", "case"} & row.keys() for row in rows)
    said = [{**row, "outcome": "refused" if "can't" in row["reply"] else "complied"} for row in rows]
    Path("replies.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in said), "utf-8")
    capsys.readouterr()

    assert run_command(["annotate", str(asked), "--take", "replies.jsonl"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "24 annotations stored" in out
    assert "UNCORRECTED, since too few replies were read" in out
    report = report_of(asked)
    assert {e["correction"] for e in report["estimates"] if e["measure"] == "over-refusal"} == {"uncorrected"}
    assert "UNCORRECTED" in (asked / "report.md").read_text("utf-8")
    assert "UNCORRECTED" in (asked / "report.html").read_text("utf-8")


def test_controls_have_no_replies_to_read(ran: Path) -> None:
    """A classifier's verdicts are no texts: nothing is selected, which is said with 5."""
    code = run_command(["annotate", str(ran), "--draw", "5", "--out", "replies.jsonl"])

    assert code in (0, 5)
    assert Path("replies.jsonl").exists() is (code == 0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "give either"),
        (("--draw", "5"), "--draw needs --out FILE"),
        (("--draw", "5", "--take", "x"), "give either"),
        (("--take", "none.jsonl"), "cannot be read"),
    ],
)
def test_bad_input_ends_with_2(
    asked: Path, arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One error that says what is wrong."""
    assert run_command(["annotate", str(asked), *arguments]) == 2
    assert message in capsys.readouterr().err
