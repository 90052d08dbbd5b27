"""A translation is a text with a history: what it was made from, by whom, and how far it was checked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from refusals.cases import Kind, Wording, read_wording
from refusals.errors import InputError, nearest
from refusals.languages import check_tag
from refusals.schema import conform
from refusals.yamlfile import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from refusals.cases import Case, Family
    from refusals.yamlfile import Node


class State(StrEnum):
    """How far a translation has been looked at, from least to most."""

    DRAFT = "draft"
    CHECKED = "checked"
    REVIEWED = "reviewed"
    ADJUDICATED = "adjudicated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """A case in another language. `wording` is None where it is `untranslatable`, with the reason.

    `source` is the digest of the source text it was made from; where that differs from the
    case's own digest, the translation is stale.
    """

    case: str
    language: str
    wording: Wording | None
    untranslatable: str
    source: str
    by: str
    state: State
    parallelism: str
    stale: bool


def load_translations(folder: Path, families: Iterable[Family]) -> dict[tuple[str, str], Translation]:
    """Read every `<tag>/<domain>.yaml` under `translations/`, by (language, case id).

    Raises:
        InputError: with the place of the first thing that is wrong.
    """
    cases = {case.id: (family.kind, case) for family in families for case in family.cases if not family.language}
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
            found[tag, identity] = _translation(node, tag, *cases[identity])
    return found


def _translation(node: Node, tag: str, kind: Kind, case: Case) -> Translation:
    untranslatable = node.text("untranslatable")
    given = [key for key in ("text", "reply", "turns") if key in node.entries]
    if untranslatable and given:
        raise node.wrong(f"a case is either `untranslatable` or has {given[0]!r}, not both")
    state = State(node.text("state"))
    if state is not State.DRAFT and "evidence" not in node.entries:
        raise node.wrong(f"the state {state} needs `evidence` of a check")
    return Translation(
        case=case.id,
        language=tag,
        wording=None if untranslatable else read_wording(node, kind, "text"),
        untranslatable=untranslatable,
        source=node.text("source"),
        by=node.text("by"),
        state=state,
        parallelism=node.text("parallelism", "translated"),
        stale=node.text("source") != case.wording.digest,
    )
