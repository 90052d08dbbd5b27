"""A page that is generated is printed, or written with `--write`; nobody edits it, and a test holds it current."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def joined(pieces: Iterable[str]) -> str:
    """Return a page from its pieces."""
    return "\n".join(pieces).rstrip() + "\n"


def main(doc: Path, about: str | None, pieces: Callable[[], Iterable[str]]) -> None:
    """Print or write the page; `about` is what `--help` says."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help=f"put the page into {doc.relative_to(ROOT)}")
    given = parser.parse_args()
    written = joined(pieces())
    if given.write:
        doc.write_text(written, encoding="utf-8")
    else:
        print(written)
