"""A check is checked by its own examples, among the texts of the packaged corpus."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from refusals.checks import Level, Pair, pairs_of
from refusals.corpus import find_corpus, load_corpus
from refusals.languages import SOURCE_LANGUAGE
from refusals.testing.imports import check_inert
from refusals.testing.modules import check_documented, check_takes, hold

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from refusals.checks import Example
    from refusals.corpus import Corpus


def check_check(module: ModuleType) -> None:
    """Check a module that looks at texts: documentation, `LEVEL`, signature, import, and that it finds what it says.

    Raises:
        AssertionError: in one sentence that says what is wrong.
    """
    check_documented(module)
    check_takes(module, "look", 1)
    hold(
        isinstance(getattr(module, "LEVEL", None), Level),
        f"{module.__name__} has no LEVEL: one of refusals.checks.Level",
    )
    given = getattr(module, "EXAMPLES", ())
    hold(
        {example.wrong for example in given} == {True, False},
        f"{module.__name__}: EXAMPLES must have texts that are wrong and texts that are not",
    )
    corpus = load_corpus(find_corpus(None, Path(__file__).parent))
    for tag in dict.fromkeys(example.language for example in given):
        _finds_its_own(module, [example for example in given if example.language == tag], corpus)
    check_inert(module)


def _finds_its_own(module: ModuleType, examples: Sequence[Example], corpus: Corpus) -> None:
    pairs = [_pair(example, number, corpus) for number, example in enumerate(examples)]
    found = {finding[0].case for finding in module.look([*pairs, *pairs_of(corpus, examples[0].language)])}
    for pair, example in zip(pairs, examples, strict=True):
        verb = "must find" if example.wrong else "must leave alone"
        hold((pair.case in found) == example.wrong, f"{module.__name__} {verb} {example.text!r} in {example.language}")


def _pair(example: Example, number: int, corpus: Corpus) -> Pair:
    return Pair(
        language=replace(corpus.languages[example.language], glossary=example.glossary),
        source_language=corpus.languages[SOURCE_LANGUAGE],
        case=f"garden/example-{number}/benign",
        part="text",
        source=example.source,
        text=example.text,
        stale=example.stale,
    )
