"""Facts of a language are data: its script, its direction, and how assistants refuse in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from refusals.cases import Kind
from refusals.compiled import compiled, read_files
from refusals.errors import InputError
from refusals.schema import conform
from refusals.yamlfile import parse_yaml

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from refusals.compiled import File
    from refusals.nodes import Node

SOURCE_LANGUAGE = "en"

# Tags that YAML 1.1 would read as something else, or that name a group of languages.
_AMBIGUOUS = {"no": "nb (Bokmål) or nn (Nynorsk)", "zh": "zh-Hans or zh-Hant", "sh": "sr, hr or bs"}
_TAG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?(-[a-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """How a term of the source is said: with one of `must` if there are any, and never with one of `never`.

    It holds in the domains named, or in all if none is.
    """

    source: str
    must: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """What is known of a language.

    `refusals` are for judges and checks, `declines` and `acceptances` for judges of replies alone, since other texts
    may have them; the held-out phrases are for neither.

    `kinds` are the kinds of case that it is to have texts of; what it lacks of another kind is no gap.
    """

    tag: str
    name: str
    script: str
    direction: str
    tier: str
    register: str
    endings: tuple[str, ...]
    refusals: tuple[str, ...]
    refusals_held_out: tuple[str, ...]
    compliances: tuple[str, ...]
    declines: tuple[str, ...] = ()
    acceptances: tuple[str, ...] = ()
    kinds: frozenset[Kind] = frozenset(Kind)
    variant_of: str = ""
    confusable: tuple[str, ...] = ()
    native_shortfall: str = ""
    glossary: tuple[Term, ...] = ()


def load_languages(folder: Path) -> dict[str, Language]:
    """Read every `<tag>/_language.yaml` under `translations/`, by tag in order of tags.

    Raises:
        InputError: with the place of the first thing that is wrong.
    """
    files = read_files(folder, sorted(folder.glob("*/_language.yaml")))
    return compiled("languages", files, lambda: _read(files))


def _read(files: Sequence[File]) -> dict[str, Language]:
    found = {}
    for file in files:
        node = parse_yaml(file.raw, file.path)
        language = _language(conform(node, "language"), file.name.partition("/")[0])
        found[language.tag] = language
    return found


def check_tag(tag: str) -> str:
    """Return the tag if it is a well-formed BCP-47 tag that names one language.

    Raises:
        InputError: if it is not.
    """
    if tag in _AMBIGUOUS:
        raise InputError(f"{tag!r} does not name one language; write {_AMBIGUOUS[tag]}")
    if not _TAG.fullmatch(tag):
        raise InputError(f"{tag!r} is not a language tag; write BCP-47, such as sw, pt-BR or zh-Hans")
    return tag


def _language(node: Node, folder: str) -> Language:
    where = node.entries["language"]
    try:
        tag = check_tag(where.scalar)
    except InputError as error:
        raise where.wrong(error.message) from None
    if tag != folder:
        raise where.wrong(f"the language is {tag!r} but its folder is called {folder!r}")
    shared = {*node.texts("refusals"), *node.texts("declines")} & set(node.texts("refusals-held-out"))
    if shared:
        raise node.entries["refusals-held-out"].wrong(
            f"{min(shared)!r} is listed for judges too, so it is not held out"
        )
    return Language(
        tag=tag,
        name=node.text("name"),
        script=node.text("script"),
        direction=node.text("direction"),
        tier=node.text("tier"),
        register=node.text("register"),
        endings=node.texts("endings"),
        refusals=node.texts("refusals"),
        refusals_held_out=node.texts("refusals-held-out"),
        compliances=node.texts("compliances"),
        declines=node.texts("declines"),
        acceptances=node.texts("acceptances"),
        kinds=frozenset(map(Kind, node.texts("kinds"))) or frozenset(Kind),
        variant_of=node.text("variant-of"),
        confusable=node.texts("confusable"),
        native_shortfall=node.text("native-shortfall"),
        glossary=_glossary(node.child("glossary")),
    )


def _glossary(node: Node | None) -> tuple[Term, ...]:
    return tuple(
        Term(source=term, must=said.texts("must"), never=said.texts("never"), domains=said.texts("domains"))
        for term, said in (node.entries.items() if node else ())
    )
