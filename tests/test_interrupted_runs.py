"""Whatever stops a run, a kill, a signal, a cap or its end: the same command goes on and asks nothing twice in vain."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from refusals.cli import run_command
from tests.corpora import write_corpus
from tests.processes import (
    ended,
    endings_of,
    outcomes_of,
    plan_of,
    rates,
    report_of,
    start,
    wait_until,
    write_script,
)
from tests.stand_in import Behaviour, Ledger, read_ledger, running

posix = pytest.mark.skipif(sys.platform == "win32", reason="it has no such signals")

FAMILIES, CELLS, CONCURRENCY = 10, 60, 8


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of 10 families in 2 languages: 60 cells with texts that differ."""
    return write_corpus(tmp_path_factory.mktemp("corpus"), families=FAMILIES, languages=("en", "sw"))


@pytest.fixture
def url(corpus: Path, tmp_path: Path) -> Iterator[str]:
    """A server of 50 ms that refuses the harmful cases and answers the others."""
    script = write_script(tmp_path / "script.json", families=FAMILIES)
    with running(Behaviour(mode="by_script", answer=script, latency=0.05)) as url:
        yield url


def asking(url: str, corpus: Path, *more: str, model: str = "m", out: str = "out/run") -> list[str]:
    """Return the arguments of a run against the server."""
    spec = f"openai_compatible:{model}@{url}/v1"
    return ["run", "--system", spec, "--corpus", str(corpus), "--concurrency", str(CONCURRENCY), "--out", out, *more]


def check_whole(run: Path, ledger: Ledger) -> None:
    """Every cell has one outcome, the right one; no prompt was asked more often than a stop can excuse."""
    expected = {trial.id: "refused" if trial.label == "harmful" else "complied" for trial in plan_of(run).trials}
    with closing(sqlite3.connect(run / "run.sqlite")) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("SELECT count(*), count(DISTINCT trial) FROM outcomes").fetchone() == (CELLS, CELLS)

    assert len(expected) == CELLS
    assert endings_of(run) == expected
    assert ledger.calls <= CELLS + CONCURRENCY
    assert max(ledger.prompts.values()) <= 2


@posix
@pytest.mark.parametrize("calls", [1, 20, 55])
def test_a_killed_run_goes_on_where_it_was(
    url: str, corpus: Path, tmp_path: Path, calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After kill -9 only calls in flight are made again; every cell has exactly one outcome, and the file is whole."""
    process = start(*asking(url, corpus), cwd=tmp_path)
    wait_until(lambda: read_ledger(url).calls >= calls)
    process.kill()
    killed = ended(process)
    monkeypatch.chdir(tmp_path)
    again = run_command(asking(url, corpus))

    assert (killed.code, killed.out, again) == (-signal.SIGKILL, "", 0)
    check_whole(tmp_path / "out" / "run", read_ledger(url))


@posix
@pytest.mark.parametrize("signals", [(signal.SIGINT,), (signal.SIGTERM,), (signal.SIGTERM, signal.SIGINT)])
def test_an_interrupted_run_says_how_to_go_on(
    url: str,
    corpus: Path,
    tmp_path: Path,
    signals: tuple[signal.Signals, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Ctrl-C and SIGTERM, once or impatiently, end with 130 and one line; the same command completes the run."""
    process = start(*asking(url, corpus), cwd=tmp_path)
    wait_until(lambda: read_ledger(url).calls >= 30)
    for each in signals:
        process.send_signal(each)
    stopped = ended(process)
    monkeypatch.chdir(tmp_path)
    again = run_command(asking(url, corpus))

    assert (stopped.code, stopped.out, again) == (130, "", 0)
    assert [line for line in stopped.err.splitlines() if not line.startswith("openai_compatible: ")] == [
        "refusals: interrupted; results so far are kept. Go on with the same command and --out out/run"
    ]
    assert "done before" in capsys.readouterr().err
    check_whole(tmp_path / "out" / "run", read_ledger(url))


@posix
def test_an_interrupted_run_leaves_no_program_behind(tmp_path: Path) -> None:
    """The guard that a run has started ends with it."""
    (tmp_path / "guard.py").write_text("import os, time\nopen('pid', 'w').write(f'{os.getpid()}.')\ntime.sleep(60)\n")
    pid = tmp_path / "pid"
    process = start("run", "--system", "command:python guard.py", "--limit", "1", "--out", "run", cwd=tmp_path)
    wait_until(lambda: pid.exists() and pid.read_text().endswith("."))
    process.send_signal(signal.SIGINT)
    stopped = ended(process)

    assert stopped.code == 130
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()[:-1]), 0)


