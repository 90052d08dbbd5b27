"""The manifest of a run is one line of canonical JSON, so that it can be compared, and signed, byte for byte.

It holds what was run, what each cell came to in numbers, digests of all outcomes and of all replies, and the rulings:
who changes any of these changes the manifest.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from refusals.errors import InputError
from refusals.signing import sign, verified
from refusals.wholefile import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from refusals.reports import Results

SCHEMA = "refusals/manifest/1"
FILE = "manifest.json"
SIGNATURE = "manifest.sig"


def manifest_of(results: Results) -> str:
    """Return the manifest as canonical JSON (RFC 8785)."""
    import rfc8785

    facts = asdict(results.manifest)
    for system in facts["systems"]:
        system["models"] = sorted(_models(results, system["name"]))
    content = {
        **facts,
        "schema": SCHEMA,
        "counts": list(_counts(results)),
        "outcomes": _outcomes_digest(results),
        "replies": results.replies_digest,
        "ruling": results.standing,
        "rulings": [
            [ruling.name, ruling.system, ruling.language, ruling.bound, ruling.limit, ruling.standing]
            for ruling in results.rulings
        ],
    }
    plain = json.loads(json.dumps(content))  # enums and tuples as what JSON makes of them
    return rfc8785.dumps(plain).decode() + "\n"


def sign_manifest(results: Results, out: Path, key: Path) -> Path:
    """Sign the manifest of a run's folder, which is written anew, and return the signature's file.

    Raises:
        InputError: if the key is no private Ed25519 key in PEM.
    """
    content = manifest_of(results)
    signature = sign(content.encode(), key)
    write_whole(out / FILE, content)
    write_whole(out / SIGNATURE, signature + "\n")
    return out / SIGNATURE


def fault_of(results: Results, out: Path, key: Path) -> str:
    """Return what is wrong with the signed manifest of a folder; empty if it is signed, and is that of its run.

    Raises:
        InputError: if it is not signed, or the key is no public Ed25519 key in PEM.
    """
    for name in (FILE, SIGNATURE):
        if not (out / name).is_file():
            raise InputError(f"{out}: has no {name}; `refusals gate {out} --sign KEY.pem` writes both")
    content = (out / FILE).read_bytes()
    if not verified(content, (out / SIGNATURE).read_bytes(), key):
        return f"{out / SIGNATURE} is not the signature of {FILE} by this key"
    if content != manifest_of(results).encode():
        return f"{out / FILE} is signed, but is not that of what the run holds now"
    return ""


def _models(results: Results, system: str) -> set[str]:
    """Return the names that the models themselves answered with."""
    trials = (trial for trial in results.plan.trials if trial.system == system)
    found = (results.outcomes.get(trial.id) for trial in trials)
    return {outcome.model for outcome in found if outcome is not None and outcome.model}


def _counts(results: Results) -> Iterator[dict[str, Any]]:
    """Yield what the cells of each system, language and label came to."""
    counts: dict[tuple[str, str, str], Counter[str]] = {}
    for trial in results.plan.trials:
        outcome = results.outcomes.get(trial.id)
        key = (trial.system, trial.language, str(trial.label))
        counts.setdefault(key, Counter())[str(outcome.ending) if outcome else "no_outcome"] += 1
    for (system, language, label), endings in sorted(counts.items()):
        yield {"system": system, "language": language, "label": label, "outcomes": dict(endings)}


def _outcomes_digest(results: Results) -> str:
    rows = sorted(
        [trial.id, trial.prompt.id, outcome.ending, outcome.score, outcome.judge, outcome.reason]
        for trial in results.plan.trials
        if (outcome := results.outcomes.get(trial.id)) is not None
    )
    return hashlib.sha256(json.dumps(rows, ensure_ascii=True).encode()).hexdigest()
