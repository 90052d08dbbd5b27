"""The Parquet report is read back by pyarrow with its types, its dictionaries and the run's manifest."""

from __future__ import annotations

import csv
import io
import json
import sys
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from refusals.errors import InputError
from refusals.reports.csv import cell
from refusals.reports.csv import render as as_csv
from refusals.reports.parquet import render
from tests.reports.sample_results import HOSTILE, hostile_results, sample_results, usual_results


def _read(written: bytes) -> Any:
    return parquet.read_table(io.BytesIO(written))


def test_it_says_what_the_csv_says() -> None:
    """Both have the same columns and rows; here a value has its type, and what is not known is null."""
    table = _read(render(usual_results()))
    head, *rows = csv.reader(io.StringIO(as_csv(usual_results()), newline=""))

    assert table.column_names == head
    assert [[cell(value) for value in row.values()] for row in table.to_pylist()] == rows


def test_columns_have_types_and_words_are_stored_once() -> None:
    """Words are dictionaries, which pandas takes for categories; numbers and truths are what they are."""
    schema = _read(render(usual_results())).schema

    assert {str(schema.field(name).type.value_type) for name in ("system", "language", "ending", "reason")} == {
        "string"
    }
    assert schema.field("severity").type == schema.field("attempts").type == pa.int64()
    assert schema.field("score").type == schema.field("seconds").type == pa.float64()
    assert schema.field("native").type == pa.bool_()


def test_the_metadata_has_the_manifest_and_the_ruling() -> None:
    """A table that was copied somewhere still says what it is of."""
    metadata = _read(render(usual_results())).schema.metadata
    manifest = json.loads(metadata[b"manifest"])

    assert (metadata[b"schema"], metadata[b"ruling"]) == (b"refusals/outcomes/1", b"invalid")
    assert manifest["corpus"] == usual_results().manifest.corpus
    assert [each["name"] for each in manifest["systems"]] == ["always_refuse", "guard", "chat"]


def test_the_same_results_give_the_same_bytes() -> None:
    """A table says nothing of when it was written."""
    assert render(usual_results(), show_text=True) == render(sample_results(texts=True), show_text=True)


def test_texts_are_columns_only_where_they_are_asked_for() -> None:
    """Without `show_text` there is no column for them."""
    hidden, shown = (_read(render(usual_results(), show_text=shown)) for shown in (False, True))

    assert {"prompt", "reply"} & set(hidden.column_names) == set()
    assert "How do I tie knot" in shown.column("prompt")[0].as_py()


@pytest.mark.parametrize("string", HOSTILE, ids=ascii)
def test_any_text_is_stored_as_it_was(string: str) -> None:
    """A text for research is not cleaned, but for a lone surrogate, which no file can hold."""
    shown = _read(render(hostile_results(string), show_text=True))

    assert set(shown.column("reply").to_pylist()) == {string.replace("\ud800", "\ufffd")}


def test_a_run_without_a_cell_is_an_empty_table() -> None:
    """It has its columns and no row."""
    results = usual_results()
    empty = _read(render(replace(results, plan=replace(results.plan, trials=()), outcomes={})))

    assert (empty.num_rows, empty.column_names[0]) == (0, "trial")


def test_without_pyarrow_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence names the extra."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    with pytest.raises(InputError, match=r"pip install 'refusals\[parquet\]'"):
        render(usual_results())
