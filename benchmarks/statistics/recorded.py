"""A simulation prints its tables, or puts them beside its script with `--record`, so that pages can include them."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path


def table(columns: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    """Yield a table in Markdown, a line at a time."""
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def main(script: str, about: str | None, lines: Callable[[int], Iterator[str]], repetitions: int) -> None:
    """Simulate, and print or record what `lines` yields for a number of repetitions."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=repetitions)
    parser.add_argument("--record", action="store_true", help="put the tables beside this script")
    given = parser.parse_args()
    made = []
    for line in lines(given.repetitions):
        print(line, flush=True)
        made.append(f"{line}\n")
    if given.record:
        Path(script).with_suffix(".md").write_text("".join(made), encoding="utf-8")
