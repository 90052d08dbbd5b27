"""A study is read from its file, each section by the function of its name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from refusals.errors import InputError, nearest
from refusals.schema import conform
from refusals.study.gates import gate_of
from refusals.study.naming import parse_spec, voter
from refusals.study.nouns import (
    BUILT_IN,
    JUDGES,
    Baseline,
    Budget,
    Calibration,
    JudgeSpec,
    Selection,
    Sides,
    Study,
    SystemSpec,
    built_in_study,
)
from refusals.yamlfile import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from refusals.errors import Place
    from refusals.nodes import Node


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
    baseline = _baseline(node.child("baseline"), systems, folder)
    return Study(
        systems=systems or built_in_study().systems,
        selection=_selection(node),
        policy=node.text("policy", "default"),
        sides=_sides(node.child("sides")),
        judge=_judge(node.child("judge"), folder),
        gates=tuple(gate_of(entry, systems) for entry in gates.items) if gates else (),
        baseline=baseline,
        early_stop=node.number("early-stop"),
        undecided_ceiling=_share(node.child("integrity"), "undecided", 0.05),
        budget=_budget(node.child("budget")),
        seed=node.integer("seed", 0),
        corpus=folder / corpus if corpus else None,
        folder=folder,
        places=dict(_places(node, baseline)),
    )


def _places(node: Node, baseline: Baseline | None) -> Iterator[tuple[tuple[str, ...], Place]]:
    """Yield the places of what can be found wrong only beside a corpus, a plan or a baseline."""
    if policy := node.child("policy"):
        yield ("policy", policy.scalar), policy.place
    if (written := node.child("baseline")) and baseline:
        yield ("baseline", str(baseline.run)), written.entries["run"].place
    gates = node.child("gates")
    for number, gate in enumerate(gates.items if gates else ()):
        at = ("gates", str(number))
        yield at, gate.place
        for key, value in gate.entries.items():
            for entry in value.items if isinstance(value.value, list) else (value,):
                yield (*at, key, entry.scalar), entry.place


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


def _usual(*, rubric: bool, panel: bool) -> tuple[str, ...]:
    """Return the judges of a study that names none: phrases vote in a panel, or come before the rubric."""
    if panel:
        return (*JUDGES[:-1], "panel")
    return (*JUDGES, "rubric") if rubric else JUDGES


def _baseline(node: Node | None, systems: tuple[SystemSpec, ...], folder: Path) -> Baseline | None:
    if node is None:
        return None
    pairs = node.child("pairs")
    known = [spec.name for spec in systems] or list(BUILT_IN)
    for name, old in _entries(node, "pairs"):
        if name not in known:
            raise InputError(f"no system is called {name!r}; {nearest(name, known)}", old.key_place)
    return Baseline(
        run=folder / node.text("run"),
        may_differ=node.texts("may-differ"),
        pairs=tuple(f"{name}={old.scalar}" for name, old in _entries(node, "pairs")),
        place=pairs.place if pairs else None,
    )


def _share(node: Node | None, key: str, default: float) -> float:
    found = node.number(key) if node else None
    return default if found is None else found


def _budget(node: Node | None) -> Budget:
    if node is None:
        return Budget()
    calls = node.number("max-calls")
    return Budget(max_calls=None if calls is None else int(calls), max_cost=node.number("max-cost"))
