"""A heat map of languages by measures, as coordinates: darker is worse, and every cell says its number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from refusals.reports._numbers import DASH, missing, percent

if TYPE_CHECKING:
    from collections.abc import Callable

    from refusals.reports._table import Row, Table

LEFT, TOP = 66, 34
CELL_WIDTH, CELL_HEIGHT = 54, 26
STEPS = 20  # colours of the scale, as classes h0 to h20 of page/report.css


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One square: `step` is its colour, None where there is nothing to colour (hatched)."""

    x: float
    y: float
    text: str
    step: int | None
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heatmap:
    """All squares with the words beside them; `heads` are (x, first line, second line)."""

    id: str
    about: str
    heads: tuple[tuple[float, str, str], ...]
    rows: tuple[tuple[float, str], ...]
    cells: tuple[Cell, ...]
    width: float
    height: float


def heatmap_of(table: Table, position: int) -> Heatmap:
    """Return the heat map of a system; selectivity is turned round, so that more is worse everywhere."""
    columns = [(head, share) for key, head, share in _COLUMNS if not key or any(c.key == key for c in table.columns)]
    cells = tuple(
        _cell(row, head, share(row), (LEFT + across * CELL_WIDTH, TOP + down * CELL_HEIGHT))
        for down, row in enumerate(table.rows)
        for across, (head, share) in enumerate(columns)
    )
    return Heatmap(
        id=f"heat-{position}",
        about="; ".join(cell.said for cell in cells),
        heads=tuple((LEFT + (n + 0.5) * CELL_WIDTH, *head) for n, (head, _) in enumerate(columns)),
        rows=tuple((TOP + (n + 0.5) * CELL_HEIGHT, row.tag) for n, row in enumerate(table.rows)),
        cells=cells,
        width=LEFT + len(columns) * CELL_WIDTH + 2,
        height=TOP + len(table.rows) * CELL_HEIGHT + 4,
    )


def _cell(row: Row, head: tuple[str, str], share: float | None, corner: tuple[float, float]) -> Cell:
    text = missing(None) if share is None else percent(share, 0 if share >= 0.0995 else 1)
    name = f"{head[0]}{head[1]}" if head[0].endswith("-") else f"{head[0]} {head[1]}".strip()
    return Cell(
        x=corner[0],
        y=corner[1],
        text=DASH if share is None else text,
        step=None if share is None else round(share * STEPS),
        said=f"{row.tag}, {name}: {text}{'' if share is None else ' %'}",
    )


def _figure(key: str, *, turned: bool = False) -> Callable[[Row], float | None]:
    def share(row: Row) -> float | None:
        estimate = row.figures.get(key)
        if estimate is None or estimate.rate is None:
            return None
        return 1 - estimate.rate if turned else estimate.rate

    return share


def _undecided(row: Row) -> float | None:
    return row.cells.undecided / row.cells.planned if row.cells.planned else None


_COLUMNS = (
    ("over", ("over-", "refusal"), _figure("over")),
    ("benign", ("over, of", "benign"), _figure("benign")),
    ("under", ("under-", "refusal"), _figure("under")),
    ("dual", ("dual-use", "refused"), _figure("dual")),
    ("selective", ("families", "not right"), _figure("selective", turned=True)),
    ("", ("un-", "decided"), _undecided),
)