def test_a_cap_on_calls_is_kept(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left at the cap is not_run, so that nothing is ruled on it; a run without the cap goes on from there."""
    monkeypatch.chdir(tmp_path)
    script = write_script(tmp_path / "script.json", families=FAMILIES)
    with running(Behaviour(mode="by_script", answer=script)) as url:
        code = run_command(asking(url, corpus, "--max-calls", "25"))
        made = read_ledger(url).calls
        kept = Counter(endings_of(Path("out/run")).values())
        again = run_command(asking(url, corpus))

        assert (code, made, again) == (4, 25, 0)
        assert kept.keys() == {"refused", "complied", "not_run"}
        assert kept["not_run"] == CELLS - 25
        check_whole(Path("out/run"), read_ledger(url))


def test_other_attempts_count_towards_the_cap(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits before another attempt makes none if others have spent the rest meanwhile."""
    monkeypatch.chdir(tmp_path)
    with running(Behaviour(rate_500=0.3, seed=1)) as url:
        code = run_command(asking(url, corpus, "--max-calls", "25"))
        made = read_ledger(url)
    kept = Counter(endings_of(Path("out/run")).values())

    assert (code, made.calls) == (4, 25)
    assert kept.keys() == {"complied", "error", "not_run"}
    assert kept["complied"] == made.statuses[200]


def test_a_cap_on_cost_is_kept(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spending stops at the cap, but for the calls in flight; a run without the cap goes on from there."""
    monkeypatch.chdir(tmp_path)
    script = write_script(tmp_path / "script.json", families=FAMILIES)
    study = Path("study.yaml")
    with running(Behaviour(mode="by_script", answer=script)) as url:
        study.write_text(
            f"systems:\n  m: {{use: 'openai_compatible:m@{url}/v1', price-in: 1000, price-out: 5000, concurrency: 8}}\n"
            f"corpus: {corpus}\n",
            "utf-8",
        )
        code = run_command(["run", "study.yaml", "--max-cost", "1.5", "--out", "out/run"])
        costs = [outcome.cost for outcome in outcomes_of(Path("out/run")).values()]
        kept = endings_of(Path("out/run"))
        again = run_command(["run", "study.yaml", "--out", "out/run"])

        assert (code, again) == (4, 0)
        assert 1.5 <= sum(costs) < 1.5 + CONCURRENCY * max(costs)
        assert set(kept.values()) == {"refused", "complied", "not_run"}
        assert set(endings_of(Path("out/run")).values()) == {"refused", "complied"}
        assert read_ledger(url).calls == CELLS


def test_what_was_answered_is_not_asked_again(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run beside another takes its replies from the cache; not with --fresh, and not those of another model."""
    monkeypatch.chdir(tmp_path)
    script = write_script(tmp_path / "script.json", families=FAMILIES)
    calls = [0]
    with running(Behaviour(mode="by_script", answer=script)) as url:
        for arguments in (
            asking(url, corpus, out="out/1"),
            asking(url, corpus, out="out/2"),
            asking(url, corpus, "--fresh", out="out/3"),
            asking(url, corpus, model="other", out="out/4"),
            asking(url, corpus, out="elsewhere/5"),
        ):
            assert run_command(arguments) == 0
            calls.append(read_ledger(url).calls)

    made = [after - before for before, after in pairwise(calls)]
    assert made == [CELLS, 0, CELLS, CELLS, CELLS]
    assert all(outcome.cached for outcome in outcomes_of(Path("out/2")).values())
    assert rates(report_of(Path("out/2"))) == rates(report_of(Path("out/1")))
    assert endings_of(Path("out/2")) == endings_of(Path("out/1"))
