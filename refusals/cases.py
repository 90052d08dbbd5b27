"""Cases come in families: one topic, nearly the same words, one right answer a label."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from refusals.compiled import compiled, read_files
from refusals.errors import InputError
from refusals.schema import conform
from refusals.yamlfile import parse_yaml

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from refusals.compiled import File
    from refusals.errors import Place
    from refusals.nodes import Node

NATIVE = "native"


class Label(StrEnum):
    """What a case is, standing alone."""

    BENIGN = "benign"
    DUAL_USE = "dual_use"
    HARMFUL = "harmful"


class Kind(StrEnum):
    """What a case shows."""

    REQUEST = "request"
    EXCHANGE = "exchange"
    CONVERSATION = "conversation"
    TRANSCRIPT = "transcript"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One turn of a conversation or transcript."""

    role: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The words of a case in one language: a prompt, a prompt with a reply, or turns."""

    prompt: str = ""
    reply: str | None = None
    turns: tuple[Turn, ...] = ()

    @property
    def digest(self) -> str:
        """Eight hexadecimal digits that change when a character changes."""
        content = [self.prompt, self.reply, [[turn.role, turn.text] for turn in self.turns]]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One request with its label. `id` is `<family>/<label>`."""

    id: str
    label: Label
    wording: Wording
    mechanism: str
    why: str
    form: str = ""
    gloss: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A contrast set. `language` is set for a family written in a language of its own."""

    id: str
    domain: str
    title: str
    kind: Kind
    axis: str
    severity: int
    author: str
    cases: tuple[Case, ...]
    hazards: tuple[tuple[str, str, str], ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """A field of harm: scope, threat model, crosswalk as (scheme, code, relation)."""

    id: str
    title: str
    scope: str
    actors: str
    harm: str
    bottleneck: str
    contrast: str
    left_out: str
    crosswalk: tuple[tuple[str, str, str], ...]


def load_cases(folder: Path) -> tuple[tuple[Domain, ...], tuple[Family, ...]]:
    """Read all domains and families under `cases/`, sorted by id.

    Raises:
        InputError: with the place of the first thing that is wrong.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: there is no such folder; a corpus has cases/ and translations/")
    files = read_files(folder, sorted(folder.rglob("*.y*ml")))
    return compiled("cases", files, lambda: _read(files))


def _read(files: Sequence[File]) -> tuple[tuple[Domain, ...], tuple[Family, ...]]:
    domains: list[Domain] = []
    families: list[Family] = []
    seen: dict[str, Place] = {}
    for file in files:
        path, node = PurePosixPath(file.name), parse_yaml(file.raw, file.path)
        if path.name == "_domain.yaml":
            domains.append(_domain(conform(node, "domain"), path))
            continue
        family = _family(conform(node, "family"), path)
        where = node.entries["family"]
        if family.id in seen:
            raise where.wrong(f"the family {family.id!r} stands in {seen[family.id]} already")
        seen[family.id] = where.place
        families.append(family)
    return tuple(sorted(domains, key=lambda d: d.id)), tuple(sorted(families, key=lambda f: f.id))


def _family(node: Node, path: PurePosixPath) -> Family:
    identity = node.entries["family"]
    expected = str(path.with_suffix(""))
    if identity.scalar != expected:
        raise identity.wrong(f"the family is called {identity.scalar!r} but its file says {expected!r}")
    kind = Kind(node.text("kind"))
    language = node.text("language")
    if (expected.startswith(f"{NATIVE}/")) != bool(language):
        raise identity.wrong("families of cases/native/<tag>/ have a `language`, and only they")
    cases = tuple(_case(identity.scalar, key, entry, kind) for key, entry in node.entries["cases"].entries.items())
    labels = {case.label for case in cases}
    missing = [label for label in Label if label not in labels]
    if missing and not language:
        raise node.entries["cases"].wrong(f"the family lacks its {missing[0]} twin; each label has one at least")
    hazards = node.child("hazards")
    return Family(
        id=identity.scalar,
        domain=expected.rsplit("/", 1)[0],
        title=node.text("title"),
        kind=kind,
        axis=node.text("axis"),
        severity=node.integer("severity", 1),
        author=node.text("author"),
        cases=cases,
        hazards=_crosswalk(hazards) if hazards else (),
        language=language,
    )


def _case(family: str, key: str, node: Node, kind: Kind) -> Case:
    return Case(
        id=f"{family}/{key}",
        label=Label(key.partition("-")[0]),
        wording=read_wording(node, kind, "prompt"),
        mechanism=node.text("mechanism"),
        why=node.text("why"),
        form=node.text("form"),
        gloss=node.text("gloss"),
    )


def read_wording(node: Node, kind: Kind, prompt_key: str) -> Wording:
    """Read the words of a case or of its translation.

    Raises:
        InputError: if what the kind needs is missing, or something else is there.
    """
    needed = {Kind.REQUEST: {prompt_key}, Kind.EXCHANGE: {prompt_key, "reply"}}.get(kind, {"turns"})
    for key in (prompt_key, "reply", "turns"):
        if (key in node.entries) != (key in needed):
            state = "lacks" if key in needed else "must not have"
            raise node.wrong(f"a case of kind {kind} {state} the key {key!r}")
    turns = node.child("turns")
    return Wording(
        prompt=node.text(prompt_key),
        reply=node.text("reply") if "reply" in node.entries else None,
        turns=tuple(Turn(role=turn.text("role"), text=turn.text("text")) for turn in turns.items) if turns else (),
    )


def _domain(node: Node, path: PurePosixPath) -> Domain:
    if node.text("domain") != path.parent.name:
        raise node.entries["domain"].wrong(
            f"the domain is called {node.text('domain')!r}, its folder {path.parent.name!r}"
        )
    threat = node.entries["threat"]
    return Domain(
        id=node.text("domain"),
        title=node.text("title"),
        scope=node.text("scope"),
        actors=threat.text("actors"),
        harm=threat.text("harm"),
        bottleneck=threat.text("bottleneck"),
        contrast=threat.text("contrast"),
        left_out=node.text("left-out"),
        crosswalk=_crosswalk(node.entries["crosswalk"]),
    )


def _crosswalk(node: Node) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (scheme, code, relation.scalar)
        for scheme, codes in node.entries.items()
        for code, relation in codes.entries.items()
    )
