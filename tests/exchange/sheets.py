"""Sheets and corpora for the tests of the exchange: any text that a corpus can hold, in every format."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import cast

from hypothesis import strategies as st

from refusals.corpus import Corpus, load_corpus
from refusals.exchange import Sheet, Standing, Unit
from refusals.exchange._units import sheet_of
from refusals.plugins import plugin, plugins
from tests.corpora import LABELS, write_corpus

FORMATS = sorted(plugins("exchange"))
ALL = tuple(Standing)

# What the corpus' reader takes: no control characters but tab and newline, no surrogates, no noncharacter in the BMP.
CHARACTERS = st.characters(
    exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\ufeff\ufffe\uffff", include_characters="\t\n"
)
# What is special in one of the formats, or in a script.
SPECIAL = (
    "=1+1",
    "@SUM(A1)",
    "+",
    "-",
    "'",
    '"',
    "\\",
    "\\n",
    "<b>",
    "&amp;",
    "]]>",
    "%s",
    "{x}",
    "_x0041_",
    "#N/A",
    "TRUE",
)
SCRIPTS = (
    "שלום",
    "\u200f\u0645\u0631\u062d\u0628\u0627\u200e",
    "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    "क्षि",
    "中文",
    "ọ̀",
    "👩\u200d🚒",
    "  ",
    "\n\n",
    "\t",
    "\u3000",
    "\u00a0",
)
TEXTS = (
    st.text(CHARACTERS, min_size=1, max_size=60) | st.lists(st.sampled_from(SPECIAL + SCRIPTS), min_size=1).map("".join)
).filter(lambda text: bool(text.strip()))


def _unit(number: int, source: str, text: str, state: Standing) -> Unit:
    empty = state is Standing.MISSING
    return Unit(
        id=f"garden/tree-{number}/benign#text",
        source=source,
        digest=f"{number:08x}",
        text="" if empty else text,
        state=state,
        label="benign",
        why=source,
        previous=text if state is Standing.STALE else "",
        translator="" if empty else "machine",
        machine=not empty,
        notes=("Translate the request. Do not answer it.",),
    )


UNITS = st.lists(st.tuples(TEXTS, TEXTS, st.sampled_from(ALL)), min_size=1, max_size=4).map(
    lambda rows: tuple(_unit(number, *row) for number, row in enumerate(rows, 1))
)
SHEETS = st.builds(
    Sheet,
    language=st.sampled_from(["sw", "pt-BR", "zh-Hans", "sr-Latn"]),
    direction=st.sampled_from(["ltr", "rtl"]),
    units=UNITS,
    notes=st.lists(TEXTS, max_size=1).map(tuple),
)


def written(form: str, sheet: Sheet) -> bytes:
    """Return a sheet as a file of a format."""
    return cast("Callable[[Sheet], bytes]", plugin("exchange", form).load().write)(sheet)


def read_back(form: str, raw: bytes) -> Sheet:
    """Return what a format reads in a file."""
    return cast("Callable[[bytes, str], Sheet]", plugin("exchange", form).load().read)(raw, f"sw.{form}")


def carried(sheet: Sheet) -> list[tuple[str, str, str, str, str]]:
    """Return what a file must bring back of each unit."""
    return [(unit.id, unit.source, unit.digest, unit.text, str(unit.state)) for unit in sheet.units]


def corpus_in(folder: Path, families: int = 1, languages: tuple[str, ...] = ("en", "sw")) -> Corpus:
    """Return a corpus of machine's drafts in Swahili."""
    return load_corpus(write_corpus(folder, families=families, languages=languages))


def sheet_in(corpus: Corpus, tag: str = "sw") -> Sheet:
    """Return all its texts."""
    from refusals.cases import Label

    return sheet_of(corpus, tag, tuple(Label), ALL)


def unit_in(corpus: Corpus, label: str = "benign", **changes: object) -> Unit:
    """Return the unit of a case of the first family, changed."""
    (unit,) = (unit for unit in sheet_in(corpus).units if unit.id == f"garden/tree-1/{label}#text")
    return replace(unit, **changes)  # type: ignore[arg-type]


def write_kinds(folder: Path) -> Corpus:
    """Write a corpus with an exchange and a conversation beside a request, without a text in Swahili."""
    write_corpus(folder, families=1)
    (folder / "translations" / "sw" / "garden.yaml").unlink()
    for name, kind, words in (
        ("talk", "exchange", "prompt: May I pick it?\n    reply: Yes."),
        ("visit", "conversation", "turns: [{role: user, text: Hello?}, {role: assistant, text: Yes?}]"),
    ):
        cases = "".join(f"  {label}:\n    {words}\n    mechanism: direct\n    why: x\n" for label in LABELS)
        text = re.sub(r"^cases:\n.*", f"cases:\n{cases}", _first(folder), flags=re.MULTILINE | re.DOTALL)
        text = text.replace("garden/tree-1", f"garden/{name}").replace("kind: request", f"kind: {kind}")
        (folder / "cases" / "garden" / f"{name}.yaml").write_text(text, "utf-8")
    return load_corpus(folder)


def _first(folder: Path) -> str:
    return (folder / "cases" / "garden" / "tree-1.yaml").read_text("utf-8")
