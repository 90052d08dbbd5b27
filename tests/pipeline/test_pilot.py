"""A cell is asked as often as the study says, or as a pilot has found worth while."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from refusals.errors import InputError
from refusals.pipeline import Ways, measure, piloted, prepare, results_of
from refusals.reports import Results
from refusals.statistics.repeats import Repeats
from refusals.study import Budget, Study, load_study, parse_spec
from tests.corpora import write_corpus
from tests.stand_in import Behaviour, read_ledger, running

WAVERING = """
from random import Random

draw = Random(1)
batches = []


def answer(prompts):
    batches.append([prompt.id for prompt in prompts])
    assert len(set(batches[-1])) == len(prompts)
    return [draw.random() < 0.5 for _ in prompts]


answer.batch = 7
"""


def wavering(folder: Path, repeats: str) -> Path:
    """Write a study of a guard that answers by chance, and is asked several times."""
    write_corpus(folder, families=8, languages=("en", "sw"))
    (folder / f"wavering_{repeats}.py").write_text(WAVERING, "utf-8")
    path = folder / "study.yaml"
    path.write_text(
        f"corpus: .\nsystems:\n  w: {{use: 'python:wavering_{repeats}:answer', repeats: {repeats}}}\n", "utf-8"
    )
    return path


def piloted_run(study: Study, out: Path) -> Results:
    """Run a study as the command line does."""

    async def go() -> None:
        async def run(what: Study, where: Path) -> None:
            await measure(await prepare(what), where, Ways())

        await run(await piloted(study, out, run), out)

    asyncio.run(go())
    return results_of(out)


def test_each_repeat_is_asked(tmp_path: Path) -> None:
    """Three answers to each of 48 cells, no prompt twice in one call, and what they say of repeats."""
    results = piloted_run(load_study(wavering(tmp_path, "3")), tmp_path / "runs" / "a")
    (found,) = results.repeats

    assert len(results.outcomes) == 3 * 48
    assert results.manifest.calls == 3 * 48
    assert (found.system, found.repeats, found.cells, found.pilot) == ("w", 3, 48, False)
    assert found.correlation == pytest.approx(0, abs=0.3)
    by_cell: dict[str, set[str]] = {}
    for trial in results.plan.trials:
        by_cell.setdefault(trial.prompt.id, set()).add(results.outcomes[trial.id].ending)
    assert {2} <= set(map(len, by_cell.values()))


def test_a_pilot_chooses_how_often(tmp_path: Path) -> None:
    """Answers by chance do not correlate, so that many are worth while; the report says by what that was found."""
    study = load_study(wavering(tmp_path, "auto"))
    results = piloted_run(study, tmp_path / "runs" / "a")
    pilot = results_of(tmp_path / "runs" / "a-pilot").repeats[0]
    (found,) = results.repeats

    assert found == replace(pilot, repeats=pilot.best, pilot=True)
    assert found.repeats > 1
    assert len(results.outcomes) == found.repeats * 48
    again = piloted_run(study, tmp_path / "runs" / "a")
    assert replace(again, manifest=results.manifest) == results
    assert again.manifest.calls == results.manifest.calls == len(results.outcomes)


def test_a_pilot_is_part_of_the_run(tmp_path: Path) -> None:
    """Its replies are taken from the cache, a repeat's from that repeat, and what it spends is off the budget."""
    corpus = write_corpus(tmp_path / "corpus", families=3, languages=("en",))
    with running(Behaviour(mode="refuse")) as url:
        spec = replace(parse_spec(f"openai_compatible:model@{url}/v1"), repeats=None)
        study = Study(systems=(spec,), corpus=corpus, budget=Budget(max_calls=18))
        results = piloted_run(study, tmp_path / "runs" / "a")

        assert read_ledger(url).calls == 18
        assert len(results.outcomes) == 9
        assert {outcome.cached for outcome in results.outcomes.values()} == {True}
        assert results.repeats == (Repeats(system=spec.name, repeats=1, cells=9, correlation=None, best=1, pilot=True),)


def test_before_a_pilot_nobody_knows(tmp_path: Path) -> None:
    """A plan, or a test session, that would need one says what to write instead."""
    with pytest.raises(InputError, match="write `repeats: N` in the study"):
        asyncio.run(prepare(load_study(wavering(tmp_path, "auto"))))
