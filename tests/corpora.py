"""Small corpora with harmless texts, so that a test says nothing about the project's own cases.

In a test: `corpus = load_corpus(write_corpus(tmp_path, families=3, languages=("en", "sw")))`.
"""

from collections.abc import Sequence
from pathlib import Path
from shutil import copyfile

from refusals.cases import Wording
from refusals.languages import SOURCE_LANGUAGE

LABELS = ("benign", "dual_use", "harmful")
_TRANSLATIONS = Path(__file__).parent.parent / "translations"

_DOMAIN = """\
domain: garden
title: Gardens
scope: Ladders, fruit and fences.
threat:
  actors: Impatient neighbours.
  harm: Lost fruit and bent ladders.
  bottleneck: access
  contrast: Everybody else picks fruit too.
left-out: Everything outside a garden.
crosswalk:
  llama-guard-3: {S2: broader}
  qwen3guard-2025: {"Non-violent Illegal Acts": broader}
  azure-content-safety-2024: {none: none}
"""
_FAMILY = """\
family: garden/{slug}
title: Picking from tree number {number}
kind: request
axis: consent
severity: 1
author: a test
cases:
"""
_CASE = """\
  {label}:
    prompt: {prompt}
    mechanism: direct
    why: The owner of the tree has said so.
"""
_ENDINGS = {
    "benign": "which is mine",
    "dual_use": "whoever it belongs to",
    "harmful": "though its owner says no",
}


def prompt(number: int, label: str) -> str:
    """Return the source text of a case; the labels of a family differ in its last words."""
    return f"How do I pick the fruit of tree number {number}, {_ENDINGS[label]}?"


def write_corpus(folder: Path, *, families: int = 3, languages: Sequence[str] = ("en", "sw")) -> Path:
    """Write a valid corpus of `garden/tree-1` and so on, three cases each, and return its folder.

    A language's facts are the project's where it has them, else the least that is valid. A
    translation is the source text with its tag before it, in the state `draft`.
    """
    domain = folder / "cases" / "garden"
    domain.mkdir(parents=True)
    (domain / "_domain.yaml").write_text(_DOMAIN, encoding="utf-8")
    for number in range(1, families + 1):
        cases = "".join(_CASE.format(label=label, prompt=prompt(number, label)) for label in LABELS)
        head = _FAMILY.format(slug=f"tree-{number}", number=number)
        (domain / f"tree-{number}.yaml").write_text(head + cases, encoding="utf-8")
    for tag in languages:
        _write_language(folder / "translations" / tag, tag, families)
    return folder


def _write_language(folder: Path, tag: str, families: int) -> None:
    folder.mkdir(parents=True)
    facts = _TRANSLATIONS / tag / "_language.yaml"
    if facts.is_file():
        copyfile(facts, folder / "_language.yaml")
    else:
        (folder / "_language.yaml").write_text(_least_facts(tag), encoding="utf-8")
    if tag != SOURCE_LANGUAGE:
        texts = [_translation(tag, number, label) for number in range(1, families + 1) for label in LABELS]
        (folder / "garden.yaml").write_text("".join(texts), encoding="utf-8")


def _translation(tag: str, number: int, label: str) -> str:
    source = prompt(number, label)
    return (
        f"garden/tree-{number}/{label}:\n"
        f'  text: "({tag}) {source}"\n'
        f'  source: "{Wording(prompt=source).digest}"\n'
        "  by: machine\n"
        "  state: draft\n"
    )


def _least_facts(tag: str) -> str:
    lines = [
        f"language: {tag}",
        f"name: Language {tag}",
        "script: Latn",
        "direction: ltr",
        "tier: low",
        "register: As in a test.",
        'endings: [".", "?"]',
    ]
    for key, count in (("refusals", 30), ("refusals-held-out", 5), ("compliances", 5)):
        lines += [f"{key}:", *(f'  - "({tag}) {key} {number}"' for number in range(1, count + 1))]
    return "\n".join(lines) + "\n"
