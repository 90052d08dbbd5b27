"""A folder's run goes on only with what it began with: systems, judge and plan. How it is ruled may change.

What is ruled by, gates, sides and ceilings, is stored anew by whoever goes on; what changes no reply, such as
concurrency, timeouts, prices and budgets, is nobody's concern.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from refusals.clean import storable
from refusals.errors import InputError
from refusals.pipeline.facts import judge_digest
from refusals.study import told_apart

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from refusals.outcomes import Run
    from refusals.pipeline import Prepared
    from refusals.study import Study, SystemSpec
    from refusals.systems import System

SYSTEMS = "systems"  # the fact of a run that says how its systems are asked

_WAY_OUT = "give another --out, or delete the folder"


def refuse_another(prepared: Prepared, kept: Run, out: Path) -> None:
    """Make sure that a run which has begun asks these systems the same plan, and judges by this judge.

    Raises:
        InputError: if it began with others.
    """
    if kept.fact("plan") is None:
        return
    before, now = _asked_before(kept, out), _asked(prepared.study, prepared.systems)
    for name in now:
        differing = ", ".join(_differing(before[name], now[name])) if name in before else ""
        if differing:
            raise InputError(f"{out}: holds a run of another {name} ({differing}); {_WAY_OUT}")
    if before.keys() != now.keys():
        raise InputError(f"{out}: holds a run of {', '.join(before)}, and not of {', '.join(now)}; {_WAY_OUT}")
    kept.refuse_other_plan(prepared.plan)
    _refuse_other_judge(kept, out, judge_digest(prepared.study.judge, prepared.corpus))


def begin(prepared: Prepared, kept: Run) -> None:
    """Store how the systems are asked, and the plan, where the run has not begun."""
    if kept.fact("plan") is None:
        kept.state(SYSTEMS, json.dumps(_asked(prepared.study, prepared.systems), ensure_ascii=False))
    kept.begin(prepared.plan)


def _asked_before(kept: Run, out: Path) -> dict[str, Any]:
    if kept.fact(SYSTEMS) is None:
        raise InputError(f"{out}: holds a run that does not say how its systems were asked; {_WAY_OUT}")
    found: dict[str, Any] = kept.told(SYSTEMS, lambda said: {name: dict(facts) for name, facts in said.items()})
    return found


def _refuse_other_judge(kept: Run, out: Path, now: str) -> None:
    if kept.fact("manifest") is None:  # nothing was asked yet
        return
    if kept.told("manifest", lambda facts: facts["judge_digest"]) != now:
        raise InputError(
            f"{out}: holds a run that was judged otherwise (other judges, phrases or version); `refusals judge {out} "
            f"--study FILE` judges what is stored as the study says now, else {_WAY_OUT}"
        )


def _asked(study: Study, systems: Mapping[str, System]) -> dict[str, Any]:
    """Return, by system, whatever its replies and their reading depend on beside the prompt, as JSON has it."""
    asked = {spec.name: _of(spec, systems[spec.name]) for spec in told_apart(study.systems)}
    found: dict[str, Any] = json.loads(storable(json.dumps(asked, ensure_ascii=False)))
    return found


def _of(spec: SystemSpec, system: System) -> dict[str, Any]:
    rule = spec.calibrate
    return {
        "use": f"{spec.kind}:{spec.target}" if spec.target else spec.kind,
        "threshold": spec.threshold,
        "calibrate": f"over-refusal {rule.limit:g} on {rule.label}" if rule else None,
        "key": spec.key or None,
        "max-tokens": spec.max_tokens,
        "options": _digests(dict(spec.options)),
        "sent": _digests(system.identity or {}),
    }


def _digests(values: Mapping[str, object]) -> dict[str, str]:
    """Return what tells values apart and shows none of them."""
    return {
        key: hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:16]
        for key, value in values.items()
    }


def _differing(before: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    """Yield in what a system is another; what is sent to it tells only where the study says the same."""
    said = [_said(key, before.get(key), now[key]) for key in now if key != "sent" and before.get(key) != now[key]]
    yield from said
    if not said and before.get("sent") != now["sent"]:
        yield f"what is sent to it: {_keys(before.get('sent'), now['sent'])}"


def _said(key: str, before: Any, now: Any) -> str:
    if key == "options":
        return f"options: {_keys(before, now)}"
    return f"{key} {_word(before)} before, {_word(now)} now"


def _word(value: Any) -> str:
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _keys(before: Mapping[str, str] | None, now: Mapping[str, str]) -> str:
    was = before or {}
    return ", ".join(sorted(key for key in {*was, *now} if was.get(key) != now.get(key)))
