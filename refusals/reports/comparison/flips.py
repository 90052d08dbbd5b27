"""The CSV of flips has a row a cell whose decision changed, worse first; no text of it."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING

from refusals.reports._csv_table import written
from refusals.reports.comparison._flips import changed_cells
from refusals.statistics.comparison import Flip

if TYPE_CHECKING:
    from refusals.reports.comparison import Compared

FILE = "compare-flips.csv"


def render(compared: Compared) -> str:
    """Return the table, its columns' names first."""
    columns = [field.name for field in fields(Flip)]
    return written(columns, (list(asdict(each).values()) for each in changed_cells(compared).cells))
