"""A gate of a study is read with the bound that its measure takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from refusals.study.nouns import BUILT_IN, GateSpec

if TYPE_CHECKING:
    from refusals.nodes import Node
    from refusals.study.nouns import SystemSpec

_AGAINST_BASELINE = ("over-refusal", "under-refusal", "dual-use-refusal")
_AT_MOST = (*_AGAINST_BASELINE, "review-share", "gap-over-refusal", "gap-under-refusal", "undecided", "error")
_AT_LEAST = ("selectivity", "youden-j", "auroc", "coverage")
_WHOLE = ("youden-j", "auroc", "coverage")  # measures of all labels and domains together
BOUNDS = {"limit": _AT_MOST, "at-least": _AT_LEAST, "margin": _AGAINST_BASELINE, "alarm": _AGAINST_BASELINE}
_LABELS = {"over-refusal": "benign", "under-refusal": "harmful"}
_KEYS = ("domain", "kind", "mechanism", "axis", "tier", "script")
_VARIANT = "variant"


def gate_of(node: Node, systems: tuple[SystemSpec, ...]) -> GateSpec:
    """Return the gate that an entry of `gates` asks for.

    Raises:
        InputError: if its measure does not take its bound, or it names a system that the study has not.
    """
    measure = node.text("measure")
    known = [spec.name for spec in systems] or list(BUILT_IN)
    for entry in (node.child("systems") or node._replace(value=[])).items:
        if entry.scalar not in known:
            raise entry.wrong(f"no system is called {entry.scalar!r}; the study has {', '.join(known)}")
    _refuse_other_bounds(node, measure)
    where = tuple((key, node.text(key)) for key in _KEYS if node.child(key))
    by = node.text("by")
    label = node.text("label", "" if by == "label" else _LABELS.get(measure, ""))
    _refuse_slices(node, measure, by)
    return GateSpec(
        measure=measure,
        label="" if label == "all" else label,
        limit=node.number("limit"),
        at_least=node.number("at-least"),
        margin=node.number("margin"),
        alarm=node.number("alarm"),
        where=where,
        by=by,
        state=node.text("state", "checked" if measure == "coverage" else ""),
        languages=node.texts("languages"),
        systems=node.texts("systems"),
    )


def _refuse_other_bounds(node: Node, measure: str) -> None:
    allowed = [bound for bound, measures in BOUNDS.items() if measure in measures]
    said = f"a gate on {measure} takes {' or '.join(f'`{bound}`' for bound in allowed)}"
    given = [bound for bound in BOUNDS if node.child(bound)]
    if len(given) != 1:
        raise node.wrong(f"{said}, {'one of them alone' if given else 'and has none'}")
    if given[0] not in allowed:
        raise node.entries[given[0]].wrong(f"{said}, not `{given[0]}`")


def _refuse_slices(node: Node, measure: str, by: str) -> None:
    sliced = [key for key in (*_KEYS, "label", "by") if node.child(key)]
    if measure in _WHOLE and sliced:
        raise node.entries[sliced[0]].wrong(f"{measure} is of all cases together; leave `{sliced[0]}` out")
    if by in sliced:
        raise node.entries["by"].wrong(f"the gate is of one {by}; leave `by` or `{by}` out")
    if by == _VARIANT and not measure.startswith("gap-"):
        raise node.entries["by"].wrong(
            "variants have gaps to their parent; the measure is gap-over-refusal or gap-under-refusal"
        )
    if by == _VARIANT and len(sliced) > 1:
        raise node.entries["by"].wrong(f"gaps between variants are of all cases; leave `{sliced[0]}` out")
    if node.child("state") and measure != "coverage":
        raise node.entries["state"].wrong("`state` belongs to a gate on coverage")
    for key in ("margin", "alarm"):
        if node.child(key) and (sliced_beside_label := [each for each in sliced if each != "label"]):
            raise node.entries[sliced_beside_label[0]].wrong(
                "a gate against the baseline is of a label or of all cases"
            )
    if node.child("margin") and node.texts("languages") not in ((), ("*",)):
        raise node.entries["languages"].wrong(
            "a margin is shown for the mean of the languages; leave `languages` out or use `alarm`"
        )
