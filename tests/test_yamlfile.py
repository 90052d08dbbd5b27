"""A file is data: whatever else it tries to be is refused at its place, quickly."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from refusals.errors import InputError
from refusals.nodes import Node
from refusals.yamlfile import MAX_BYTES, MAX_DEPTH, parse_yaml, read_yaml

HOSTILE = {
    "anchor": ("a: &x 1\n", "1:4", "anchor"),
    "alias": ("a: &x 1\nb: *x\n", "1:4", "anchor"),
    "alias alone": ("b: *x\n", "1:4", "x"),
    "python tag": ("a: !!python/object/apply:os.system [ls]\n", "1:4", "tag"),
    "binary tag": ("a: !!binary aGk=\n", "1:4", "tag"),
    "non-specific tag": ("a: ! b\n", "1:4", "tag"),
    "tag directive": ("%TAG ! tag:x,2000:\n---\na: b\n", "1:1", "directives"),
    "version directive": ("%YAML 1.1\n---\na: b\n", "1:1", "directives"),
    "merge key": ("a: {b: 1}\n<<: {c: 1}\n", "2:1", "merge key"),
    "duplicate key": ("a: 1\nb: 2\na: 3\n", "3:1", "'a'"),
    "duplicate key after NFC": ("\u00e9: 1\ne\u0301: 2\n", "2:1", "second time"),
    "mapping as key": ("? {a: b}\n: c\n", "1:3", "plain word"),
    "two documents": ("a: b\n---\nc: d\n", "2:1", "second document"),
    "deep sequence": ("[" * 100_000, "1:33", "levels"),
    "deep mapping": ("{a: " * 100_000, "1:", "levels"),
    "deep block": ("- " * 100_000 + "a", "1:", "levels"),
    "NUL": ("a: b\x00c\n", "1:5", "U+0000"),
    "escaped NUL": ('a: "b\\0c"\n', "1:4", "U+0000"),
    "escape character": ("a: b\n\x1b[31m: c\n", "2:1", "U+001B"),
    "bell": ('a: "\\a"\n', "1:4", "U+0007"),
    "next line": ("a: b\u0085c\n", "1:5", "U+0085"),
    "line separator": ("a: b\u2028c\n", "1:5", "U+2028"),
    "byte order mark inside": ("a: b\ufeffc\n", "1:5", "U+FEFF"),
    "escaped surrogate": ('a: "\\ud83d\\ude00"\n', "1:", ""),
    "empty": ("", "1:1", "empty"),
    "only a comment": ("# nothing\n", "1:1", "empty"),
    "tab for indentation": ("a:\n\t- b\n", "2:1", "not valid YAML"),
    "unclosed quote": ("a: 'b\n", "2:1", "not valid YAML"),
}


@pytest.mark.parametrize(("text", "place", "said"), HOSTILE.values(), ids=HOSTILE)
def test_what_is_more_than_data_is_refused_at_its_place(text: str, place: str, said: str) -> None:
    """Every hostile document ends in one line that names file, line, column and the offence."""
    with pytest.raises(InputError) as error:
        parse_yaml(text.encode(), "x.yaml")

    assert str(error.value).startswith(f"x.yaml:{place}")
    assert said in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252"])
def test_other_encodings_are_refused(encoding: str) -> None:
    """Only UTF-8 is read; PyYAML alone would take UTF-16."""
    with pytest.raises(InputError, match=r"x\.yaml:1:"):
        parse_yaml("é: naïve\n".encode(encoding), "x.yaml")


def test_raw_surrogate_bytes_are_refused() -> None:
    """A lone surrogate cannot even be smuggled in as bytes."""
    with pytest.raises(InputError, match=r"x\.yaml:1:4 byte 3 is not UTF-8 \(found 0xed\)"):
        parse_yaml(b"a: \xed\xa0\xbd\n", "x.yaml")


def test_a_leading_byte_order_mark_is_taken_off() -> None:
    """Editors write one; it is not part of the first key."""
    assert list(parse_yaml(b"\xef\xbb\xbfa: b\n", "x").entries) == ["a"]


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    """A scalar of 20 MB costs a look at the file's size."""
    path = tmp_path / "huge.yaml"
    path.write_bytes(b"a: " + b"x" * (20 * 2**20))

    with pytest.raises(InputError, match=f"allowed: {MAX_BYTES:,}"):
        read_yaml(path)


def test_a_huge_scalar_is_refused() -> None:
    """A text has an end."""
    with pytest.raises(InputError, match=r"x:1:4 a text of 300,000 characters"):
        parse_yaml(b"a: " + b"x" * 300_000, "x")


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    """No traceback for a path with a typo."""
    with pytest.raises(InputError, match=r"none\.yaml: cannot be read: No such file"):
        read_yaml(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    "plain",
    ["no", "NO", "off", "yes", "true", "null", "~", "12:30", "012", "1_000", "1.10", ".nan", "1e400", "2026-01-01"],
)
def test_every_scalar_is_a_string(plain: str) -> None:
    """YAML 1.1 would make a boolean, a number, a date or nothing of these."""
    assert parse_yaml(f"a: {plain}\n".encode(), "x").text("a") == plain


def test_nesting_up_to_the_limit_is_read() -> None:
    """The limit is on depth, not on an honest file."""
    text = "[" * MAX_DEPTH + "]" * MAX_DEPTH

    assert isinstance(parse_yaml(text.encode(), "x").value, list)


# What YAML can say in a double-quoted scalar and we allow in a text.
TEXTS = st.text(
    st.characters(
        exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\ufeff\ufffe\uffff", include_characters="\t\n"
    )
)
DATA = st.recursive(
    TEXTS, lambda inner: st.lists(inner) | st.dictionaries(st.text("abcdefgh", min_size=1), inner), max_leaves=12
)


def plain(node: Node) -> object:
    """Return a node as lists, dictionaries and strings."""
    if isinstance(node.value, dict):
        return {key: plain(value) for key, value in node.value.items()}
    return [plain(item) for item in node.value] if isinstance(node.value, list) else node.value


@given(DATA)
def test_what_another_writer_wrote_is_read_back_unchanged(data: object) -> None:
    """No character of a text is lost or rewritten, whatever the script."""
    written = yaml.dump({"root": data}, allow_unicode=True, default_style='"').replace("!!str ", "")

    assert plain(parse_yaml(written.encode(), "x")) == {"root": data}


@given(st.text(st.sampled_from("a: b-[]{}&*!|>'\"%#\n\t,?é\x00\x1b\u2028\ufeff😀")))
def test_any_soup_of_tokens_is_read_or_refused(soup: str) -> None:
    """Nothing but an InputError with its place comes out of bad bytes."""
    try:
        parse_yaml(soup.encode(), "x.yaml")
    except InputError as error:
        assert error.place is not None  # noqa: PT017 - either outcome is fine


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    """The same for bytes that are no text at all."""
    try:
        parse_yaml(raw, "x.yaml")
    except InputError as error:
        assert error.place is not None  # noqa: PT017


def test_the_interpreter_survives_every_hostile_document(tmp_path: Path) -> None:
    """Depth is counted on events, so that neither C nor Python recursion can end the process."""
    (tmp_path / "deep.yaml").write_text("[" * 1_000_000)
    code = "from pathlib import Path; from refusals.yamlfile import read_yaml; read_yaml(Path('deep.yaml'))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path)

    assert said.returncode == 1
    assert "InputError: deep.yaml:1:33 more than 32 levels" in said.stderr
