"""XML from outside is elements and text: a document type, and with it every entity, is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import TreeBuilder
from xml.parsers import expat

from refusals.errors import InputError, Place

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


def parse_xml(raw: bytes, name: str, namespace: str = "") -> tuple[Element, dict[Element, int]]:
    """Return the root element, and the line on which each element begins.

    Elements of `namespace` are called by their local name, others `uri}name`.

    Raises:
        InputError: if it is not well-formed, or has a document type.
    """
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    builder: Any = TreeBuilder()
    lines: dict[Element, int] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        lines[builder.start(tag.removeprefix(f"{namespace}}}"), attributes)] = parser.CurrentLineNumber

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda tag: builder.end(tag.removeprefix(f"{namespace}}}"))
    parser.CharacterDataHandler = builder.data
    _parse(parser, raw, name)
    return builder.close(), lines


def refuse_document_types(raw: bytes, name: str) -> None:
    """Make sure that XML which somebody else will read has no document type and is well-formed.

    Raises:
        InputError: if it has, or is not.
    """
    _parse(expat.ParserCreate(), raw, name)


def _parse(parser: expat.XMLParserType, raw: bytes, name: str) -> None:
    def refuse(*_: object) -> None:
        place = Place(name, parser.CurrentLineNumber, 1)
        raise InputError("a document type (<!DOCTYPE …>) is not allowed; take it out", place)

    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(raw, True)  # noqa: FBT003 - expat's shape: this is all of it
    except expat.ExpatError as error:
        said = expat.ErrorString(error.code)
        raise InputError(f"not valid XML: {said}", Place(name, error.lineno, error.offset + 1)) from None
    except (LookupError, ValueError) as error:
        raise InputError(f"{name}: not valid XML: {error}") from None
