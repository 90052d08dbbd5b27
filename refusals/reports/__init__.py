"""A report says the ruling first, then what was measured, always with its interval and its gaps.

Each module beside this one is a report. It has

- `FILE`, the name of the file that every run writes it to (empty: it is made when it is asked for);
- `render(results, show_text=False)`, a pure function: the same results give the same bytes. It returns a string, or
  bytes where the report is no text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from refusals.annotations import Annotation
from refusals.errors import InputError
from refusals.gates import Ruling, Standing
from refusals.outcomes import Outcome
from refusals.plan import Plan
from refusals.plugins import plugin, plugins
from refusals.statistics import Estimate
from refusals.statistics.operating import OperatingPoint
from refusals.statistics.raters import Agreement, Split
from refusals.statistics.repeats import Repeats
from refusals.study import Sides
from refusals.systems import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from refusals.reports.comparison import Compared

SCHEMA = "refusals/report/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemFacts:
    """What a run says of a system: how it was named, and what beside the prompts was sent to whom."""

    name: str
    kind: str
    target: str
    identity: Mapping[str, object] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageFacts:
    """What a report needs of a language to show it."""

    tag: str
    name: str
    direction: str
    script: str
    tier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What was run: enough to run it again and to see that two runs can be compared.

    Times are UTC in ISO 8601, cost is in USD, `corpus` digests every text and label of the corpus.
    `states` counts the planned texts of each language by how far they have been looked at. `policy_digest` is of what
    is expected of every label in every domain, `judge_digest` of all that a judgement depends on beside prompt and
    reply: the judges, the models behind them, the phrases of all languages and this version of ours. `packages` are
    the versions of what decides something.
    """

    version: str
    python: str
    platform: str
    started: str
    finished: str
    corpus: str
    plan: str
    seed: int
    policy: str
    judges: tuple[str, ...]
    systems: tuple[SystemFacts, ...]
    languages: tuple[LanguageFacts, ...]
    untranslatable: Mapping[str, int]
    states: Mapping[str, Mapping[str, int]]
    calls: int
    cost: float
    policy_digest: str = ""
    judge_digest: str = ""
    packages: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Everything that a report can say. `replies` is empty unless texts are to be shown; `replies_digest` is of all.

    `sides` says what the outcomes between complying and refusing counted as. `agreements` and `splits` are there where
    several people decided a cell, `operating` where the run has chosen a threshold: then the plan is that of what is
    reported, without the families that it was chosen on, and an outcome is what the threshold makes of its score.
    `compared` is there where a run is held against another. `saved` counts, by system, the cells that were not asked
    since its gates were decided; they are not in the plan.
    """

    manifest: Manifest
    plan: Plan
    outcomes: Mapping[str, Outcome]
    estimates: tuple[Estimate, ...]
    rulings: tuple[Ruling, ...]
    standing: Standing | None
    replies: Mapping[str, Reply]
    sides: Sides
    agreements: tuple[Agreement, ...] = ()
    splits: tuple[Split, ...] = ()
    operating: tuple[OperatingPoint, ...] = ()
    repeats: tuple[Repeats, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    saved: Mapping[str, int] = field(default_factory=dict)
    compared: Compared | None = None
    replies_digest: str = ""


def render(name: str, results: Results, *, show_text: bool = False) -> str | bytes:
    """Return the report of that name.

    Raises:
        InputError: if there is none.
    """
    module = plugin("reports", name).load()
    return cast("Callable[..., str | bytes]", module.render)(results, show_text=show_text)


def files_of(results: Results, *, show_text: bool = False) -> dict[str, str | bytes]:
    """Return every report that is a file, by file name.

    Raises:
        InputError: if two reports have the same file.
    """
    files: dict[str, str | bytes] = {}
    for found in plugins("reports").values():
        module = found.load()
        if module.FILE in files:
            raise InputError(f"the report {found.name!r} ({found.module}) would overwrite another's {module.FILE}")
        if module.FILE:
            files[module.FILE] = module.render(results, show_text=show_text)
    return files
