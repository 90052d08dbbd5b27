"""What the gates of a study ask: one question for each system, language and part of the cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from refusals.gates.rulings import Bound, Ruling, Standing, name_of
from refusals.languages import SOURCE_LANGUAGE
from refusals.statistics import ALL_LANGUAGES, BESIDE, GROUPS, Group

_ONLY_WITH_TIERS = "review-share"  # is estimated of all only where a system has a middle tier

if TYPE_CHECKING:
    from refusals.plan import Plan, Trial
    from refusals.study import GateSpec, Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What one gate asks of a system in a language, of the part of the cases that `group` names.

    `nothing` says why a gate asks nothing at all of a system and what to do about that, and is empty else: such a gate
    is invalid, and never left out.
    """

    gate: GateSpec
    system: str
    language: str
    group: Group
    nothing: str = ""

    @property
    def bound(self) -> Bound:
        """What the limit is."""
        if self.gate.limit is not None:
            return "at most"
        if self.gate.at_least is not None:
            return "at least"
        return "alarm" if self.gate.margin is None else "margin"

    @property
    def limit(self) -> float:
        """The limit, a fraction."""
        gate = self.gate
        given = (bound for bound in (gate.limit, gate.at_least, gate.margin, gate.alarm) if bound is not None)
        return next(given)

    @property
    def label(self) -> str:
        """The label that it is about; empty for all."""
        return dict(self.group).get("label", "")

    @property
    def name(self) -> str:
        """The gate and its part of the cases, as a ruling on it is called."""
        return name_of(self.gate.measure, self.bound, self.group)

    def ruled(self, standing: Standing, reason: str, **figures: Any) -> Ruling:
        """Return a ruling on the question; `figures` are the `rate`, `low`, `high` and `evidence` of a ruling."""
        return Ruling(
            gate=self.gate.measure,
            system=self.system,
            language=self.language,
            label=self.label,
            group=self.group,
            bound=self.bound,
            limit=self.limit,
            standing=standing,
            reason=reason,
            **figures,
        )

    def asks_of(self, trial: Trial) -> bool:
        """Whether a trial is of the system, the language and the part of the cases; native families are of none."""
        return (
            trial.system == self.system
            and not trial.native
            and self.language in (ALL_LANGUAGES, trial.language)
            and all(key == BESIDE or str(getattr(trial, key)) == value for key, value in self.group)
        )


def questions(study: Study, plan: Plan) -> tuple[Question, ...]:
    """Return all that the gates of a study ask of a plan, in the order of the study."""
    systems = sorted({trial.system for trial in plan.trials})
    return tuple(
        question
        for gate in study.gates
        for system in gate.systems or systems
        for question in tuple(_of(gate, plan, system)) or (_nothing(gate, plan, system),)
    )


def _of(gate: GateSpec, plan: Plan, system: str) -> Iterator[Question]:
    for group, languages in _parts(gate, plan, system):
        for language in languages:
            yield Question(gate=gate, system=system, language=language, group=group)


def _nothing(gate: GateSpec, plan: Plan, system: str) -> Question:
    if gate.by == "variant":
        why = "no variant of a language is asked beside it; select both, such as hi and hi-Latn, and enough families"
    elif _to_source(gate) and SOURCE_LANGUAGE not in plan.languages:
        why = f"a gap is to {SOURCE_LANGUAGE}, which is not asked; select it too"
    elif _to_source(gate) and len(plan.languages) == 1:
        why = f"a gap is to {SOURCE_LANGUAGE}, and no other language is asked; select one more"
    else:
        why = f"no cell is asked that {gate.measure} can count; select more"
    return Question(
        gate=gate,
        system=system,
        language=ALL_LANGUAGES,
        group=_ordered(_group(gate)),
        nothing=f"{why}, or leave the gate out",
    )


def slices_of(asked: Iterable[Question]) -> tuple[Group, ...]:
    """Return the parts of the cases that are to be estimated beside the usual ones."""
    listed = [each for each in asked if not each.nothing]
    groups = dict.fromkeys(each.group for each in listed if each.group or each.gate.measure == _ONLY_WITH_TIERS)
    return tuple(group for group in groups if BESIDE not in dict(group))


def _parts(gate: GateSpec, plan: Plan, system: str) -> Iterator[tuple[Group, tuple[str, ...]]]:
    if gate.by == "variant":
        pairs = sorted({(trial.language, trial.variant_of) for trial in plan.trials if trial.variant_of})
        yield from ((((BESIDE, parent),), (variant,)) for variant, parent in pairs if parent in plan.languages)
        return
    group = _group(gate)
    if not gate.by:
        yield _ordered(group), _languages(gate, plan)
        return
    for value in _values(gate, plan, system):
        yield _ordered((*group, (gate.by, value))), _languages(gate, plan)


def _group(gate: GateSpec) -> Group:
    return ((("label", gate.label),) if gate.label else ()) + gate.where


def _ordered(group: Group) -> Group:
    return tuple(sorted(group, key=lambda pair: GROUPS.index(pair[0])))


def _values(gate: GateSpec, plan: Plan, system: str) -> list[str]:
    """Return the values of what a gate is `by` in which its measure can count a cell."""
    from refusals.gates.countable import countable

    counts, group = countable(gate.measure), _group(gate)
    found: set[str] = set()
    for trial in plan.trials:
        if trial.system != system or trial.native or (value := str(getattr(trial, gate.by))) in found:
            continue
        if all(str(getattr(trial, key)) == wanted for key, wanted in group) and counts(trial):
            found.add(value)
    return sorted(found)


def _to_source(gate: GateSpec) -> bool:
    return gate.measure.startswith("gap-")


def _languages(gate: GateSpec, plan: Plan) -> tuple[str, ...]:
    if _to_source(gate) and (SOURCE_LANGUAGE not in plan.languages or len(plan.languages) == 1):
        return ()
    if gate.languages:
        return gate.languages
    if gate.where or (gate.by and gate.by != "label") or gate.margin is not None:
        return (ALL_LANGUAGES,)
    return tuple(tag for tag in plan.languages if not (_to_source(gate) and tag == SOURCE_LANGUAGE))
