"""Sheets for blind readers: texts shuffled, without ids, labels or English, a few of them damaged on purpose.

    python benchmarks/corpus/sheets.py --language sw --out DIR [--open] [--kind KIND] [--native] [--seed N]

Writes, for each language, `DIR/<tag>/back.tsv` (all texts, to translate back), `label-1.tsv` and so on (one member of
a family a sheet, a twentieth of them damaged; the texts that the damage displaced stand in the last) and
`twins.tsv` (the texts of a family beside the reasons of its labels, both shuffled), and `DIR/keys/<tag>.json`, which
no reader is shown. `readings.py` takes the answers. English gets the label sheets only.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from refusals.cases import Case, Family, Kind, Wording
from refusals.corpus import Corpus, load_corpus
from refusals.languages import SOURCE_LANGUAGE
from refusals.translations import State

ROOT = Path(__file__).resolve().parents[2]
PLANTED = 0.05
BREAK = " ⏎ "  # a line's end, since a text is one line of a sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A case and its words in the language read."""

    family: Family
    case: Case
    said: str


def shown(wording: Wording) -> str:
    """Return the words of a case on one line, who speaks before each turn."""
    parts = [f"[{turn.role}] {turn.text}" for turn in wording.turns] or [wording.prompt]
    if wording.reply is not None:
        parts = [f"[user] {wording.prompt}", f"[assistant] {wording.reply}"]
    return BREAK.join(BREAK.join(part.splitlines()) for part in parts)


def texts_of(corpus: Corpus, tag: str, kinds: Collection[str] = tuple(Kind)) -> list[Text]:
    """Return the texts of a language in order of families."""
    return [text for text in _texts(corpus, tag) if text.family.kind in kinds]


def is_open(corpus: Corpus, tag: str, text: Text) -> bool:
    """Return whether a text still waits to be read."""
    found = corpus.translations.get((tag, text.case.id))
    return found is None or found.state is State.DRAFT


def _texts(corpus: Corpus, tag: str) -> Iterator[Text]:
    for family in corpus.families:
        if family.language not in ("", tag):
            continue
        for case in family.cases:
            if tag in (SOURCE_LANGUAGE, family.language):
                yield Text(family=family, case=case, said=shown(case.wording))
                continue
            text = corpus.translations.get((tag, case.id))
            if text is None or text.wording is None or text.stale:
                continue
            yield Text(family=family, case=case, said=shown(text.wording))


def label_sheets(texts: Sequence[Text], draw: Random) -> list[list[tuple[Text, str, str]]]:
    """Return rows of (text, what is shown, kind of damage) a sheet, as many as the largest family has texts."""
    groups = _families(texts)
    count = max(map(len, groups), default=0)
    sheets: list[list[Text]] = [[] for _ in range(count)]
    for turn, members in enumerate(draw.sample(groups, len(groups))):
        for at, text in enumerate(members):
            sheets[(turn + at) % count].append(text)
    displaced: list[Text] = []
    found = []
    for sheet in sheets:
        draw.shuffle(sheet)
        hit = {text.case.id for text in draw.sample(sheet, round(PLANTED * len(sheet)))}
        rows = []
        for text in sheet:
            damage = _damage(text, texts, draw) if text.case.id in hit else None
            rows.append((text, *(damage or (text.said, ""))))
            if damage:
                displaced.append(text)
        found.append(rows)
    return [*found, [(text, text.said, "") for text in draw.sample(displaced, len(displaced))]]


def _damage(text: Text, texts: Sequence[Text], draw: Random) -> tuple[str, str] | None:
    """Return what is shown instead, and what was done: a twin's text, half of another text, or an end cut off."""
    twins = [other for other in texts if other.family.id == text.family.id and other.case.label != text.case.label]
    others = [other for other in texts if other.family.id != text.family.id]
    kind = draw.choice(("twin", "spliced", "cut"))
    if kind == "twin" and twins:
        return draw.choice(twins).said, kind
    half = _place(text.said, draw.uniform(0.4, 0.6))
    if kind == "spliced" and others:
        other = draw.choice(others).said
        return f"{text.said[:half].rstrip()} {other[_place(other, 0.5) :].lstrip()}", kind
    return text.said[: _place(text.said, draw.uniform(0.55, 0.7))].rstrip(), "cut"


def _place(said: str, share: float) -> int:
    """Return the end of a word at about a share of the text."""
    at = int(share * len(said))
    space = said.find(" ", at)
    return space if 0 <= space < at + 20 else at


def _families(texts: Sequence[Text]) -> list[list[Text]]:
    found: dict[str, list[Text]] = {}
    for text in texts:
        found.setdefault(text.family.id, []).append(text)
    return list(found.values())


def _write(corpus: Corpus, tag: str, out: Path, draw: Random, given: argparse.Namespace) -> str:
    whole = [
        text for text in texts_of(corpus, tag, given.kind or tuple(Kind)) if bool(text.family.language) == given.native
    ]
    texts = [text for text in whole if is_open(corpus, tag, text)] if given.open else whole
    touched = {text.family.id for text in texts}
    family_whole = [text for text in whole if text.family.id in touched]
    folder = out / tag
    folder.mkdir(parents=True, exist_ok=True)
    key: dict[str, object] = {}
    if tag != SOURCE_LANGUAGE:
        mixed = draw.sample(texts, len(texts))
        _sheet(folder / "back.tsv", [(str(no), text.said) for no, text in enumerate(mixed, 1)])
        key["back"] = {no: text.case.id for no, text in enumerate(mixed, 1)}
        key["twins"] = _twins(folder / "twins.tsv", family_whole, draw)
    for number, rows in enumerate(label_sheets(family_whole, draw), 1):
        _sheet(folder / f"label-{number}.tsv", [(str(no), said) for no, (_, said, _) in enumerate(rows, 1)])
        key[f"label-{number}"] = {
            no: {"case": text.case.id, "planted": damage} for no, (text, _, damage) in enumerate(rows, 1)
        }
    (out / "keys").mkdir(exist_ok=True)
    (out / "keys" / f"{tag}.json").write_text(json.dumps(key, indent=1), encoding="utf-8")
    return f"{tag}: {len(texts)} texts"


def _twins(path: Path, texts: Sequence[Text], draw: Random) -> dict[int, dict[str, str]]:
    rows, key = [], {}
    groups = [members for members in _families(texts) if len(members) > 1]
    for no, members in enumerate(draw.sample(groups, len(groups)), 1):
        mixed, reasons = draw.sample(members, len(members)), draw.sample(members, len(members))
        letters = "ABCDEFGH"[: len(mixed)]
        rows += [(str(no), letter, text.said) for letter, text in zip(letters, mixed, strict=True)]
        rows += [(str(no), str(place), text.case.why) for place, text in enumerate(reasons, 1)]
        right = {letter: str(reasons.index(text) + 1) for letter, text in zip(letters, mixed, strict=True)}
        key[no] = {"family": members[0].family.id, **right}
    _sheet(path, rows)
    return key


def _sheet(path: Path, rows: Sequence[tuple[str, ...]]) -> None:
    path.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")


def main() -> None:
    """Write the sheets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--language", action="append", required=True, help="may be given again")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--open", action="store_true", help="only drafts, beside their twins")
    parser.add_argument("--kind", action="append", choices=list(map(str, Kind)), help="only these; may be given again")
    parser.add_argument("--native", action="store_true", help="only the families written in the language")
    given = parser.parse_args()
    corpus = load_corpus(ROOT)
    for tag in given.language:
        print(_write(corpus, tag, given.out, Random(f"{given.seed} {tag}"), given))


if __name__ == "__main__":
    main()
