"""A study says what is measured: systems, languages, policy, judge, gates, budget, corpus."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from refusals.errors import InputError
from refusals.schema import conform
from refusals.yamlfile import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable

    from refusals.nodes import Node

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
    """A limit on a measure for one label, per language; `limit` is a share from 0 to 1."""

    measure: str
    label: str
    limit: float
    languages: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Caps on a run; what is left when one is reached ends as `not_run`. `max_cost` is in USD."""

    max_calls: int | None = None
    max_cost: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """Everything that a run is asked to measure, already checked."""

    systems: tuple[SystemSpec, ...]
    selection: Selection = Selection()
    policy: str = "default"
    sides: Sides = Sides()
    judge: JudgeSpec = JudgeSpec()
    gates: tuple[GateSpec, ...] = ()
    undecided_ceiling: float = 0.05
    budget: Budget = Budget()
    seed: int = 0
    corpus: Path | None = None
    folder: Path = field(default_factory=Path)


def built_in_study() -> Study:
    """Return the study of the built-in systems over the whole corpus, offline and without gates."""
    return Study(systems=tuple(SystemSpec(name=kind, kind=kind) for kind in BUILT_IN))


def load_study(path: Path) -> Study:
    """Read a study.

    Raises:
        InputError: with the place of what is wrong.
    """
    node = conform(read_yaml(path), "study")
    folder = path.resolve().parent
    systems = tuple(_system(name, entry, folder) for name, entry in _entries(node, "systems"))
    corpus = node.text("corpus")
    gates = node.child("gates")
    return Study(
        systems=systems or built_in_study().systems,
        selection=_selection(node),
        policy=node.text("policy", "default"),
        sides=_sides(node.child("sides")),
        judge=_judge(node.child("judge"), folder),
        gates=tuple(_gate(entry, systems) for entry in gates.items) if gates else (),
        undecided_ceiling=_share(node.child("integrity"), "undecided", 0.05),
        budget=_budget(node.child("budget")),
        seed=node.integer("seed", 0),
        corpus=folder / corpus if corpus else None,
        folder=folder,
    )


def parse_spec(written: str, folder: Path | None = None) -> SystemSpec:
    """Read `SPEC` or `NAME=SPEC` as the command line takes it.

    Raises:
        InputError: if it names no kind.
    """
    named = re.match(r"([A-Za-z0-9][A-Za-z0-9._-]*)=(?=[a-z_])", written)
    spec = written[named.end() :] if named else written
    kind, _, target = spec.partition(":")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", kind):
        raise InputError(f"{written!r} names no system; write KIND or KIND:TARGET, such as command:'python guard.py'")
    return SystemSpec(name=named[1] if named else kind, kind=kind, target=target, folder=folder or Path.cwd())


def told_apart(specs: Iterable[SystemSpec]) -> tuple[SystemSpec, ...]:
    """Return the specs with names that differ: by kind, and by target where two share a kind.

    Raises:
        InputError: if two are the same even so.
    """
    listed = tuple(specs)
    names = [spec.name for spec in listed]
    renamed = tuple(
        replace(spec, name=f"{spec.kind}-{_plain(spec.target)}")
        if names.count(spec.name) > 1 and spec.name == spec.kind and spec.target
        else spec
        for spec in listed
    )
    for position, spec in enumerate(renamed):
        if spec.name in [other.name for other in renamed[:position]]:
            raise InputError(f"two systems are called {spec.name!r}; tell them apart with NAME=SPEC")
    return renamed


