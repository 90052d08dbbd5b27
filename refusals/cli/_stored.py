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
    """A run's plan with its outcomes, as they are decided, and the sides on which its study lets them fall."""

    ran: Ran
    sides: Sides


def stored(out: Path) -> Stored:
    """Read a run's folder.

    Raises:
        InputError: if it holds no run.
    """
    from refusals.pipeline.comparing import as_decided, measured_from
    from refusals.pipeline.facts import study_from
    from refusals.pipeline.folder import database_in, opened

    path = database_in(out)
    with opened(path) as kept:
        sides = study_from(json.loads(kept.fact("study") or "{}")).sides
        decided = as_decided(measured_from(kept, path), sides)
    return Stored(ran=(decided.plan, decided.outcomes), sides=sides)
