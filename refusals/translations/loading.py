"""Translations are read by language: checked when they are loaded, made into nouns when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from refusals.cases import Kind, Turn, Wording, read_wording
from refusals.compiled import compiled, read_files
from refusals.errors import InputError, Place, nearest
from refusals.languages import check_tag
from refusals.schema import conform
from refusals.translations import Evidence, Review, State, Translation
from refusals.translations.as_written import rows_as_written
from refusals.yamlfile import decoded, parse_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from refusals.cases import Family
    from refusals.compiled import File
    from refusals.nodes import Node

Key = tuple[str, str]


class _Row(NamedTuple):
    """What a file says of a text, as plain values; `file` counts in the files of its language."""

    case: str
    prompt: str
    reply: str | None
    turns: tuple[tuple[str, str], ...]
    untranslatable: str
    source: str
    by: str
    claimed: str
    translator: str
    told: str
    on: str
    previous: str
    parallelism: str
    evidence: tuple[str, str, str, str, str, tuple[tuple[str, bool], ...]] | None
    reviews: tuple[tuple[str, str, str], ...]
    dismissed: tuple[tuple[str, str], ...]
    file: int
    line: int
    column: int


class Texts(Mapping[Key, Translation]):
    """All translations by (language, case id). One is made when it is first asked for, since few runs ask for all."""

    def __init__(self, digests: Mapping[str, str]) -> None:
        self._digests = digests
        self._rows: dict[Key, tuple[str, tuple[Any, ...]]] = {}
        self._made: dict[Key, Translation] = {}

    def add(self, tag: str, files: Sequence[File], rows: Iterable[tuple[Any, ...]]) -> None:
        """Take the rows of a language."""
        paths, place = [file.path for file in files], _Row._fields.index("file")
        self._rows.update(((tag, row[0]), (paths[row[place]], row)) for row in rows)

    def __getitem__(self, key: Key) -> Translation:
        """Return a translation; raise KeyError where there is none."""
        made = self._made.get(key)
        if made is None:
            path, row = self._rows[key]
            made = self._made[key] = _translation(key[0], _Row._make(row), path, self._digests[key[1]])
        return made

    def __contains__(self, key: object) -> bool:
        """Whether there is a translation."""
        return key in self._rows

    def __iter__(self) -> Iterator[Key]:
        """Go through the keys, by language, in order of files."""
        return iter(self._rows)

    def __len__(self) -> int:
        """Return how many translations there are."""
        return len(self._rows)


def load_translations(folder: Path, families: Iterable[Family]) -> Texts:
    """Read every `<tag>/<domain>.yaml` under `translations/`, by (language, case id).

    Raises:
        InputError: with the place of the first thing that is wrong.
    """
    cases = {case.id: (family.kind, case) for family in families for case in family.cases if not family.language}
    kinds = {identity: kind for identity, (kind, _) in cases.items()}
    found = Texts({identity: case.wording.digest for identity, (_, case) in cases.items()})
    # Which cases there are, and of what kind, decides what may stand in a file.
    depends = " ".join(f"{identity}:{kind}" for identity, kind in kinds.items())
    for inner in sorted(path for path in folder.glob("*") if path.is_dir()):
        paths = sorted(path for path in inner.glob("*.yaml") if not path.name.startswith("_"))
        if not paths:
            continue
        try:
            tag = check_tag(inner.name)
        except InputError as error:
            raise InputError(f"{inner}: {error.message}") from None
        files = read_files(inner, paths)
        rows = compiled("translations", files, lambda files=files: _rows(files, kinds), depends=depends)  # type: ignore[misc]
        found.add(tag, files, rows)
    return found


def _rows(files: list[File], kinds: Mapping[str, Kind]) -> list[tuple[Any, ...]]:
    """Return the rows of a language as plain tuples, so that whatever keeps them need not know their class."""
    found: list[tuple[Any, ...]] = []
    for number, file in enumerate(files):
        domain = file.name.removesuffix(".yaml")
        quick = rows_as_written(decoded(file.raw, file.path), domain, kinds, number)
        found.extend(_read_whole(file, domain, kinds, number) if quick is None else quick)
    return found


def _read_whole(file: File, domain: str, kinds: Mapping[str, Kind], number: int) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a file in any form; raise InputError at what is wrong."""
    for identity, node in conform(parse_yaml(file.raw, file.path), "translations").entries.items():
        if identity not in kinds:
            known = nearest(identity, sorted(kinds))
            raise InputError(f"no case has the id {identity!r}; {known}", node.key_place)
        belongs = identity.partition("/")[0]
        if belongs != domain:
            where = f"{file.path.removesuffix(file.name)}{belongs}.yaml"
            raise InputError(f"{identity!r} belongs into {where}", node.key_place)
        yield tuple(_row(node, identity, kinds[identity], number))


