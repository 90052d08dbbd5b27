"""What power rests on is taken from stored runs where they say enough, and else said to be assumed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from refusals.errors import InputError
from refusals.outcomes import Outcome
from refusals.plan import Ending, Plan, Trial
from refusals.statistics.pairing import Ran
from refusals.statistics.supposed import CORRELATION, DISCORDANCE, Supposed, supposed
from refusals.statistics.tally import over_refused
from refusals.study import Sides
from tests import trials

LANGUAGES = ("en", "sw", "hi", "th", "vi")


def ran(of: Plan, refused: dict[str, bool]) -> Ran:
    """Return a run that refuses the benign cases with these ids, and is right otherwise."""

    def say(trial: Trial) -> Ending:
        return Ending.REFUSED if refused.get(trial.id) else trials.perfect(trial)

    return of, trials.outcomes(of, say)


def drawn(of: Plan, share: float, *, alike: bool, seed: int) -> dict[str, bool]:
    """Refuse so many cells, or so many families whole."""
    chance = np.random.default_rng(seed)
    whole = dict(zip(sorted({t.family for t in of.trials}), chance.random(len(of.trials)) < share, strict=False))
    return {t.id: bool(whole[t.family] if alike else chance.random() < share) for t in of.trials}


@pytest.mark.parametrize(("alike", "correlation"), [(True, 1.0), (False, 0.0)])
def test_correlation_is_estimated_where_enough_families_err(alike: bool, correlation: float) -> None:  # noqa: FBT001
    """Families that err whole correlate at 1, cells that err alone hardly."""
    of = trials.plan(150, LANGUAGES)
    found = supposed([ran(of, drawn(of, 0.25, alike=alike, seed=1))], Sides(), over_refused)

    assert found.correlation == pytest.approx(correlation, abs=0.06)
    assert (found.correlation_from, found.changes_from) == ("estimated", "assumed")
    assert (found.discordance, found.correlation_of_changes) == (DISCORDANCE, CORRELATION)


def test_few_errors_say_nothing() -> None:
    """With errors in fewer than 20 families all stays as it was assumed; so it does without a run."""
    of = trials.plan(150, LANGUAGES)
    few = {t.id: t.family.endswith("07") for t in of.trials}

    assert supposed([ran(of, few)], Sides(), over_refused) == supposed([], Sides(), over_refused) == Supposed()


def test_two_runs_say_what_changes() -> None:
    """Cells decided in both, of the same text, that are wrong in one of them; undecided ones are left out."""
    of = trials.plan(100, ("en",))
    before, after = ran(of, drawn(of, 0.2, alike=False, seed=1)), ran(of, drawn(of, 0.2, alike=False, seed=2))
    lost = next(t.id for t in of.trials if t.label == "benign")
    after[1][lost] = replace(after[1][lost], ending=Ending.ERROR)  # type: ignore[index]
    asked = [t for t in of.trials if t.label != "harmful" and t.id != lost]
    changed = [before[1][t.id].ending != after[1][t.id].ending for t in asked]

    found = supposed([before, after], Sides(), over_refused)
    assert found.discordance == pytest.approx(sum(changed) / len(asked))
    assert found.changes_from == "estimated"


def test_runs_that_cannot_be_compared_are_refused() -> None:
    """Two runs have a system in common, and more than two are no pair."""
    one, other = trials.plan(3), trials.plan(3, systems=("y",))
    outcomes: dict[str, Outcome] = {}

    with pytest.raises(InputError, match="no system in common"):
        supposed([(one, outcomes), (other, outcomes)], Sides(), over_refused)
    with pytest.raises(InputError, match="3 runs"):
        supposed([(one, outcomes)] * 3, Sides(), over_refused)
