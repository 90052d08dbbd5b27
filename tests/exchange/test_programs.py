"""Programs of others read what we write, each as a process of its own; one that is not installed skips its test."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
from pathlib import Path

import polib
import pytest

from refusals.exchange import Sheet, Standing
from tests.exchange.sheets import SCRIPTS, SPECIAL, _unit, carried, read_back, written

# White space that gettext wants alike at both ends of source and text is inside.
TEXTS = [f"a{text}z" for text in (*SPECIAL, *SCRIPTS)] + [
    "first\nsecond\n\n  indented third",
    "\u05e9\u05dc\u05d5\u05dd (ltr) \u05e2\u05d5\u05dc\u05dd?",
]
STATES = [Standing.DRAFT, Standing.CHECKED, Standing.STALE, Standing.REVIEWED]
SHEET = Sheet(
    language="ar",
    direction="rtl",
    notes=("A note.",),
    units=tuple(
        _unit(number, f"source {number}: {text}", text, STATES[number % len(STATES)])
        for number, text in enumerate(TEXTS, 1)
    ),
)
PAIRS = {unit.source: unit.text for unit in SHEET.units}


def program(name: str, package: str) -> str:
    """Return the path of a program, or skip."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"the program {name} of {package} is not on the PATH")
    return found


def run(*command: str | Path) -> str:
    """Run a program that must succeed and find nothing to complain about, and return what it says."""
    said = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=120)
    assert said.returncode == 0, said.stderr
    assert "error" not in said.stderr.lower()
    return said.stdout + said.stderr


@pytest.fixture
def po(tmp_path: Path) -> Path:
    """The sheet as a PO file."""
    path = tmp_path / "ar.po"
    path.write_bytes(written("po", SHEET))
    return path


@pytest.fixture
def xliff(tmp_path: Path) -> Path:
    """The sheet as an XLIFF file."""
    path = tmp_path / "ar.xliff"
    path.write_bytes(written("xliff", SHEET))
    return path


def test_gettext_finds_nothing_wrong(po: Path) -> None:
    """`msgfmt --check` takes every entry, fuzzy ones too, without a warning."""
    said = run(program("msgfmt", "gettext"), "--check", "--use-fuzzy", "--statistics", "-o", po.with_suffix(".mo"), po)

    counts = [int(count) for count in re.findall(r"(\d+) (?:translated|fuzzy)", said)]
    assert sum(counts) == len(TEXTS)
    assert len(counts) == 2
    assert "warning" not in said


def test_what_gettext_writes_is_read(po: Path) -> None:
    """`msgcat` wraps, sorts and escapes anew; nothing is lost."""
    sorted_po = po.with_name("sorted.po")
    run(program("msgcat", "gettext"), "--width=40", "--sort-output", "-o", sorted_po, po)

    assert sorted(carried(read_back("po", sorted_po.read_bytes()))) == sorted(carried(SHEET))


def test_translate_toolkit_reads_our_xliff(xliff: Path) -> None:
    """`xliff2po` keeps every newline and every space, which it would not without `xml:space`."""
    made = xliff.with_suffix(".po")
    run(program("xliff2po", "translate-toolkit"), "--progress=none", xliff, made)
    found = polib.pofile(str(made), encoding="utf-8", wrapwidth=0)

    assert {entry.msgid: entry.msgstr for entry in found} == PAIRS


def test_translate_toolkit_reads_our_po(po: Path) -> None:
    """`po2csv` keeps the texts, but for backslashes, which it doubles."""
    made = po.with_suffix(".csv")
    run(program("po2csv", "translate-toolkit"), "--progress=none", po, made)
    with made.open(encoding="utf-8", newline="") as file:
        found = {row["source"]: row["target"] for row in csv.DictReader(file)}

    assert {source.replace("\\\\", "\\"): text.replace("\\\\", "\\") for source, text in found.items()} == PAIRS


def test_translate_toolkit_finds_what_is_missing(tmp_path: Path) -> None:
    """`pofilter` names the one text that is not there."""
    path, made = tmp_path / "in.po", tmp_path / "out.po"
    units = (_unit(1, "one", "moja", Standing.CHECKED), _unit(2, "two", "", Standing.MISSING))
    path.write_bytes(written("po", Sheet(language="sw", units=units)))
    run(program("pofilter", "translate-toolkit"), "--progress=none", "-t", "untranslated", path, made)

    assert [entry.msgctxt for entry in polib.pofile(str(made), encoding="utf-8")] == ["garden/tree-2/benign#text"]


def test_libreoffice_reads_our_spreadsheet(tmp_path: Path) -> None:
    """It shows the texts as they are: no formula is reckoned, no number made."""
    soffice = program("soffice", "LibreOffice")
    path = tmp_path / "ar.xlsx"
    path.write_bytes(written("xlsx", SHEET))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    run(
        soffice,
        profile,
        "--headless",
        "--convert-to",
        "csv:Text - txt - csv (StarCalc):44,34,76",
        "--outdir",
        tmp_path,
        path,
    )
    with path.with_suffix(".csv").open(encoding="utf-8", newline="") as file:
        found = {row["source"]: row["text"] for row in csv.DictReader(file)}

    assert found == PAIRS


def test_what_libreoffice_saves_is_read(tmp_path: Path) -> None:
    """A translator who opens the spreadsheet there and saves it gives back every text, state and digest."""
    soffice = program("soffice", "LibreOffice")
    path, saved = tmp_path / "ar.xlsx", tmp_path / "saved"
    path.write_bytes(written("xlsx", SHEET))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    run(soffice, profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", saved, path)

    assert carried(read_back("xlsx", (saved / "ar.xlsx").read_bytes())) == carried(SHEET)
