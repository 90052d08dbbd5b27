"""The CSV of differences has a row a system, measure, language and group; cells are as `reports.csv` writes them."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING

from refusals.reports.comparison._csv import written
from refusals.statistics.comparison import Difference

if TYPE_CHECKING:
    from refusals.reports._rows import Value
    from refusals.reports.comparison import Compared

FILE = "compare.csv"


def render(compared: Compared) -> str:
    """Return the table, its columns' names first; fractions are unrounded, and what does not apply is empty."""
    columns = [field.name for field in fields(Difference)]
    return written(columns, (_row(each) for each in compared.comparison.differences))


def _row(each: Difference) -> list[Value]:
    group = ";".join(f"{key}={value}" for key, value in each.group)
    return list({**asdict(each), "group": group}.values())