def _row(node: Node, identity: str, kind: Kind, number: int) -> _Row:
    untranslatable = node.text("untranslatable")
    given = [key for key in ("text", "reply", "turns") if key in node.entries]
    if untranslatable and given:
        raise node.wrong(f"a case is either `untranslatable` or has {given[0]!r}, not both")
    state, reviews = node.text("state"), _reviews(node)
    if state != State.DRAFT and not untranslatable:
        _backed(node, state, reviews)
    wording = Wording() if untranslatable else read_wording(node, kind, "text")
    dismissed = node.child("dismissed")
    return _Row(
        case=identity,
        prompt=wording.prompt,
        reply=wording.reply,
        turns=tuple((turn.role, turn.text) for turn in wording.turns),
        untranslatable=untranslatable,
        source=node.text("source"),
        by=node.text("by"),
        claimed=state,
        translator=node.text("translator"),
        told=node.text("prompt"),
        on=node.text("on"),
        previous=node.text("previous"),
        parallelism=node.text("parallelism", "translated"),
        evidence=_evidence(node.child("evidence")),
        reviews=reviews,
        dismissed=tuple((key, value.scalar) for key, value in dismissed.entries.items()) if dismissed else (),
        file=number,
        line=node.key_line,
        column=node.key_column,
    )


def _backed(node: Node, state: str, reviews: tuple[tuple[str, str, str], ...]) -> None:
    """Make sure that a state beyond `draft` has what it rests on."""
    if "evidence" not in node.entries:
        raise node.wrong(f"the state {state} needs `evidence` of a check")
    if state == State.CHECKED:
        return
    if state not in [reached for reached, _, _ in reviews]:
        raise node.wrong(f"the state {state} needs an entry in `reviews` that says by whom and when")
    if node.text("translator") in [by for _, by, _ in reviews]:
        raise node.wrong(f"{node.text('translator')} translated this and cannot review it")


def _evidence(node: Node | None) -> tuple[str, str, str, str, str, tuple[tuple[str, bool], ...]] | None:
    if node is None:
        return None
    answers = tuple((key, value.scalar == "true") for key, value in node.entries.items() if key.startswith("same-"))
    return (node.text("of"), node.text("by"), node.text("on"), node.text("back"), node.text("label"), answers)


def _reviews(node: Node) -> tuple[tuple[str, str, str], ...]:
    found = node.child("reviews")
    return tuple((entry.text("state"), entry.text("by"), entry.text("on")) for entry in (found.items if found else ()))


def _translation(tag: str, row: _Row, path: str, digest: str) -> Translation:
    turns = tuple(Turn(role=role, text=text) for role, text in row.turns)
    evidence = None
    if row.evidence is not None:
        of, by, on, back, label, answers = row.evidence
        evidence = Evidence(of=of, by=by, on=on, back=back, label=label, answers=answers)
    return Translation(
        case=row.case,
        language=tag,
        wording=None if row.untranslatable else Wording(prompt=row.prompt, reply=row.reply, turns=turns),
        untranslatable=row.untranslatable,
        source=row.source,
        by=row.by,
        claimed=State(row.claimed),
        stale=row.source != digest,
        translator=row.translator,
        prompt=row.told,
        on=row.on,
        previous=row.previous,
        parallelism=row.parallelism,
        evidence=evidence,
        reviews=tuple(Review(state=State(state), by=by, on=on) for state, by, on in row.reviews),
        dismissed=row.dismissed,
        place=Place(path, row.line, row.column),
    )
