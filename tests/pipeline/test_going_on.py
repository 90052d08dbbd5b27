"""A folder's run goes on with what it began with, and with nothing else."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from refusals.errors import InputError
from refusals.outcomes import Run
from refusals.pipeline import Ways, measure, prepare, results_of
from refusals.pipeline.going_on import begin, refuse_another
from refusals.study import Budget, Calibration, JudgeSpec, Sides, Study, SystemSpec, parse_spec
from tests.corpora import write_corpus

MODEL = replace(
    parse_spec("g=openai_compatible:m@https://model.example/v1"),
    key="A_KEY",
    threshold=0.5,
    options=(("system", "Be kind."),),
)


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """A study of a model, with two keys to reach it by; nothing is sent."""
    monkeypatch.setenv("A_KEY", "a")
    monkeypatch.setenv("B_KEY", "b")
    return Study(systems=(MODEL,), corpus=write_corpus(tmp_path / "corpus", families=2, languages=("en",)))


def gone_on(study: Study, now: Study, out: Path) -> None:
    """Begin a run of a study, and go on with that of now."""

    async def go() -> None:
        with Run(out / "run.sqlite") as kept:
            for each in (study, now):
                prepared = await prepare(each)
                try:
                    refuse_another(prepared, kept, out)
                    begin(prepared, kept)
                finally:
                    for system in prepared.systems.values():
                        await system.close()

    asyncio.run(go())


OTHERS: dict[str, tuple[Callable[[SystemSpec], SystemSpec], str]] = {
    "kind": (lambda spec: replace(spec, kind="always_refuse", target="", options=()), "use openai_compatible:m@"),
    "target": (lambda spec: replace(spec, target="n@https://model.example/v1"), "use openai_compatible:m@"),
    "threshold": (lambda spec: replace(spec, threshold=0.1), "threshold 0.5 before, 0.1 now"),
    "no threshold": (lambda spec: replace(spec, threshold=None), "threshold 0.5 before, none now"),
    "calibration": (
        lambda spec: replace(spec, threshold=None, calibrate=Calibration(limit=0.1)),
        "calibrate none before, over-refusal 0.1 on benign now",
    ),
    "option": (lambda spec: replace(spec, options=(("system", "Be brief."),)), "options: system)"),
    "key": (lambda spec: replace(spec, key="B_KEY"), "key A_KEY before, B_KEY now"),
    "length": (lambda spec: replace(spec, max_tokens=9), "max-tokens 1024 before, 9 now"),
}


@pytest.mark.parametrize("other", OTHERS)
def test_another_system_is_refused(study: Study, tmp_path: Path, other: str) -> None:
    """One of the same name that would be asked or read otherwise, since cells of both would be ruled on as one's."""
    change, said = OTHERS[other]
    with pytest.raises(InputError, match=re.escape(said)) as caught:
        gone_on(study, replace(study, systems=(change(MODEL),)), tmp_path)

    assert str(caught.value).startswith(f"{tmp_path}: holds a run of another g (")
    assert "give another --out" in str(caught.value)
    assert "Be " not in str(caught.value)


def test_what_is_sent_beside_the_study_counts(study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new version of an adapter asks another question, though no word of the study has changed."""
    gone_on(study, study, tmp_path)
    monkeypatch.setattr("refusals.systems.openai_compatible.ADAPTER", "openai_compatible/next")
    with pytest.raises(InputError, match=r"another g \(what is sent to it: adapter\)"):
        gone_on(study, study, tmp_path)


def test_another_judge_or_another_number_of_systems_is_refused(tmp_path: Path) -> None:
    """What two judges said is not one measurement; a system that is gone would still be reported."""
    corpus = write_corpus(tmp_path / "corpus", families=2, languages=("en",))
    study = Study(systems=(parse_spec("a=always_refuse"), parse_spec("b=always_comply")), corpus=corpus)
    measured(study, tmp_path / "run")

    with pytest.raises(InputError, match=r"was judged otherwise .* `refusals judge"):
        measured(replace(study, judge=JudgeSpec(use=("signals",))), tmp_path / "run")
    with pytest.raises(InputError, match="holds a run of a, b, and not of a;"):
        measured(replace(study, systems=study.systems[:1]), tmp_path / "run")


def test_what_changes_no_reply_may_change(tmp_path: Path) -> None:
    """Concurrency, patience, prices, budget and what the run is ruled by are those of now."""
    spec = parse_spec("always_refuse")
    study = Study(systems=(spec,), corpus=write_corpus(tmp_path / "corpus", families=2, languages=("en",)))
    measured(study, tmp_path / "run")
    dearer = replace(spec, concurrency=3, timeout=9.0, price_in=1.0, price_out=2.0)
    sides = Sides(deflected="comply")
    measured(
        replace(study, systems=(dearer,), budget=Budget(max_calls=1), sides=sides, undecided_ceiling=0.2),
        tmp_path / "run",
    )

    assert results_of(tmp_path / "run").sides == sides


def test_a_run_that_does_not_say_how_it_asked_is_read_and_no_more(tmp_path: Path) -> None:
    """A folder from before this was recorded has its report; nobody can tell what would go on there."""
    corpus = write_corpus(tmp_path / "corpus", families=2, languages=("en",))
    study = Study(systems=(parse_spec("always_refuse"),), corpus=corpus)
    measured(study, tmp_path / "run")
    with Run(tmp_path / "run" / "run.sqlite") as kept:
        kept._db.execute("DELETE FROM meta WHERE key = 'systems'")

    assert len(results_of(tmp_path / "run").outcomes) == 6
    with pytest.raises(InputError, match="does not say how its systems were asked; give another --out"):
        measured(study, tmp_path / "run")


def measured(study: Study, out: Path) -> None:
    """Run a study."""

    async def go() -> None:
        await measure(await prepare(study), out, Ways())

    asyncio.run(go())
