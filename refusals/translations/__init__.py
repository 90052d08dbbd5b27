"""A translation is a text with a history: what it was made from, by whom, and how far it was checked."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from refusals.cases import Kind, Wording, read_wording
from refusals.errors import InputError, Place, nearest
from refusals.languages import check_tag
from refusals.schema import conform
from refusals.yamlfile import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from refusals.cases import Family
    from refusals.nodes import Node


class State(StrEnum):
    """How far a translation has been looked at, from least to most."""

    DRAFT = "draft"
    CHECKED = "checked"
    REVIEWED = "reviewed"
    ADJUDICATED = "adjudicated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a check found. `of` digests the text and the source that it saw; `answers` are (question, yes).

    `back` is a literal back-translation made without the source, `label` the one read from the text alone.
    """

    of: str
    by: str
    on: str
    back: str = ""
    label: str = ""
    answers: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """That a person has taken a translation to a state."""

    state: State
    by: str
    on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """A case in another language. `wording` is None where it is `untranslatable`, with the reason.

    `source` is the digest of the source text it was made from; where that differs from the
    case's own digest, the translation is stale, and `previous` may hold the old source text.
    `dismissed` are (check, reason): findings that do not hold.
    """

    case: str
    language: str
    wording: Wording | None
    source: str
    by: str
    claimed: State
    stale: bool
    untranslatable: str = ""
    translator: str = ""
    prompt: str = ""
    on: str = ""
    previous: str = ""
    parallelism: str = "translated"
    evidence: Evidence | None = None
    reviews: tuple[Review, ...] = ()
    dismissed: tuple[tuple[str, str], ...] = ()
    place: Place | None = None

    @property
    def state(self) -> State:
        """The state that it has: a draft, whatever it claims, where the evidence is of another text or source."""
        if self.evidence is None or self.wording is None:
            return State.DRAFT if self.wording is not None else self.claimed
        return self.claimed if self.evidence.of == evidence_digest(self.wording, self.source) else State.DRAFT


def evidence_digest(wording: Wording, source: str) -> str:
    """Return the digest of a text together with that of its source: what evidence is of."""
    return hashlib.sha256(f"{wording.digest} {source}".encode()).hexdigest()[:8]


def load_translations(folder: Path, families: Iterable[Family]) -> dict[tuple[str, str], Translation]:
    """Read every `<tag>/<domain>.yaml` under `translations/`, by (language, case id).

    Raises:
        InputError: with the place of the first thing that is wrong.
    """
    cases = {
        case.id: (family.kind, case.wording.digest)
        for family in families
        for case in family.cases
        if not family.language
    }
    found: dict[tuple[str, str], Translation] = {}
    for path in sorted(folder.glob("*/*.yaml")):
        if path.name.startswith("_"):
            continue
        try:
            tag = check_tag(path.parent.name)
        except InputError as error:
            raise InputError(f"{path.parent}: {error.message}") from None
        for identity, node in conform(read_yaml(path), "translations").entries.items():
            if identity not in cases:
                known = nearest(identity, sorted(cases))
                raise InputError(f"no case has the id {identity!r}; {known}", node.key_place)
            domain = identity.partition("/")[0]
            if domain != path.stem:
                raise InputError(f"{identity!r} belongs into {path.with_stem(domain)}", node.key_place)
            found[tag, identity] = _translation(node, (tag, identity), *cases[identity])
    return found


def _translation(node: Node, of: tuple[str, str], kind: Kind, digest: str) -> Translation:
    untranslatable = node.text("untranslatable")
    given = [key for key in ("text", "reply", "turns") if key in node.entries]
    if untranslatable and given:
        raise node.wrong(f"a case is either `untranslatable` or has {given[0]!r}, not both")
    state, reviews = State(node.text("state")), _reviews(node)
    if state is not State.DRAFT and not untranslatable:
        _backed(node, state, reviews)
    dismissed = node.child("dismissed")
    return Translation(
        case=of[1],
        language=of[0],
        wording=None if untranslatable else read_wording(node, kind, "text"),
        untranslatable=untranslatable,
        source=node.text("source"),
        by=node.text("by"),
        claimed=state,
        stale=node.text("source") != digest,
        translator=node.text("translator"),
        prompt=node.text("prompt"),
        on=node.text("on"),
        previous=node.text("previous"),
        parallelism=node.text("parallelism", "translated"),
        evidence=_evidence(node.child("evidence")),
        reviews=reviews,
        dismissed=tuple((key, value.scalar) for key, value in dismissed.entries.items()) if dismissed else (),
        place=node.key_place,
    )


def _backed(node: Node, state: State, reviews: tuple[Review, ...]) -> None:
    """Make sure that a state beyond `draft` has what it rests on."""
    if "evidence" not in node.entries:
        raise node.wrong(f"the state {state} needs `evidence` of a check")
    if state is State.CHECKED:
        return
    if state not in [review.state for review in reviews]:
        raise node.wrong(f"the state {state} needs an entry in `reviews` that says by whom and when")
    if node.text("translator") in [review.by for review in reviews]:
        raise node.wrong(f"{node.text('translator')} translated this and cannot review it")


def _evidence(node: Node | None) -> Evidence | None:
    if node is None:
        return None
    return Evidence(
        of=node.text("of"),
        by=node.text("by"),
        on=node.text("on"),
        back=node.text("back"),
        label=node.text("label"),
        answers=tuple((key, value.scalar == "true") for key, value in node.entries.items() if key.startswith("same-")),
    )


def _reviews(node: Node) -> tuple[Review, ...]:
    found = node.child("reviews")
    return tuple(
        Review(state=State(entry.text("state")), by=entry.text("by"), on=entry.text("on"))
        for entry in (found.items if found else ())
    )
