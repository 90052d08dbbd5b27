"""How many faults of translation the checks find, by injecting them; prints Markdown.

    python benchmarks/translation_faults.py --write

Needs the checkout, and about a minute of CPU time a language; languages are counted side by side. `--write` puts the
page into `docs/translation-faults.md`. The kinds of fault stand in `faults/`, a function each.
"""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.faults.kinds import KINDS
from benchmarks.faults.page import page
from benchmarks.faults.rooms import TEXTS, Room, Tally, translated
from refusals.corpus import load_corpus

ROOT = Path(__file__).resolve().parents[1]
DOC = ROOT / "docs" / "translation-faults.md"


def count(tag: str, texts: int) -> tuple[dict[str, Tally], Tally]:
    """Return what was found of each kind in a language, and the false alarms."""
    room = Room(load_corpus(ROOT), tag, texts)
    found = {name: room.tally(name) for name in KINDS}
    print(f"{tag} is counted", file=sys.stderr, flush=True)
    return found, room.alarms()


def main() -> None:
    """Inject, count, and print or write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=TEXTS, help="texts a language and kind")
    parser.add_argument("--language", action="append", help="only this one; may be given again")
    parser.add_argument("--write", action="store_true", help=f"put the page into {DOC.relative_to(ROOT)}")
    given = parser.parse_args()
    if given.write and (given.language or given.texts != TEXTS):
        parser.error("--write is for all languages and texts, since the page says so")
    tags = given.language or translated(load_corpus(ROOT))
    with ProcessPoolExecutor() as pool:
        counted = dict(zip(tags, pool.map(count, tags, [given.texts] * len(tags)), strict=True))
    tallies = {name: {tag: counted[tag][0][name] for tag in tags} for name in KINDS}
    written = "\n".join(page(tallies, {tag: counted[tag][1] for tag in tags}))
    print(written)
    if given.write:
        DOC.write_text(written + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