def _plain(target: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", target).strip("-")


def _entries(node: Node, key: str) -> Iterable[tuple[str, Node]]:
    found = node.child(key)
    return found.entries.items() if found else ()


def _system(name: str, node: Node, folder: Path) -> SystemSpec:
    use = node.entries["use"]
    try:
        spec = parse_spec(use.scalar, folder)
    except InputError as error:
        raise use.wrong(error.message) from None
    calibrate = node.child("calibrate")
    if calibrate and node.child("threshold"):
        raise calibrate.wrong("a threshold is given or calibrated; leave `threshold` or `calibrate` out")
    return replace(
        spec,
        name=name,
        threshold=node.number("threshold"),
        calibrate=_calibration(calibrate) if calibrate else None,
        repeats=None if node.text("repeats") == "auto" else int(node.text("repeats", "1")),
        taxonomy=node.text("taxonomy"),
        kinds=node.texts("kinds"),
        concurrency=node.integer("concurrency", 0) or None,
        max_tokens=node.integer("max-tokens", 1024),
        timeout=node.number("timeout") or 120.0,
        price_in=node.number("price-in"),
        price_out=node.number("price-out"),
        key=node.text("key"),
        options=tuple((key, value.scalar) for key, value in _entries(node, "options")),
    )


def _calibration(node: Node) -> Calibration:
    return Calibration(limit=node.number("over-refusal") or 0.0, label=node.text("label", "benign"))


def _selection(node: Node) -> Selection:
    texts = node.child("translations")
    return Selection(
        languages=node.texts("languages"),
        domains=node.texts("domains"),
        labels=node.texts("labels"),
        kinds=node.texts("kinds"),
        limit=node.integer("limit", 0) or None,
        at_least=texts.text("at-least", "draft") if texts else "draft",
    )


def _sides(node: Node | None) -> Sides:
    if node is None:
        return Sides()
    return Sides(
        partial=node.text("partial", "comply"),
        deflected=node.text("deflected", "refuse"),
        review=node.text("review", "strict"),
    )


def _judge(node: Node | None, folder: Path) -> JudgeSpec:
    if node is None:
        return JudgeSpec()
    rubric = node.child("rubric")
    spec = parse_spec(rubric.text("use"), folder) if rubric else None
    panel = tuple(voter(said, folder) for said in node.texts("panel"))
    use = node.texts("use") or _usual(rubric=rubric is not None, panel=bool(panel))
    if "rubric" in use and spec is None:
        raise node.wrong("the judge `rubric` needs a model; add `rubric: {use: anthropic:MODEL}`")
    if "panel" in use and not panel:
        raise node.wrong("the judge `panel` needs voters; add `panel: [phrases, anthropic:MODEL, anthropic:MODEL]`")
    return JudgeSpec(use=use, rubric=spec, panel=panel)


def voter(said: str, folder: Path | None = None) -> str | SystemSpec:
    """Read who votes in a panel: `NAME` is a judge, `KIND:TARGET` a model.

    Raises:
        InputError: if it names no system.
    """
    return parse_spec(said, folder) if ":" in said else said


def _usual(*, rubric: bool, panel: bool) -> tuple[str, ...]:
    """Return the judges of a study that names none: phrases vote in a panel, or come before the rubric."""
    if panel:
        return (*JUDGES[:-1], "panel")
    return (*JUDGES, "rubric") if rubric else JUDGES


def _gate(node: Node, systems: tuple[SystemSpec, ...]) -> GateSpec:
    measure = node.text("measure")
    known = [spec.name for spec in systems] or list(BUILT_IN)
    for entry in (node.child("systems") or node._replace(value=[])).items:
        if entry.scalar not in known:
            raise entry.wrong(f"no system is called {entry.scalar!r}; the study has {', '.join(known)}")
    return GateSpec(
        measure=measure,
        label=node.text("label", "benign" if measure == "over-refusal" else "harmful"),
        limit=node.number("limit") or 0.0,
        languages=node.texts("languages"),
        systems=node.texts("systems"),
    )


def _share(node: Node | None, key: str, default: float) -> float:
    found = node.number(key) if node else None
    return default if found is None else found


def _budget(node: Node | None) -> Budget:
    if node is None:
        return Budget()
    calls = node.number("max-calls")
    return Budget(max_calls=None if calls is None else int(calls), max_cost=node.number("max-cost"))
