"""Put the canary of each language and version at the head of its files, or say where it is missing.

    python benchmarks/corpus/canaries.py [--write]

A canary is an identifier that stands nowhere else: a model that can say it has seen these files. It is in comments and
metadata only, never in a text that a system is sent. It is a UUID (version 5, RFC 9562) of version and language.
"""

from __future__ import annotations

import argparse
import sys
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from refusals import __version__
from refusals.languages import SOURCE_LANGUAGE
from refusals.wholefile import write_whole

ROOT = Path(__file__).resolve().parents[2]
SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "refusals/canary")
SAID = "# Evaluation data: keep it out of training corpora. Canary {guid}, refusals {version} {tag}.\n"


def canary(tag: str, version: str = __version__) -> str:
    """Return the identifier of a language's texts in a version."""
    return str(uuid.uuid5(SPACE, f"{version} {tag}"))


def header(tag: str) -> str:
    """Return the line at the head of a language's files."""
    return SAID.format(guid=canary(tag), version=__version__, tag=tag)


def files() -> dict[Path, str]:
    """Return every file of the corpus with texts in it, and its language."""
    found = {path: path.parent.name for path in sorted((ROOT / "translations").glob("*/[!_]*.yaml"))}
    for path in sorted((ROOT / "cases").rglob("*.yaml")):
        if not path.name.startswith("_"):
            parts = path.relative_to(ROOT / "cases").parts
            found[path] = parts[1] if parts[0] == "native" else SOURCE_LANGUAGE
    return found


def missing() -> list[Path]:
    """Return the files that do not begin with the canary of their language."""
    return [path for path, tag in files().items() if not path.read_text("utf-8").startswith(header(tag))]


def main() -> None:
    """Say what is missing, or write it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="put it there")
    given = parser.parse_args()
    tags = files()
    for path in missing():
        if not given.write:
            sys.exit(f"{path.relative_to(ROOT)}: has not the canary of {tags[path]}; run with --write")
        lines = path.read_text("utf-8").splitlines(keepends=True)
        rest = [line for line in lines if not line.startswith("# Evaluation data: keep it out of training corpora.")]
        write_whole(path, header(tags[path]) + "".join(rest))
    print(f"{len(tags):,} files")


if __name__ == "__main__":
    main()
