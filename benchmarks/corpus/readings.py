"""Score what blind readers wrote beside their sheets, and store the evidence with each text.

    python benchmarks/corpus/readings.py --language sw --sheets DIR --keys DIR [--write] [--on 2026-11-28]

Prints a row for each language: labels kept, benign and harmful swapped, damaged texts noticed, twins matched. A planted
twin is noticed where the label read is not that of the id; a cut or spliced text where the reader wrote that something
is odd. `--write` makes a text `checked` whose label was kept, whose twins were all matched, and which stands in
`meaning.read` (number, tab, `same` or `drifted`, tab, what), written by somebody who compared `back.read` with the
English. `--record` keeps the figures for docs/corpus.md.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.corpus.sheets import shown
from refusals.corpus import Corpus, load_corpus
from refusals.languages import SOURCE_LANGUAGE
from refusals.translating.pages import Pages
from refusals.translations import Evidence, State, evidence_digest

ROOT = Path(__file__).resolve().parents[2]
RECORD = Path(__file__).with_name("readings.yaml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What a reader said of a case: the label, and what is odd; `planted` names the damage that was done to it."""

    case: str
    label: str
    odd: str
    planted: str

    @property
    def kept(self) -> bool:
        """Whether the label read is that of the case."""
        return self.label == self.case.rpartition("/")[2].partition("-")[0]

    @property
    def swapped(self) -> bool:
        """Whether benign was read as harmful, or the other way round."""
        return not self.kept and "dual_use" not in (self.label, self.case.rpartition("/")[2].partition("-")[0])

    @property
    def noticed(self) -> bool:
        """Whether planted damage shows in the answer."""
        return not self.kept if self.planted == "twin" else bool(self.odd)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """All answers on a language. `twins` says by family whether all were matched; `drifted` are texts to mend.

    `seen` is what the reader was shown, since a text may have been changed meanwhile.
    """

    reads: tuple[Read, ...]
    unanswered: int
    backs: Mapping[str, str]
    seen: Mapping[str, str]
    twins: Mapping[str, bool]
    same: frozenset[str]
    drifted: Mapping[str, str]

    @property
    def plain(self) -> tuple[Read, ...]:
        """The answers on texts that were not damaged."""
        return tuple(read for read in self.reads if not read.planted)

    @property
    def planted(self) -> tuple[Read, ...]:
        """The answers on damaged texts."""
        return tuple(read for read in self.reads if read.planted)


def readings(folder: Path, key: Mapping[str, Mapping[str, object]]) -> Readings:
    """Read the answers of a language's folder."""
    reads, unanswered = [], 0
    for sheet in (name for name in key if name.startswith("label-")):
        answers = _answers(folder / f"{sheet}.read")
        for number, asked in key[sheet].items():
            assert isinstance(asked, dict)
            answer = answers.get(number)
            if answer is None:
                unanswered += 1
                continue
            odd = answer[1] if len(answer) > 1 else ""
            reads.append(Read(case=asked["case"], label=answer[0], odd=odd, planted=asked["planted"]))
    numbers = {str(no): str(case) for no, case in key.get("back", {}).items()}
    meaning = {numbers[no]: answer for no, answer in _answers(folder / "meaning.read").items() if no in numbers}
    return Readings(
        reads=tuple(reads),
        unanswered=unanswered,
        backs={numbers[no]: answer[0] for no, answer in _answers(folder / "back.read").items() if no in numbers},
        seen={numbers[no]: row[0] for no, row in _answers(folder / "back.tsv").items() if no in numbers},
        twins=dict(_twins(folder, key)),
        same=frozenset(case for case, answer in meaning.items() if answer[0] == "same"),
        drifted={case: " ".join(answer[1:]) for case, answer in meaning.items() if answer[0] != "same"},
    )


def _twins(folder: Path, key: Mapping[str, Mapping[str, object]]) -> Iterator[tuple[str, bool]]:
    answers = _answers(folder / "twins.read")
    for number, right in key.get("twins", {}).items():
        assert isinstance(right, dict)
        said = dict(pair.split("=") for pair in answers.get(number, [""])[0].split() if "=" in pair)
        yield right["family"], all(said.get(letter) == place for letter, place in right.items() if letter != "family")


def _answers(path: Path) -> dict[str, list[str]]:
    if not path.is_file():
        return {}
    rows = [line.split("\t") for line in path.read_text("utf-8").splitlines() if line.strip()]
    return {row[0].strip(): [cell.strip() for cell in row[1:]] for row in rows}


