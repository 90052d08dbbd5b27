"""What a stored run holds, for commands that look at several runs and rule on none."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from refusals.statistics.pairing import Ran
    from refusals.study import Sides


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A run's plan with its outcomes, at the threshold where it chose one, and where its study says that sides fall."""

    ran: Ran
    sides: Sides


def stored(out: Path) -> Stored:
    """Read a run's folder.

    Raises:
        InputError: if it holds no run.
    """
    from refusals.pipeline.facts import study_from
    from refusals.pipeline.folder import database_in, opened
    from refusals.statistics.operating import operate

    with opened(database_in(out)) as kept:
        plan, outcomes = kept.plan(), kept.read()
        sides = study_from(json.loads(kept.fact("study") or "{}")).sides
    operated = operate(plan, outcomes, sides)
    return Stored(ran=(operated.plan, operated.outcomes), sides=sides)
