"""The Parquet report is the CSV report with types, for pandas, polars and DuckDB.

It is made when it is asked for, and needs the extra `parquet`: `refusals report RUN --format parquet --out
outcomes.parquet`. What is not known is null, words that return are dictionary-encoded (categories in pandas), and the
schema's metadata has `schema`, `ruling` and, as JSON, `manifest`. Prompts and replies, with `--show-text`, are as they
were sent and came, so that a terminal is no place to print them raw.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from refusals.clean import storable
from refusals.extras import library
from refusals.reports._rows import Shape, cleaned, columns_of, manifest_of, rows_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from refusals.reports import Results
    from refusals.reports._rows import Value

FILE = ""


def render(results: Results, *, show_text: bool = False) -> bytes:
    """Return the file; prompts and replies are columns with `show_text` only.

    Raises:
        InputError: if pyarrow is not installed.
    """
    arrow, parquet = (library(name, "parquet", "the report 'parquet'") for name in ("pyarrow", "pyarrow.parquet"))
    columns = columns_of(show_text=show_text)
    schema = arrow.schema(
        [(column.name, _type(arrow, column.shape)) for column in columns], metadata=manifest_of(results)
    )
    values: list[Sequence[Value]] = list(zip(*rows_of(results, columns), strict=True)) or [() for _ in columns]
    arrays = [
        arrow.array(_stored(given, column.shape), type=_type(arrow, column.shape))
        for column, given in zip(columns, values, strict=True)
    ]
    sink = arrow.BufferOutputStream()
    parquet.write_table(arrow.Table.from_arrays(arrays, schema=schema), sink, compression="zstd")
    written: bytes = sink.getvalue().to_pybytes()
    return written


def _type(arrow: Any, shape: Shape) -> Any:
    if shape is Shape.WORD:
        return arrow.dictionary(arrow.int32(), arrow.string())
    plain = {Shape.WHOLE: arrow.int64(), Shape.NUMBER: arrow.float64(), Shape.TRUTH: arrow.bool_()}
    return plain.get(shape, arrow.string())


def _stored(values: Sequence[Value], shape: Shape) -> Sequence[Value]:
    if shape is Shape.TEXT:
        return [storable(value) if isinstance(value, str) else value for value in values]
    return [cleaned(value) if isinstance(value, str) else value for value in values]
