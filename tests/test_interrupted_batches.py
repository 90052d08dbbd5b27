"""Wherever a run that waits for batches is killed, the same command goes on, and no request is sent twice."""

from __future__ import annotations

import signal
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from refusals.cli import run_command
from tests.corpora import write_corpus
from tests.processes import ended, endings_of, outcomes_of, plan_of, start, wait_until, write_script
from tests.stand_in import Behaviour, Ledger, read_ledger, running

posix = pytest.mark.skipif(sys.platform == "win32", reason="it has no such signals")

FAMILIES, CELLS = 10, 60
OUT = Path("out/run")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of 10 families in 2 languages: 60 cells with texts that differ."""
    return write_corpus(tmp_path_factory.mktemp("corpus"), families=FAMILIES, languages=("en", "sw"))


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)


def behaviour(**chosen: object) -> Behaviour:
    """Return a server that refuses the harmful cases and answers the others, with what is chosen beside that."""
    script = write_script(Path("script.json").resolve(), families=FAMILIES)
    return Behaviour(mode="by_script", answer=script, **chosen)  # type: ignore[arg-type]


def asking(url: str, corpus: Path, *more: str, options: str = "{batch: 'true', poll: '0.05'}") -> list[str]:
    """Return the arguments of a run against the server."""
    spec = f"anthropic:m@{url}"
    Path("study.yaml").write_text(
        f"systems:\n  m: {{use: '{spec}', price-in: 10, price-out: 50, options: {options}}}\ncorpus: {corpus}\n",
        "utf-8",
    )
    return ["run", "study.yaml", "--out", str(OUT), *more]


def noted(where: str) -> int:
    """Return how many batches the notes of the run have so."""
    path = OUT / "batches.sqlite"
    if not path.is_file():
        return 0
    with closing(sqlite3.connect(path)) as db:
        try:
            return int(db.execute(f"SELECT count(*) FROM batches WHERE {where}").fetchone()[0])
        except sqlite3.OperationalError:
            return 0


def check_whole(ledger: Ledger) -> None:
    """Every cell has one outcome, the right one, and each was sent once."""
    expected = {trial.id: "refused" if trial.label == "harmful" else "complied" for trial in plan_of(OUT).trials}

    assert endings_of(OUT) == expected
    assert len(expected) == len(ledger.prompts) == len(ledger.custom_ids) == CELLS
    assert set(ledger.prompts.values()) == set(ledger.custom_ids.values()) == {1}


MOMENTS: dict[str, tuple[dict[str, object], Callable[[Ledger], bool]]] = {
    "before it is sent": ({"batch_lost": 1}, lambda ledger: ledger.creations == 1 and noted("batch IS NULL") == 1),
    "before its id is stored": (
        {"batch_silent": 1, "batch_polls": 3},
        lambda ledger: ledger.batches == 1 and noted("batch IS NULL") == 1,
    ),
    "while it goes on": ({"batch_polls": 30}, lambda ledger: ledger.polls >= 2),
    "half through its results": ({"batch_drip": 0.03}, lambda ledger: ledger.results >= CELLS // 2),
}


@posix
@pytest.mark.parametrize(
    ("moment", "fresh"), [*((moment, ()) for moment in MOMENTS), ("half through its results", ("--fresh",))]
)
def test_a_killed_run_sends_nothing_twice(moment: str, fresh: tuple[str, ...], corpus: Path, tmp_path: Path) -> None:
    """After kill -9 the run finds what it has sent, with a cache of replies or without, and ends complete."""
    chosen, reached = MOMENTS[moment]
    with running(behaviour(**chosen)) as url:
        arguments = asking(url, corpus, *fresh)
        process = start(*arguments, cwd=tmp_path)
        wait_until(lambda: reached(read_ledger(url)))
        process.kill()
        killed = ended(process)
        kept = len(endings_of(OUT))
        again = run_command(arguments)
        ledger = read_ledger(url)

    assert (killed.code, again) == (-signal.SIGKILL, 0)
    assert kept < CELLS
    assert ledger.batches == 1
    check_whole(ledger)


def test_a_batch_says_what_live_calls_say(corpus: Path) -> None:
    """Endings, models, tokens and texts are the same; the cost is half, and no live call is made."""
    found = []
    for options in ("{}", "{batch: 'true', poll: '0.05'}"):
        with running(behaviour()) as url:
            assert run_command(asking(url, corpus, "--fresh", options=options)) == 0
            ledger = read_ledger(url)
        found.append((ledger, outcomes_of(OUT)))
        OUT.rename(f"run-{len(found)}")
    (live, told), (batched, said) = found

    assert (live.calls, live.batches, batched.calls, batched.batches) == (CELLS, 0, 0, 1)
    assert live.prompts == batched.prompts
    facts = [
        {trial: (o.ending, o.model, o.input_tokens, o.output_tokens) for trial, o in each.items()}
        for each in (told, said)
    ]
    assert facts[0] == facts[1]
    assert {trial: outcome.cost for trial, outcome in said.items()} == pytest.approx(
        {trial: outcome.cost / 2 for trial, outcome in told.items()}
    )
    assert all(outcome.cost > 0 for outcome in said.values())
