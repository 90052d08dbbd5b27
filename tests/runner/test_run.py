"""Every trial ends once, and what was learned is on disk before anybody is told."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from refusals.cases import Kind
from refusals.corpus import load_corpus
from refusals.errors import InputError
from refusals.judges import Bench, Judgement
from refusals.outcomes import Outcome, Run
from refusals.plan import Ending, Plan, Reader, make_plan
from refusals.policies import load_policy
from refusals.prompts import Prompt
from refusals.runner import Silence, run
from refusals.runner.cache import Cache
from refusals.runner.line import Line, Purse
from refusals.study import Budget, Selection, SystemSpec
from refusals.systems import CallError, Reply, Text
from tests.corpora import write_corpus
from tests.runner.answering import HELP, Answering


class Literal:
    """Says that every text complied."""

    async def judge(self, prompt: Prompt, reply: Reply) -> Judgement | None:
        """Look at nothing."""
        return Judgement(ending=Ending.COMPLIED, judge="literal")


BENCH = Bench([("literal", Literal())])


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """A plan of 4 families, 3 labels and 2 languages: 24 trials of the system `x`."""
    corpus = load_corpus(write_corpus(tmp_path / "corpus", families=4, languages=("en", "sw")))
    reader = Reader(name="x", kinds=frozenset(Kind))
    return make_plan(corpus, [reader], load_policy("default", tmp_path), Selection(), seed=3)


def line(system: Answering, budget: Budget | None = None, cache: Cache | None = None) -> Line:
    """Return a line to a system."""
    return Line(SystemSpec(name="x", kind="x"), system, Purse(budget or Budget()), cache)


def ran(plan: Plan, to: Line, path: Path) -> Mapping[str, Outcome]:
    """Run and return the outcomes."""
    with Run(path) as kept:
        kept.begin(plan)
        asyncio.run(run(plan, {"x": to}, BENCH, kept, Silence()))
        return kept.read()


@pytest.mark.parametrize("batch", [1, 5, None])
def test_every_trial_ends_exactly_once(plan: Plan, tmp_path: Path, batch: int | None) -> None:
    """Whatever the batches, each prompt is asked once and each trial has one outcome."""
    system = Answering(batch=batch)
    outcomes = ran(plan, line(system), tmp_path / "run.sqlite")

    assert set(outcomes) == {trial.id for trial in plan.trials}
    assert {outcome.ending for outcome in outcomes.values()} == {Ending.COMPLIED}
    assert Counter(system.asked) == Counter(trial.prompt.text for trial in plan.trials)


def test_calls_go_out_in_the_order_of_the_plan(plan: Plan, tmp_path: Path) -> None:
    """The visiting order is the one that was drawn before the first call."""
    system = Answering(concurrency=1)
    ran(plan, line(system), tmp_path / "run.sqlite")

    assert system.asked == [trial.prompt.text for trial in plan.trials]


def test_servers_are_asked_side_by_side_up_to_the_limit(plan: Plan, tmp_path: Path) -> None:
    """Concurrency is used, and never exceeded."""
    system = Answering(concurrency=7, latency=0.002)
    ran(plan, line(system), tmp_path / "run.sqlite")

    assert system.most_in_flight == 7


def test_a_second_run_asks_nothing_again(plan: Plan, tmp_path: Path) -> None:
    """A finished run is read, not repeated."""
    ran(plan, line(Answering()), tmp_path / "run.sqlite")
    again = Answering()
    ran(plan, line(again), tmp_path / "run.sqlite")

    assert again.asked == []


def failing_on(word: str, error: Exception) -> Callable[[Prompt], Reply]:
    """Fail on prompts with a word in them."""

    def say(prompt: Prompt) -> Reply:
        if word in prompt.text:
            raise error
        return Text(text=HELP)

    return say


def test_an_error_is_an_outcome_of_its_own_and_tried_again_later(plan: Plan, tmp_path: Path) -> None:
    """A failed call says nothing of the system: it is undecided now and asked again in the same folder."""
    path = tmp_path / "run.sqlite"
    outcomes = ran(plan, line(Answering(say=failing_on("number 2", CallError("lost", again=False)))), path)
    failed = [outcome for outcome in outcomes.values() if outcome.ending is Ending.ERROR]

    assert len(failed) == 6
    assert {outcome.reason for outcome in failed} == {"lost"}

    again = Answering()
    outcomes = ran(plan, line(again), path)

    assert len(again.asked) == 6
    assert {outcome.ending for outcome in outcomes.values()} == {Ending.COMPLIED}


def test_a_spent_budget_ends_in_not_run_and_can_go_on(plan: Plan, tmp_path: Path) -> None:
    """What a cap held back is never ruled on as if it had been asked."""
    path = tmp_path / "run.sqlite"
    outcomes = ran(plan, line(Answering(), Budget(max_calls=10)), path)

    assert Counter(outcome.ending for outcome in outcomes.values()) == {Ending.COMPLIED: 10, Ending.NOT_RUN: 14}

    again = Answering()
    ran(plan, line(again), path)

    assert len(again.asked) == 14


def test_the_cache_answers_another_run(plan: Plan, tmp_path: Path) -> None:
    """The same question to the same server is paid for once, and the outcome says so."""
    cache = Cache(tmp_path / "cache.sqlite")
    ran(plan, line(Answering(identity={"model": "m"}), cache=cache), tmp_path / "one.sqlite")
    other = Answering(identity={"model": "m"})
    outcomes = ran(plan, line(other, cache=cache), tmp_path / "two.sqlite")
    cache.close()

    assert other.asked == []
    assert all(outcome.cached for outcome in outcomes.values())


def test_a_system_against_its_contract_stops_the_run_with_its_error(plan: Plan, tmp_path: Path) -> None:
    """Bad input is one error, not a group of groups, and earlier results stay."""
    system = Answering(say=failing_on("number 3", InputError("guard.py wrote an unknown id")), concurrency=1)
    with pytest.raises(InputError, match=r"guard\.py wrote an unknown id"):
        ran(plan, line(system), tmp_path / "run.sqlite")
    with Run(tmp_path / "run.sqlite") as kept:
        assert len(kept.read()) == len(system.asked) - 1


def test_cancelling_keeps_what_was_learned(plan: Plan, tmp_path: Path) -> None:
    """Ctrl-C leaves a run that goes on where it stopped, with at most the calls in flight repeated."""
    path = tmp_path / "run.sqlite"
    system = Answering(concurrency=2, latency=0.005)

    async def interrupted() -> None:
        with Run(path) as kept:
            kept.begin(plan)
            task = asyncio.create_task(run(plan, {"x": line(system)}, BENCH, kept, Silence()))
            while len(kept.read()) < 5:  # noqa: ASYNC110 - what is on disk tells
                await asyncio.sleep(0.001)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(interrupted())
    again = Answering()
    outcomes = ran(plan, line(again), path)

    assert len(outcomes) == len(plan.trials)
    assert len(system.asked) + len(again.asked) <= len(plan.trials) + 2


def test_another_plan_is_not_mixed_in(plan: Plan, tmp_path: Path) -> None:
    """A folder holds one plan; another seed is another plan."""
    from dataclasses import replace

    ran(plan, line(Answering()), tmp_path / "run.sqlite")
    with pytest.raises(InputError, match="holds a run of another plan"):
        ran(replace(plan, seed=4), line(Answering()), tmp_path / "run.sqlite")


def test_withheld_trials_are_never_sent(tmp_path: Path) -> None:
    """A missing or stale translation, or a harm outside the classifier's taxonomy, ends without a call."""
    folder = write_corpus(tmp_path / "corpus", families=2, languages=("en", "sw"))
    path = next((folder / "translations" / "sw").glob("[a-z]*.yaml"))
    text = path.read_text("utf-8")
    path.write_text(re.sub(r"source: \S+", "source: '00000000'", text, count=1), "utf-8")
    corpus = load_corpus(folder)
    readers = [
        Reader(name="x", kinds=frozenset(Kind)),
        Reader(name="y", kinds=frozenset(Kind), taxonomy="azure-content-safety-2024"),
    ]
    plan = make_plan(corpus, readers, load_policy("default", tmp_path), Selection(), seed=0)
    system, other = Answering(), Answering()
    with Run(tmp_path / "run.sqlite") as kept:
        kept.begin(plan)
        lines = {"x": line(system), "y": line(other)}
        asyncio.run(run(plan, lines, BENCH, kept, Silence()))
        outcomes = kept.read()

    stale = [outcome for outcome in outcomes.values() if outcome.ending is Ending.NOT_RUN]
    assert [outcome.reason for outcome in stale] == ["the translation is stale: its source has changed"]
    assert len(system.asked) == 11
    assert other.asked == []
    assert sum(outcome.ending is Ending.OUT_OF_POLICY for outcome in outcomes.values()) == 12
