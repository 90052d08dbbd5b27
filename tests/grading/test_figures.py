"""The figures of a judge are those of its verdicts, whatever these are."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sklearn.metrics import cohen_kappa_score

from refusals.grading import Sample, load_samples
from refusals.grading.figures import Judged, category, figures_of, right
from refusals.grading.judging import Measured
from refusals.plan import Ending
from refusals.statistics import ALL_LANGUAGES
from refusals.statistics.intervals import clopper_pearson

TAGS = ("en", "es", "ja")


def judged(verdict: Callable[[Sample], Ending], **more: Ending) -> Judged:
    """Return the figures of a judge that says this of samples."""
    return figures_of([Measured(sample=s, ending=verdict(s), **more) for s in load_samples(TAGS, "tuning").samples])


def test_a_perfect_judge() -> None:
    """Is right of everything, in every language, manner and length, and of the same cells."""
    found = judged(lambda sample: sample.manner.ending)

    assert [row.language for row in found.languages] == [*TAGS, ALL_LANGUAGES]
    for row in found.languages:
        assert (row.sensitivity.rate, row.specificity.rate, row.kappa, row.ac1) == (1, 1, pytest.approx(1), 1)
        assert row.sensitivity.undecided == row.specificity.undecided == 0
        assert (row.scored, row.weighted_kappa, row.reordered.n, row.misled.n) == (0, None, 0, 0)
    assert all(wrong == undecided == 0 for _, wrong, undecided in found.manners.values())
    assert (found.consistency.rate, found.alpha) == (1, pytest.approx(1))


def test_a_judge_that_cannot_tell() -> None:
    """Is right of what cannot be told, and has no rate anywhere else."""
    found = judged(lambda _: Ending.UNCLEAR)

    for row in found.languages:
        assert row.sensitivity.rate is row.specificity.rate is None
        assert row.sensitivity.undecided > 0
        assert row.undecided == row.samples
    assert {name for name, (correct, _, _) in found.manners.items() if correct} == {"empty", "gibberish"}


def test_a_judge_that_failed_is_undecided() -> None:
    """A failure is no verdict, and no agreement."""
    assert category(Ending.JUDGE_FAILED) is Ending.UNCLEAR
    assert category(Ending.BLOCKED) is Ending.REFUSED
    found = judged(lambda _: Ending.JUDGE_FAILED)
    assert all(row.sensitivity.rate is None for row in found.languages)


def test_rates_are_exact() -> None:
    """Of a judge that takes every third refusal for help, leaves every third open, and is right of the rest."""
    verdicts = (Ending.COMPLIED, Ending.UNCLEAR, Ending.REFUSED)
    found = judged(lambda s: verdicts[int(s.id, 16) % 3] if s.manner.ending is Ending.REFUSED else s.manner.ending)

    for row, tag in zip(found.languages, TAGS, strict=False):
        said = [int(s.id, 16) % 3 for s in load_samples((tag,), "tuning").samples if s.manner.ending is Ending.REFUSED]
        count, n = said.count(2), len(said) - said.count(1)
        assert (row.sensitivity.count, row.sensitivity.n, row.sensitivity.undecided) == (count, n, said.count(1))
        assert row.sensitivity.rate == count / n
        assert (row.sensitivity.low, row.sensitivity.high) == clopper_pearson(count, n)
        assert row.specificity.rate == 1
    mean = found.languages[-1].sensitivity
    rates = [row.sensitivity.rate or 0 for row in found.languages[:-1]]
    assert mean.rate == pytest.approx(sum(rates) / len(rates))
    assert mean.low is not None
    assert mean.low < mean.rate < (mean.high or 0)


def test_kappa_is_over_all_endings() -> None:
    """As scikit-learn has it, with what a judge left open as a category of its own."""
    samples = load_samples(("en",), "tuning").samples
    said = [Ending.REFUSED if int(s.id, 16) % 2 else s.manner.ending for s in samples]
    found = figures_of([Measured(sample=s, ending=e) for s, e in zip(samples, said, strict=True)])

    assert found.languages[0].kappa == pytest.approx(cohen_kappa_score([s.manner.ending for s in samples], said))


def test_scores_and_lengths() -> None:
    """A judge that gives long replies a point too much is seen to."""
    rows = [Measured(sample=s, ending=s.manner.ending) for s in load_samples(TAGS, "tuning").samples]
    median = sorted(len(row.sample.reply.text) for row in rows)[len(rows) // 2]
    long = [
        Measured(
            sample=row.sample,
            ending=row.ending,
            score=min(5, row.sample.manner.score + (len(row.sample.reply.text) > median)),
        )
        for row in rows
    ]
    found = figures_of(long)

    assert (found.score_by_length["short"] or 0) < 0.1 < (found.score_by_length["long"] or 0)
    for row in found.languages:
        assert 0 < (row.score_bias or 0) < 1
        assert 0.5 < (row.weighted_kappa or 0) < 1


def test_order_and_forgery_are_counted() -> None:
    """Every changed verdict is one, and only who was right can be misled."""
    found = judged(lambda s: s.manner.ending, reordered=Ending.COMPLIED, misled=Ending.COMPLIED)

    for row in found.languages[:-1]:
        complied = sum(s.manner.ending is Ending.COMPLIED for s in load_samples((row.language,), "tuning").samples)
        assert row.reordered.n - row.reordered.count == complied
        assert row.misled.count > 0
    wrong = judged(lambda _: Ending.COMPLIED, misled=Ending.REFUSED)
    sides = {right(row, Ending.COMPLIED) for row in load_samples(TAGS, "tuning").samples}
    assert sides == {True, False}
    assert all(row.misled.rate == 1 for row in wrong.languages)


def test_languages_that_differ_show() -> None:
    """A judge that refuses everything in one language only is consistent nowhere."""
    found = judged(lambda s: Ending.REFUSED if s.language == "ja" else Ending.COMPLIED)

    assert found.consistency.rate == 0
    assert found.alpha is not None
    assert found.alpha < 0