def store(corpus: Corpus, tag: str, found: Readings, on: str) -> tuple[int, list[str]]:
    """Give evidence to the texts that passed; return how many, and those that did not with the reason."""
    pages = Pages(corpus)
    labels = {read.case: read for read in found.plain}
    passed, failed = 0, []
    for case, back in found.backs.items():
        text = corpus.translations[tag, case]
        assert text.wording is not None
        read = labels.get(case)
        why = [] if shown(text.wording) == found.seen[case] else ["changed since it was read"]
        if read is None or not read.kept:
            why.append(f"read as {read.label if read else 'nothing'}")
        if not found.twins.get(case.rpartition("/")[0], False):
            why.append("twins not matched")
        if case not in found.same:
            why.append(f"drifted: {found.drifted.get(case, 'not compared')}")
        if why:
            failed.append(f"{tag}\t{case}\t{'; '.join(why)}")
            continue
        evidence = Evidence(
            of=evidence_digest(text.wording, text.source),
            by="same-family machine",
            on=on,
            back=back,
            label=str(read.label) if read else "",
        )
        passed += pages.put(replace(text, claimed=State.CHECKED, evidence=evidence), text)
    return passed, failed


def record(tag: str, found: Readings, on: str, what: str) -> None:
    """Append what was found to `readings.yaml`, which the page of the corpus shows."""
    plain, planted = found.plain, found.planted
    lines = [
        f"- language: {tag}",
        f"  what: {what}",
        f"  on: {on}",
        f"  read: {len(plain)}",
        f"  read-dual-use: {sum(read.case.rpartition('/')[2].startswith('dual_use') for read in plain)}",
        f"  kept: {sum(read.kept for read in plain)}",
        f"  swapped: {sum(read.swapped for read in plain)}",
        f"  planted: {len(planted)}",
        f"  noticed: {sum(read.noticed for read in planted)}",
        f"  families: {len(found.twins)}",
        f"  matched: {sum(found.twins.values())}",
        f"  compared: {len(found.same) + len(found.drifted)}",
        f"  drifted: {len(found.drifted)}",
    ]
    misread = [f"  - {{case: {read.case}, label: {read.label}}}" for read in plain if not read.kept]
    with RECORD.open("a", encoding="utf-8") as file:
        file.write("\n".join([*lines, *(["  misread:", *misread] if misread else [])]) + "\n")


def row(tag: str, found: Readings) -> str:
    """Return a row of the table, in Markdown."""
    kept, caught = sum(read.kept for read in found.plain), sum(read.noticed for read in found.planted)
    cells = [
        tag,
        f"{kept} of {len(found.plain)}",
        str(sum(read.swapped for read in found.plain)),
        f"{caught} of {len(found.planted)}",
        f"{sum(found.twins.values())} of {len(found.twins)} families" if found.twins else "–",
        f"{len(found.drifted)} of {len(found.backs)}" if found.backs else "–",
    ]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Score, and store if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--language", action="append", required=True, help="may be given again")
    parser.add_argument("--sheets", type=Path, required=True)
    parser.add_argument("--keys", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--record", action="store_true", help=f"append the figures to {RECORD.name}")
    parser.add_argument("--on", default="", help="the day of the reading")
    parser.add_argument("--what", default="requests", help="what was read, as the page is to call it")
    given = parser.parse_args()
    if (given.write or given.record) and not given.on:
        parser.error("--write and --record need the day, --on YYYY-MM-DD")
    print("| language | labels kept | swapped | planted noticed | twins matched | meaning drifted |")
    print("|---|---|---|---|---|---|")
    for name in given.language:
        found = readings(given.sheets / name, json.loads((given.keys / f"{name}.json").read_text("utf-8")))
        print(row(name, found))
        if found.unanswered:
            print(f"    {name}: {found.unanswered} rows are not answered yet", file=sys.stderr)
        for read in found.plain:
            if not read.kept:
                print(f"    {name}\t{read.case}\tread as {read.label}\t{read.odd}", file=sys.stderr)
        for read in found.planted:
            if not read.noticed:
                print(f"    {name}\t{read.case}\tmissed: {read.planted}", file=sys.stderr)
        if given.record:
            record(name.removesuffix("-open"), found, given.on, given.what)
        if given.write and name != SOURCE_LANGUAGE:
            passed, failed = store(load_corpus(ROOT), name.removesuffix("-open"), found, given.on)
            print(f"    {name}: {passed} texts are checked now, {len(failed)} are not", file=sys.stderr)
            print("".join(f"    {line}\n" for line in failed), end="", file=sys.stderr)


if __name__ == "__main__":
    main()
