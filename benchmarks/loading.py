"""What it costs to read 20,000 texts with their evidence, in CPU time beside PyYAML's C loader; prints a table.

python benchmarks/loading.py [--texts 20000]
"""

from __future__ import annotations

import argparse
import gc
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from refusals.cases import load_cases
from refusals.translations import Evidence, State, Translation, evidence_digest
from refusals.translations.writing import write_translations

ROOT = Path(__file__).resolve().parents[1]
MEASURE = """
import sys, time
from pathlib import Path
import yaml
{prepare}
began = time.process_time()
{work}
print(time.process_time() - began)
"""
FLOOR = "for p in Path(sys.argv[1]).rglob('*.yaml'): yaml.load(p.read_bytes(), Loader=yaml.CBaseLoader)"
OURS = "load_corpus(Path(sys.argv[1]))"
ALL = f"list({OURS}.translations.values())"


def write(folder: Path, texts: int) -> int:
    """Write a corpus of as many texts: the project's cases in as many made-up languages as it takes."""
    (folder / "cases").symlink_to(ROOT / "cases")
    _, families = load_cases(ROOT / "cases")
    cases = [case for family in families for case in family.cases if not family.language and case.wording.prompt]
    facts = (ROOT / "translations" / "sw" / "_language.yaml").read_text("utf-8")
    count = 0
    for number in range(-(-texts // len(cases))):
        tag = f"q{chr(97 + number // 26)}{chr(97 + number % 26)}"
        (folder / "translations" / tag).mkdir(parents=True)
        (folder / "translations" / tag / "_language.yaml").write_text(facts.replace("language: sw", f"language: {tag}"))
        for domain in dict.fromkeys(case.id.partition("/")[0] for case in cases):
            rows = [_text(case, tag) for case in cases if case.id.startswith(f"{domain}/")]
            write_translations(folder / "translations" / tag / f"{domain}.yaml", rows)
            count += len(rows)
    (folder / "translations" / "en").symlink_to(ROOT / "translations" / "en")
    return count


def _text(case, tag: str) -> Translation:  # noqa: ANN001 - a case
    digest = case.wording.digest
    wording = replace(case.wording, prompt=f"{tag}: {case.wording.prompt}")  # else all languages were the same bytes
    found = Evidence(
        of=evidence_digest(wording, digest),
        by="same-family machine",
        on="2026-11-28",
        back=case.wording.prompt,
        label=str(case.label),
    )
    return Translation(
        case=case.id,
        language=tag,
        wording=wording,
        source=digest,
        by="machine",
        claimed=State.CHECKED,
        stale=False,
        translator="language-model",
        prompt="0123abcd",
        on="2026-11-28",
        evidence=found,
    )


def measured(folder: Path, work: str, *, prepare: str = "", store: Path | None = None) -> float:
    """Return the least CPU time in s of three processes; each has an empty store of compiled units or the one given."""
    code = MEASURE.format(prepare=prepare, work=work)
    command = [sys.executable, "-c", code, str(folder)]
    taken = []
    for _ in range(3):
        environment = {**os.environ, "XDG_CACHE_HOME": str(store or tempfile.mkdtemp(dir=folder))}
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True, env=environment)
        taken.append(float(done.stdout))
    return min(taken)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=20_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        began = time.monotonic()
        count = write(folder, given.texts)
        print(f"{count:,} texts written in {time.monotonic() - began:.0f} s\n")
        gc.collect()
        floor = measured(folder, FLOOR)
        prepare, store = "from refusals.corpus import load_corpus", Path(tempfile.mkdtemp(dir=folder))
        measured(folder, OURS, prepare=prepare, store=store)
        rows = {
            "PyYAML's C loader, nothing checked": floor,
            "load_corpus, first time": measured(folder, OURS, prepare=prepare),
            "load_corpus, compiled": measured(folder, OURS, prepare=prepare, store=store),
            "load_corpus, compiled, and every text made": measured(folder, ALL, prepare=prepare, store=store),
        }
        for name, seconds in rows.items():
            print(f"| {name} | {seconds:.2f} s | {seconds / floor:.2f} |")


if __name__ == "__main__":
    main()
