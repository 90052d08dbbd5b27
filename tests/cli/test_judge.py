"""`refusals judge` reads stored replies again; it asks no system, and changes only what a judge sees otherwise."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from refusals.cli import run_command
from tests.processes import endings_of, outcomes_of, report_of
from tests.stand_in import Behaviour, running

if TYPE_CHECKING:
    import pytest


def test_the_same_judges_say_the_same(asked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Judging again changes no outcome, no fact beside one, and no file but the times in it."""
    before = outcomes_of(asked)
    report = (asked / "report.md").read_bytes()
    code = run_command(["judge", str(asked), "--corpus", "corpus"])

    assert code == 0
    assert outcomes_of(asked) == before
    assert (asked / "report.md").read_bytes() == report
    assert capsys.readouterr().out.splitlines()[-1] == "0 outcomes changed"


def test_other_judges_may_see_it_otherwise(asked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without the judge that reads texts nothing can be told, which is invalid; with it all is back."""
    before = outcomes_of(asked)
    Path("blunt.yaml").write_text("judge: {use: [signals]}\ncorpus: corpus\n", "utf-8")
    blunt = run_command(["judge", str(asked), "--study", "blunt.yaml"])
    said = capsys.readouterr().out.splitlines()[-1]
    bluntly, judged_by = outcomes_of(asked), report_of(asked)["manifest"]["judges"]
    again = run_command(["judge", str(asked), "--corpus", "corpus"])

    assert (blunt, said, again) == (4, "24 outcomes changed", 0)
    assert judged_by == ["signals"]
    assert Counter(str(outcome.ending) for outcome in bluntly.values()) == {"unclear": 24}
    assert outcomes_of(asked) == before
    assert {trial: outcome.cost for trial, outcome in bluntly.items()} == {
        trial: outcome.cost for trial, outcome in before.items()
    }


def test_what_brought_no_reply_is_left_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """An error stays an error, however it is judged."""
    with running(Behaviour(unauthorised=True)) as url:
        system = f"openai_compatible:m@{url}/v1"
        run_command(["run", "--system", system, "--corpus", "corpus", "--out", "run"])
    before = endings_of(Path("run"))
    code = run_command(["judge", "run", "--corpus", "corpus"])

    assert code == 4
    assert set(before.values()) <= {"error", "not_run"}
    assert endings_of(Path("run")) == before


def test_verdicts_are_judged_again_too(capsys: pytest.CaptureFixture[str]) -> None:
    """A classifier's verdicts come to the same ends."""
    Path("guard.py").write_text("def flag(prompts): return ['mine' in prompt.text for prompt in prompts]\n", "utf-8")
    run_command(["run", "--system", "python:guard:flag", "--corpus", "corpus", "--out", "run"])
    before = outcomes_of(Path("run"))
    code = run_command(["judge", "run", "--corpus", "corpus"])

    assert code == 0
    assert outcomes_of(Path("run")) == before
