"""The sentence says what the figures show, and no more."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refusals.pipeline.comparing import Asked, compare_runs
from refusals.plan import Ending, Trial
from refusals.reports.comparison._figures import chance, signed
from refusals.reports.comparison._flips import changed_cells
from refusals.reports.comparison._sentences import in_one_line, notes, p_beside_0
from refusals.study import Sides
from tests import trials
from tests.reports.comparison.sample_comparisons import WORSE, Says, compared, measured, over_refuses

SILENT = "no language raises an alarm, which does not show that none is worse"


def _everywhere(*families: int) -> Says:
    """Over-refuse the benign cases of these families in every language."""
    names = {f"f{number:03}" for number in families}

    def say(trial: Trial) -> Ending:
        wrong = trial.label == "benign" and trial.family[-4:] in names
        return Ending.REFUSED if wrong else trials.perfect(trial)

    return say


def _spread(trial: Trial) -> Ending:
    """Over-refuse three benign cases in each language, of other families each: too few for any language alone."""
    first = ("en", "ar", "sw").index(trial.language) * 3
    return over_refuses(first, first + 1, first + 2, language=trial.language)(trial)


@pytest.mark.parametrize(
    ("before", "after", "asked", "begins", "holds"),
    [
        (trials.perfect, trials.perfect, Asked(), "Cannot tell a difference over all languages: ", SILENT),
        (trials.perfect, WORSE, Asked(), "Worse in sw (over-refusal); over all languages over-refusal +6.7", ""),
        (_everywhere(*range(12)), trials.perfect, Asked(), "Better, with less over-refusal over all languages", SILENT),
        (
            trials.perfect,
            _spread,
            Asked(),
            "Worse, with more over-refusal over all languages: over-refusal +5.0",
            SILENT,
        ),
        (trials.perfect, trials.perfect, Asked(margin=0.01), "Cannot tell whether it is worse by more than 1", SILENT),
        (trials.perfect, trials.perfect, Asked(margin=0.3), "No worse by more than 30", SILENT),
        (trials.perfect, WORSE, Asked(margin=0.3), "No worse by more than 30", "but worse in sw (over-refusal), which"),
        (trials.perfect, WORSE, Asked(margin=0.3, alarm=0.05), "Worse in sw (over-refusal); no worse by more", ""),
        (trials.perfect, _everywhere(*range(20)), Asked(margin=0.01), "Worse by more than 1", "but worse in"),
    ],
)
def test_the_sentence_is_what_was_shown(before: Says, after: Says, asked: Asked, begins: str, holds: str) -> None:
    """Worse, better or neither; a language without an alarm is never called no worse."""
    said = in_one_line(compared(before, after, asked)).replace("\N{NO-BREAK SPACE}", " ")

    assert said.startswith(begins)
    assert holds in said
    assert ("no worse" in said.lower()) == (asked.margin == 0.3)


def test_it_says_what_of_the_baseline_it_rests_on() -> None:
    """A candidate that was asked less is compared on that, and says so."""
    before = trials.plan(30, ("en", "ar", "sw"))
    part = replace(before, trials=tuple(each for each in before.trials if each.language == "en"), languages=("en",))
    found = compare_runs(measured(trials.perfect, before), measured(trials.perfect, part), Sides(), Asked())

    assert "Compared on 90 of the 270 cells of the baseline." in in_one_line(found)
    assert notes(found) == ("x: 90 cells are the same in both runs, all decided in both; 180 in the baseline alone.",)


def test_changed_cells_stand_worse_first_and_are_counted_beyond_the_limit() -> None:
    """The counts are of all."""
    found = changed_cells(compared(over_refuses(20), WORSE), 12)

    assert {each.change for each in found.cells} == {"worse"}
    assert (len(found.cells), found.total, found.counts) == (12, 13, {"worse": 12, "different": 0, "better": 1})
    assert found.in_words == "13 decisions changed: 12 for the worse, 1 for the better"


@given(st.floats(min_value=-1, max_value=1, allow_nan=False))
def test_a_difference_keeps_its_sign_and_is_0_only_where_it_is(share: float) -> None:
    """Rounding never makes a difference none, nor turns it round."""
    said = signed(share)

    assert (said == "0") == (share == 0)
    assert said[0] == ("0" if share == 0 else "+" if share > 0 else "\N{MINUS SIGN}")


def test_a_p_value_is_never_shown_as_0() -> None:
    """The smallest that 10,000 draws can give is above 0 too."""
    assert [chance(p) for p in (None, 0.00001, 0.0304, 0.5, 1.0)] == ["\u2013", "<0.001", "0.030", "0.50", "1.00"]


def test_a_small_p_beside_an_interval_that_holds_0_is_explained() -> None:
    """Only there; an interval that is above 0 contradicts no alarm."""
    found = compared(trials.perfect, WORSE)
    held = [replace(each, low=-0.01, alarm=0.001) for each in found.comparison.differences]
    beside = replace(found, comparison=replace(found.comparison, differences=tuple(held)))

    assert p_beside_0(beside)
    assert not p_beside_0(
        replace(found, comparison=replace(found.comparison, differences=tuple(replace(e, low=0.01) for e in held)))
    )
