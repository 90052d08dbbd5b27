"""XLIFF 1.2, for Trados, memoQ, Phrase, Weblate, OmegaT, Poedit and their like."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from refusals.errors import InputError, Place
from refusals.exchange._plain_xml import parse_xml
from refusals.exchange._units import Problem, Sheet, Standing, Unit
from refusals.languages import SOURCE_LANGUAGE

if TYPE_CHECKING:
    from collections.abc import Iterator

SUFFIXES = (".xliff", ".xlf")
TEXT = True

NAMESPACE = "urn:oasis:names:tc:xliff:document:1.2"
_DIGEST = "x-source-digest"
_WRITTEN = {
    Standing.MISSING: "needs-translation",
    Standing.STALE: "needs-translation",
    Standing.DRAFT: "needs-review-translation",
    Standing.CHECKED: "translated",
    Standing.REVIEWED: "signed-off",
    Standing.ADJUDICATED: "final",
}
_NEEDS_WORK = ("new", "needs-translation", "needs-adaptation", "needs-l10n")
_READ = {
    "needs-review-translation": Standing.DRAFT,
    "needs-review-adaptation": Standing.DRAFT,
    "needs-review-l10n": Standing.DRAFT,
    "translated": Standing.CHECKED,
    "signed-off": Standing.REVIEWED,
    "final": Standing.ADJUDICATED,
}
# Tools mark segments and spans with these; the text in them is the text.
_TRANSPARENT = ("mrk", "g")


def write(sheet: Sheet) -> bytes:
    """Return one `file` element with a `trans-unit` a unit, in which white space is the text's own."""
    root = ET.Element("xliff", {"version": "1.2", "xmlns": NAMESPACE})
    languages = {"source-language": SOURCE_LANGUAGE, "target-language": sheet.language}
    file = ET.SubElement(root, "file", {"original": "refusals", "datatype": "plaintext", **languages})
    header = ET.SubElement(file, "header")
    for note in sheet.notes:
        ET.SubElement(header, "note").text = note
    body = ET.SubElement(file, "body")
    for unit in sheet.units:
        _write_unit(body, unit, sheet.language)
    ET.indent(root, space=" ")
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _write_unit(body: ET.Element, unit: Unit, language: str) -> None:
    state = Standing(unit.state)
    final = {"approved": "yes"} if state.rank >= Standing.REVIEWED.rank else {}
    node = ET.SubElement(body, "trans-unit", {"id": unit.id, "xml:space": "preserve", **final})
    ET.SubElement(node, "source", {"xml:lang": SOURCE_LANGUAGE}).text = unit.source
    suggested = {"state-qualifier": "mt-suggestion"} if unit.machine and state is Standing.DRAFT else {}
    facts = {"xml:lang": language, "state": _WRITTEN[state], **suggested}
    ET.SubElement(node, "target", facts).text = unit.text
    group = ET.SubElement(node, "context-group", {"name": "refusals", "purpose": "information"})
    ET.SubElement(group, "context", {"context-type": _DIGEST}).text = unit.digest
    if unit.text and state.rank <= Standing.DRAFT.rank:
        draft = ET.SubElement(node, "alt-trans", {"origin": unit.translator, "xml:space": "preserve"})
        ET.SubElement(draft, "target", {"xml:lang": language}).text = unit.text
    previous = (f"The source was: {unit.previous}",) if unit.previous else ()
    for note in (*unit.notes, f"Label: {unit.label}", f"Why: {unit.why}", *previous):
        ET.SubElement(node, "note", {"from": "refusals", "annotates": "source"}).text = note


def read(raw: bytes, name: str) -> Sheet:
    """Read every `trans-unit` of every `file` element.

    Raises:
        InputError: if it is not XLIFF 1.2, or has texts in several languages.
    """
    root, lines = parse_xml(raw, name, NAMESPACE)
    if root.tag != "xliff":
        raise InputError(f"{name}: not XLIFF 1.2 (the root element is {root.tag!r}); save the file as XLIFF 1.2")
    languages = {file.get("target-language", "") for file in root.iter("file")}
    if len(languages) > 1:
        raise InputError(f"{name}: has texts in {', '.join(sorted(languages))}; one language a file is allowed")
    problems: list[Problem] = []
    units: list[Unit] = []
    for node in root.iter("trans-unit"):
        place = Place(name, lines[node], 1)
        strange = list(_strange(node))
        if strange:
            message = f"there is <{strange[0]}> within the text; only {' and '.join(_TRANSPARENT)} are read"
            problems.append(Problem(message=message, unit=node.get("id", ""), place=place))
        else:
            units.append(_unit(node, place))
    return Sheet(language=next(iter(languages), ""), units=tuple(units), problems=tuple(problems))


def _strange(node: ET.Element) -> Iterator[str]:
    for side in ("source", "target"):
        for inner in (*node.iterfind(f"{side}//*"),):
            if inner.tag not in _TRANSPARENT:
                yield inner.tag


def _unit(node: ET.Element, place: Place) -> Unit:
    target = node.find("target")
    text = "" if target is None else "".join(target.itertext())
    digests = [each.text or "" for each in node.iter("context") if each.get("context-type") == _DIGEST]
    return Unit(
        id=node.get("id", ""),
        source="".join("".join(source.itertext()) for source in node.iterfind("source")),
        digest=digests[0] if digests else "",
        text=text,
        state=_state(node, target, text),
        place=place,
    )


def _state(node: ET.Element, target: ET.Element | None, text: str) -> str:
    """Return the lower of what `state` and `approved` say.

    `approved` alone makes no review: translate-toolkit, and all that is built on it, sets it beside
    `translated` on every text that somebody types.
    """
    said = "" if target is None else target.get("state", "")
    approved = node.get("approved", "")
    if not text.strip() and said in ("", *_NEEDS_WORK):
        return Standing.MISSING
    if said in _NEEDS_WORK:
        return Standing.STALE
    if not said:
        return Standing.CHECKED if approved == "yes" else Standing.DRAFT
    state = _READ.get(said)
    if state is None:
        return said
    return Standing.CHECKED if approved == "no" and state.rank > Standing.CHECKED.rank else state
