"""How many faults of translation the checks find, by injecting them; prints Markdown.

    python benchmarks/translation_faults.py --write

Needs the checkout, and some three minutes. `--write` puts the page into `docs/translation-faults.md`. The kinds of
fault stand in `faults/`, a function each.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.faults.kinds import KINDS
from benchmarks.faults.page import page
from benchmarks.faults.rooms import TEXTS, Room, translated
from refusals.corpus import load_corpus

ROOT = Path(__file__).resolve().parents[1]
DOC = ROOT / "docs" / "translation-faults.md"


def main() -> None:
    """Inject, count, and print or write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=TEXTS, help="texts a language and kind")
    parser.add_argument("--language", action="append", help="only this one; may be given again")
    parser.add_argument("--write", action="store_true", help=f"put the page into {DOC.relative_to(ROOT)}")
    given = parser.parse_args()
    if given.write and (given.language or given.texts != TEXTS):
        parser.error("--write is for all languages and texts, since the page says so")
    corpus = load_corpus(ROOT)
    rooms = [Room(corpus, tag, given.texts) for tag in given.language or translated(corpus)]
    tallies = {name: {room.tag: room.tally(name) for room in rooms} for name in KINDS}
    written = "\n".join(page(tallies, {room.tag: room.alarms() for room in rooms}))
    print(written)
    if given.write:
        DOC.write_text(written + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
