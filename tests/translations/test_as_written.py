"""Texts in the writer's form are read as the whole reader reads them, or left to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refusals.cases import Kind, load_cases
from refusals.compiled import File
from refusals.errors import InputError
from refusals.translations.as_written import rows_as_written
from refusals.translations.loading import _read_whole
from refusals.yamlfile import decoded

ROOT = Path(__file__).resolve().parents[2]
KINDS = {"cyber/a/benign": Kind.REQUEST, "cyber/b/harmful": Kind.EXCHANGE, "cyber/c/dual_use": Kind.CONVERSATION}
EVIDENCE = (
    "  evidence:\n    of: 0123abcd\n    back: >-\n      Said\n      back.\n"
    "    label: benign\n    by: a reader\n    on: 2026-11-28\n"
)
FACTS = (
    "  source: 0123abcd\n  by: machine\n  translator: a-model\n  prompt: 89abcdef\n  on: 2026-11-28\n  state: checked\n"
)
FILE = (
    "# A comment.\n"
    f"cyber/a/benign:\n  text: >-\n    Habari\n    gani?\n{FACTS}{EVIDENCE}"
    f'cyber/b/harmful:\n  text: "Moja."\n  reply: >-\n    Mbili.\n{FACTS}{EVIDENCE}'
    "cyber/c/dual_use:\n  turns:\n    - role: user\n      text: >-\n        Tatu.\n    - role: assistant\n"
    '      text: "Nne."\n  source: 0123abcd\n  by: human\n  state: draft\n'
)
MUTATIONS = st.sampled_from(
    [
        *'\n #":->[]{}&*!|%@`,?~',
        "  ",
        "\t",
        "\u3000",
        "\u00a0",
        "x",
        "0",
        "by: human\n",
        "  state: draft\n",
        "---\n",
        "''",
        "\\n",
    ]
)


def whole(text: str, kinds: dict[str, Kind]) -> list[tuple[object, ...]] | None:
    """Return the rows of the whole reader, None where it refuses."""
    try:
        return list(_read_whole(File("cyber.yaml", "cyber.yaml", text.encode()), "cyber", kinds, 0))
    except InputError:
        return None


def test_the_form_of_the_writer_is_read() -> None:
    """Requests, exchanges and conversations, in blocks and in quotes."""
    rows = rows_as_written(FILE, "cyber", KINDS, 0)
    assert rows == whole(FILE, KINDS)
    assert rows is not None
    assert [row[0] for row in rows] == list(KINDS)


@given(at=st.integers(0, len(FILE) - 1), upto=st.integers(0, 12), new=MUTATIONS)
def test_another_form_is_left_to_the_whole_reader(at: int, upto: int, new: str) -> None:
    """A place that was changed is read alike, or not at all."""
    text = FILE[:at] + new + FILE[at + upto :]
    quick = rows_as_written(text, "cyber", KINDS, 0)
    assert quick is None or quick == whole(text, KINDS)


@given(st.permutations(FILE.splitlines(keepends=True)), st.integers(0, 40))
def test_lines_in_another_order_are_left_to_the_whole_reader(lines: list[str], upto: int) -> None:
    """So are lines that were mixed up."""
    text = "".join(lines[:upto] or FILE)
    quick = rows_as_written(text, "cyber", KINDS, 0)
    assert quick is None or quick == whole(text, KINDS)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("cyber/b/harmful", "cyber/a/benign"),
        ("cyber/a/benign", "fraud/a/benign"),
        ("cyber/a/benign", "cyber/none/benign"),
        ("  reply: >-\n    Mbili.\n", ""),
        (EVIDENCE, ""),
        ("    Habari\n    gani?\n", "    \u3000\n"),
        ("0123abcd", "0123ABCD"),
        ("    Habari\n", "    " + "a" * 200_001 + "\n"),
    ],
)
def test_what_is_wrong_is_left_to_the_whole_reader(old: str, new: str) -> None:
    """It has the words for errors."""
    text = FILE.replace(old, new, 1)
    assert text != FILE
    assert rows_as_written(text, "cyber", KINDS, 0) is None
    assert whole(text, KINDS) is None


def test_the_corpus_is_read_alike() -> None:
    """Nearly all of it by the quick way, else that were not worth its lines."""
    _, families = load_cases(ROOT / "cases")
    kinds = {case.id: family.kind for family in families for case in family.cases if not family.language}
    files = sorted(path for path in (ROOT / "translations").glob("*/*.yaml") if path.name != "_language.yaml")
    quick = 0
    for path in files:
        rows = rows_as_written(decoded(path.read_bytes(), path.name), path.stem, kinds, 0)
        if rows is not None:
            quick += 1
            assert rows == list(_read_whole(File(path.name, path.name, path.read_bytes()), path.stem, kinds, 0)), path
    assert quick >= 0.9 * len(files)
