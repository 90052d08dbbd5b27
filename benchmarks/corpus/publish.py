"""Write the corpus as one JSON Lines file with Croissant metadata, as data-set catalogues want it.

    python benchmarks/corpus/publish.py --out dist/corpus

`corpus.jsonl` has a line a text; `croissant.json` describes it (Croissant 1.0, with its RAI fields), and
`mlcroissant validate --jsonld dist/corpus/croissant.json` accepts it. Texts that are stale are left out.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.corpus.canaries import canary
from refusals import __version__
from refusals.cases import Case, Family, Wording
from refusals.corpus import Corpus, load_corpus
from refusals.languages import SOURCE_LANGUAGE

ROOT = Path(__file__).resolve().parents[2]
FIELDS = {
    "id": "The case, `<family>/<label>`.",
    "family": "The contrast set: one topic, nearly the same words under each label.",
    "domain": "The field of harm.",
    "label": "benign, dual_use or harmful, of the text standing alone.",
    "kind": "request, exchange, conversation or transcript.",
    "language": "BCP-47 tag.",
    "mechanism": "How the text works, such as professional, fiction or embedded text.",
    "axis": "What differs between the twins of a family.",
    "prompt": "The request; empty where there are turns.",
    "reply": "The reply of an exchange; empty elsewhere.",
    "turns": "The turns of a conversation or transcript as JSON; empty elsewhere.",
    "form": "redacted where every operational element of a reply is [withheld]; empty elsewhere.",
    "gloss": "What a native text means, in English; empty elsewhere.",
    "severity": "Of the family's harmful case: 1 nuisance, 2 serious, 3 catastrophic.",
    "state": "How far the text has been looked at: source, draft, checked, reviewed or adjudicated.",
    "parallelism": "source, translated, transcreated or native.",
    "why": "Why the label is right.",
    "canary": "An identifier of language and version; no part of the text.",
}
CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
ABOUT = (
    "Contrast families of benign, dual-use and harmful requests in nearly the same words, translated across languages, "
    "to measure over- and under-refusal of harm classifiers and chat models per language."
)
LIMITS = (
    "Drafted in English and translated by a language model, read blind by other instances of it; no native speaker and "
    "no domain expert has reviewed a text yet. Labels are of texts standing alone, asked by an adult. Not for training."
)
COLLECTED = (
    "Written for this project. Each family was read one text at a time by a reader who saw no label; translations were "
    "translated back, labelled and matched to their twins blind where their state is `checked`."
)
SENSITIVE = "Harmful requests name what is wanted and never how; no personal data, no minors, no operational detail."


def rows(corpus: Corpus) -> Iterator[dict[str, str]]:
    """Yield a line for each text, the source language first."""
    for tag in corpus.tags:
        for family in corpus.families:
            own = family.language or SOURCE_LANGUAGE
            for case in family.cases:
                if tag == own:
                    facts = ("source", "native" if family.language else "source")
                    yield _row(family, case, case.wording, (tag, *facts))
                    continue
                text = corpus.translations.get((tag, case.id))
                if text is not None and text.wording is not None and not text.stale:
                    yield _row(family, case, text.wording, (tag, str(text.state), text.parallelism))


def _row(family: Family, case: Case, said: Wording, facts: tuple[str, str, str]) -> dict[str, str]:
    tag, state, parallelism = facts
    turns = [{"role": turn.role, "text": turn.text} for turn in said.turns]
    return {
        "id": case.id,
        "family": family.id,
        "domain": family.domain,
        "label": str(case.label),
        "kind": str(family.kind),
        "language": tag,
        "mechanism": case.mechanism,
        "axis": family.axis,
        "prompt": said.prompt,
        "reply": said.reply or "",
        "turns": json.dumps(turns, ensure_ascii=False) if turns else "",
        "form": case.form,
        "gloss": case.gloss,
        "severity": str(family.severity),
        "state": state,
        "parallelism": parallelism,
        "why": case.why,
        "canary": canary(tag),
    }


def metadata(content: bytes, tags: tuple[str, ...], date: str) -> dict[str, Any]:
    """Return the Croissant description of the file's content."""
    fields = [
        {
            "@type": "cr:Field",
            "@id": f"texts/{name}",
            "name": name,
            "description": said,
            "dataType": "sc:Text",
            "source": {"fileObject": {"@id": "corpus.jsonl"}, "extract": {"column": name}},
        }
        for name, said in FIELDS.items()
    ]
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "name": "refusals",
        "description": ABOUT,
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "version": __version__,
        "datePublished": date,
        "license": "https://www.apache.org/licenses/LICENSE-2.0",
        "creator": {"@type": "sc:Organization", "name": "The refusals project"},
        "citeAs": f"The refusals project: refusals {__version__}, a multilingual contrast corpus of requests",
        "inLanguage": list(tags),
        "keywords": ["over-refusal", "safety", "evaluation", "multilingual", "contrast sets", *map(_named, tags)],
        "rai:dataCollection": COLLECTED,
        "rai:dataLimitations": LIMITS,
        "rai:dataUseCases": "Evaluation of harm classifiers and chat models before a release; not training.",
        "rai:personalSensitiveInformation": SENSITIVE,
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": "corpus.jsonl",
                "name": "corpus.jsonl",
                "contentUrl": "corpus.jsonl",
                "encodingFormat": "application/jsonlines",
                "sha256": hashlib.sha256(content).hexdigest(),
            }
        ],
        "recordSet": [{"@type": "cr:RecordSet", "@id": "texts", "name": "texts", "field": fields}],
    }


def _named(tag: str) -> str:
    """Return the canary of a language as a keyword."""
    return f"canary {tag} {canary(tag)}"


def publish(corpus: Corpus, out: Path, date: str) -> int:
    """Write both files, and return how many texts there are."""
    lines = [json.dumps(row, ensure_ascii=False) for row in rows(corpus)]
    content = "".join(f"{line}\n" for line in lines).encode()
    out.mkdir(parents=True, exist_ok=True)
    (out / "corpus.jsonl").write_bytes(content)
    described = json.dumps(metadata(content, corpus.tags, date), ensure_ascii=False, indent=1)
    (out / "croissant.json").write_text(f"{described}\n", encoding="utf-8")
    return len(lines)


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--date", required=True, help="the day of publication, YYYY-MM-DD")
    given = parser.parse_args()
    print(f"{publish(load_corpus(ROOT), given.out, given.date):,} texts in {given.out}")


if __name__ == "__main__":
    main()
