"""The quick reader of the plain form says what the whole reader says, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refusals.errors import InputError
from refusals.nodes import Node
from refusals.plainfile import read_plain
from refusals.yamlfile import _Builder, decoded

ROOT = Path(__file__).parent.parent
FAMILY = (ROOT / "cases" / "cyber" / "port-scanning.yaml").read_text("utf-8")
TEXTS = "".join((ROOT / "translations" / "sw" / "cyber.yaml").read_text("utf-8").splitlines(keepends=True))
TEXTS = TEXTS[: TEXTS.index("cyber/port-scanning/dual_use:")]
FACTS = (
    'language: sw\nconfusable: ["rw", "rn"]\nendings: [".", "!"]\nrefusals:\n  # apology\n  - "samahani, siwezi"\n'
    "  - siwezi kusaidia\nturns:\n  - role: user\n    text: >-\n      Naomba\n      msaada.\n"
    "  - role: tool\n    text: sawa\n"
)
SAMPLES = {"family": FAMILY, "texts": TEXTS, "facts": FACTS}
PIECES = (
    *" \t\n:#-\"'[]{}&*!|>%@`,?\\",
    "- ",
    ": ",
    " #",
    ">-",
    "|\n",
    "\n\n",
    "  ",
    "key:",
    "é",
    "0x1",
    "---\n",
    "...\n",
)


def whole(text: str) -> Node | None:
    """Return what the whole reader reads, None where it refuses."""
    try:
        return _Builder(text, "x").document()
    except InputError:
        return None


OWN = (*sorted((ROOT / "cases").rglob("*.yaml")), *sorted((ROOT / "translations").glob("*/[_c]*.yaml")))


@pytest.mark.parametrize("path", OWN, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_it_says_the_same_of_our_own_files(path: Path) -> None:
    """Every value, and its place."""
    text = decoded(path.read_bytes(), "x")
    found = read_plain(text, "x")

    assert found is None or found == _Builder(text, "x").document()


@pytest.mark.parametrize("text", SAMPLES.values(), ids=SAMPLES)
def test_what_we_write_is_plain(text: str) -> None:
    """The quick reader is no use if our own files take the long way."""
    assert read_plain(text, "x") == whole(text) is not None


@settings(max_examples=400)
@given(data=st.data())
def test_a_changed_file_is_never_read_otherwise(data: st.DataObject) -> None:
    """Wherever something is put in or taken out, it agrees with the whole reader, or leaves the file to it."""
    text = data.draw(st.sampled_from(sorted(SAMPLES.values())))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.sampled_from((0, 0, 1, 2, 7)))
        text = text[:at] + data.draw(st.sampled_from(PIECES)) + text[at + cut :]
    found = read_plain(text, "x")

    assert found is None or found == whole(text)


@given(text=st.text(alphabet="ab:-# \n\"[],'>|0", max_size=60))
def test_short_texts_are_never_read_otherwise(text: str) -> None:
    """The same for texts of YAML's own marks."""
    found = read_plain(text, "x")

    assert found is None or found == whole(text)
