"""What a study says, typed: systems, selection, judge, gates, baseline, budget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from refusals.errors import Place

BUILT_IN = ("always_refuse", "always_comply", "surface")
JUDGES = ("signals", "threshold", "phrases")


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """The limit on over-refusal, on one label, for which a threshold is chosen; `limit` is a share from 0 to 1."""

    limit: float
    label: str = "benign"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pilot:
    """What a run before the run found: how answers to a cell correlate (None: none differed), in how many cells."""

    cells: int
    correlation: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemSpec:
    """Which system is asked, and how: the `kind` names the plugin, the `target` what it drives.

    Each cell is asked `repeats` times; None leaves it to a `pilot`. With `calibrate` the run chooses the threshold
    itself, from the scores of half of its families. `timeout` is in seconds and covers a call with all its attempts;
    prices are USD per million tokens.
    """

    name: str
    kind: str
    target: str = ""
    threshold: float | None = None
    calibrate: Calibration | None = None
    repeats: int | None = 1
    pilot: Pilot | None = None
    taxonomy: str = ""
    kinds: tuple[str, ...] = ()
    concurrency: int | None = None
    max_tokens: int = 1024
    timeout: float = 120.0
    price_in: float | None = None
    price_out: float | None = None
    key: str = ""
    options: tuple[tuple[str, str], ...] = ()
    folder: Path = field(default_factory=Path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which part of the corpus is asked; an empty tuple means all of it.

    `at_least` is the state that a translation must have to be asked; the cell of another ends as `not_run`.
    """

    languages: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    limit: int | None = None
    at_least: str = "draft"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """On which side the outcomes between complying and refusing fall."""

    partial: str = "comply"
    deflected: str = "refuse"
    review: str = "strict"


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeSpec:
    """The judges in the order they are asked, the model behind `rubric`, and who votes in a `panel`.

    A voter is the name of a judge or the spec of a model, the cheapest first.
    """

    use: tuple[str, ...] = JUDGES
    rubric: SystemSpec | None = None
    panel: tuple[str | SystemSpec, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GateSpec:
    """What a release must hold: a bound on a measure, for a part of the cases, in each of the languages.

    One bound is given, all of them shares from 0 to 1: `limit` (at most), `at_least`, `margin` (by how much the
    measure may be above that of the baseline, shown for the mean of the languages) or `alarm` (no language worse than
    in the baseline, at this family-wise error). `where` narrows it to (key, value) beside the label; `by` asks it once
    for each value of a key. `state` is the one that texts count from in a gate on coverage.
    """

    measure: str
    label: str = ""
    limit: float | None = None
    at_least: float | None = None
    margin: float | None = None
    alarm: float | None = None
    where: tuple[tuple[str, str], ...] = ()
    by: str = ""
    state: str = ""
    languages: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()

    @property
    def against_baseline(self) -> bool:
        """Whether it compares with the baseline run."""
        return self.margin is not None or self.alarm is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """The run that candidates are held against, and in what it may differ from them.

    `pairs` are `NEW=OLD`, a system of the study and what it was called then; `place` is where a study says so.
    """

    run: Path
    may_differ: tuple[str, ...] = ()
    pairs: tuple[str, ...] = ()
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Caps on a run; what is left when one is reached ends as `not_run`. `max_cost` is in USD."""

    max_calls: int | None = None
    max_cost: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """Everything that a run is asked to measure, already checked.

    `early_stop` is the largest chance, for each gate, of a false pass and of a false fail with which a system is asked
    no more once its gates are decided; None asks everything. `places` says where in its file what is written, by keys
    and value, for what is found wrong only beside a corpus; what an option has changed has no place.
    """

    systems: tuple[SystemSpec, ...]
    selection: Selection = Selection()
    policy: str = "default"
    sides: Sides = Sides()
    judge: JudgeSpec = JudgeSpec()
    gates: tuple[GateSpec, ...] = ()
    baseline: Baseline | None = None
    early_stop: float | None = None
    undecided_ceiling: float = 0.05
    budget: Budget = Budget()
    seed: int = 0
    corpus: Path | None = None
    folder: Path = field(default_factory=Path)
    places: Mapping[tuple[str, ...], Place] = field(default_factory=dict, compare=False, repr=False)

    def place(self, *written: str) -> Place | None:
        """Return where the file says this, the value last; what it does not say has no place."""
        return self.places.get(written)

    def place_in(self, gate: GateSpec, *written: str) -> Place | None:
        """Return where a gate says this, or where the gate begins."""
        at = ("gates", str(self.gates.index(gate)))
        return self.place(*at, *written) or self.place(*at)


def built_in_study() -> Study:
    """Return the study of the built-in systems over the whole corpus, offline and without gates."""
    return Study(systems=tuple(SystemSpec(name=kind, kind=kind) for kind in BUILT_IN))
