"""The copy of a baseline follows the study, or the run is refused."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from refusals.errors import InputError
from refusals.outcomes import Run
from refusals.pipeline import Ways, measure, prepare, results_of
from refusals.study import Baseline, GateSpec, Study, parse_spec
from tests.corpora import write_corpus

ALARM = GateSpec(measure="over-refusal", label="benign", alarm=0.05)


def measured(study: Study, out: Path) -> None:
    """Run a study."""

    async def go() -> None:
        await measure(await prepare(study), out, Ways())

    asyncio.run(go())


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """A study that was run into `new`, held against `old`."""
    corpus = write_corpus(tmp_path / "corpus", families=2, languages=("en",))
    study = Study(systems=(parse_spec("x=always_comply"),), corpus=corpus)
    measured(study, tmp_path / "old")
    held = replace(study, baseline=Baseline(run=tmp_path / "old"), gates=(ALARM,))
    measured(held, tmp_path / "new")
    return held


def test_a_baseline_that_the_study_has_dropped_is_dropped(study: Study, tmp_path: Path) -> None:
    """Nothing is compared any more; a gate that needs a baseline is refused, whatever copy lies there."""
    assert results_of(tmp_path / "new").compared is not None
    with pytest.raises(InputError, match="is held against a baseline; give"):
        measured(replace(study, baseline=None), tmp_path / "new")
    measured(replace(study, baseline=None, gates=()), tmp_path / "new")

    assert results_of(tmp_path / "new").compared is None


def test_a_baseline_that_is_gone_is_that_of_the_copy_or_none(study: Study, tmp_path: Path) -> None:
    """The folder that was copied may go; the copy never stands for a folder that it was not made of."""
    shutil.move(tmp_path / "old", tmp_path / "elsewhere")
    measured(study, tmp_path / "new")
    other = replace(study, baseline=Baseline(run=tmp_path / "other"))
    with pytest.raises(InputError, match=r"other: holds no run\.sqlite"):
        measured(other, tmp_path / "new")

    assert results_of(tmp_path / "new").compared is not None


def test_a_refused_baseline_leaves_the_folder_free(study: Study, tmp_path: Path) -> None:
    """Whoever corrects a study that was refused before it began may change its systems too."""
    with pytest.raises(InputError, match="holds no"):
        measured(replace(study, baseline=Baseline(run=tmp_path / "none")), tmp_path / "next")
    measured(replace(study, systems=(parse_spec("x=always_refuse"),)), tmp_path / "next")

    with Run(tmp_path / "next" / "run.sqlite") as kept:
        assert kept.baseline() is not None
