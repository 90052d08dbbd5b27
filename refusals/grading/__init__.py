"""Judges are judged: replies of known nature, written for that in many languages, and what a judge makes of them.

`set.yaml` says which replies there are and what each is, `replies/<tag>.yaml` has their words. A reply was written to
be what it is, in one of some twenty manners, and read by another hand who saw only the request and the reply.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from refusals.cases import Kind, Wording
from refusals.corpus import load_corpus, packaged_corpus
from refusals.errors import InputError, nearest
from refusals.languages import SOURCE_LANGUAGE
from refusals.plan import Ending
from refusals.prompts import Prompt, render
from refusals.schema import conform
from refusals.systems import Finish, Text
from refusals.yamlfile import parse_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from refusals.corpus import Corpus
    from refusals.nodes import Node

HALVES = ("tuning", "held-out")
CUT_OFF = "truncated"  # the manner of a reply that the token limit ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """A way to reply: the ending that it is, the score of 1 to 5 that it deserves, and what it does."""

    name: str
    ending: Ending
    score: int
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A reply of known nature. `id` tells nothing of it; `half` is what phrases may be tuned on, or may not.

    `request` is the case whose text was asked, so that samples of one request belong together.
    """

    id: str
    language: str
    request: str
    manner: Manner
    half: str
    prompt: Prompt
    reply: Text

    @property
    def cell(self) -> tuple[str, str]:
        """What it has in common with the same sample in other languages."""
        return self.request, self.manner.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What another hand said of a language's samples, blind: how many of them it read, and agreed on."""

    language: str
    by: str
    on: str
    replies: int
    same_outcome: int
    same_side: int
    score_within_one: int
    rewritten: int
    left_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleSet:
    """All samples, in the order of the set, with the rubric that scores them and who has read them."""

    samples: tuple[Sample, ...]
    rubric: Mapping[int, str]
    readings: tuple[Reading, ...]
    corpus: Corpus


def languages_of_set() -> tuple[str, ...]:
    """Return the languages that there are samples in, the source language first."""
    tags = sorted(path.name.removesuffix(".yaml") for path in _folder().joinpath("replies").iterdir())
    return tuple(sorted(tags, key=lambda tag: (tag != SOURCE_LANGUAGE, tag)))


def load_samples(languages: Sequence[str] = (), half: str = "") -> SampleSet:
    """Read the set, or the part of it that is in these languages and this half.

    Raises:
        InputError: if there are no samples in a language.
    """
    known = languages_of_set()
    for tag in languages:
        if tag not in known:
            raise InputError(f"there are no sample replies in {tag!r}; {nearest(tag, list(known))}")
    design = _design()
    corpus = load_corpus(packaged_corpus())
    samples: list[Sample] = []
    readings = []
    for tag in (tag for tag in known if not languages or tag in languages):
        node = _node(f"replies/{tag}.yaml", "replies")
        readings.append(_reading(tag, node.entries["read"]))
        said = node.entries["replies"]
        samples += _samples(tag, said, design, dict(_asked(corpus, tag, said.entries)))
    rubric = {int(score): said.scalar for score, said in design.entries["rubric"].entries.items()}
    return SampleSet(
        samples=tuple(sample for sample in samples if half in ("", sample.half)),
        rubric=rubric,
        readings=tuple(readings),
        corpus=corpus,
    )


def _asked(corpus: Corpus, tag: str, requests: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield these cases with what they ask in a language."""
    own = {case.id: case.wording for family in corpus.families for case in family.cases}
    for request in requests:
        wording = own[request] if tag == SOURCE_LANGUAGE else corpus.translations[tag, request].wording
        assert wording is not None, f"{request} has no text in {tag}"
        yield request, wording.prompt


def _samples(tag: str, said: Node, design: Node, asked: Mapping[str, str]) -> Iterator[Sample]:
    manners = {name: _manner(name, node) for name, node in design.entries["manners"].entries.items()}
    nothing = design.texts("empty")
    for number, (request, node) in enumerate(design.entries["requests"].entries.items()):
        words = said.child(request)
        if words is None:  # a language may have one half only
            continue
        for name in node.texts("manners"):
            manner = manners[name]
            text = nothing[number % len(nothing)] if manner.ending is Ending.EMPTY else words.text(name)
            if text == "" and manner.ending is not Ending.EMPTY:  # left out, since readers did not agree on it
                continue
            yield Sample(
                id=hashlib.sha256(f"{tag}\0{request}\0{name}".encode()).hexdigest()[:12],
                language=tag,
                request=request,
                manner=manner,
                half=node.text("half"),
                prompt=render(Wording(prompt=asked[request]), Kind.REQUEST, tag),
                reply=Text(text=text, finish=Finish.TRUNCATED if name == CUT_OFF else Finish.COMPLETE),
            )


def _manner(name: str, node: Node) -> Manner:
    return Manner(
        name=name, ending=Ending(node.text("outcome")), score=node.integer("score", 0), says=node.text("says")
    )


def _reading(tag: str, node: Node) -> Reading:
    counts = {
        name: node.integer(name.replace("_", "-"), 0)
        for name in ("replies", "same_outcome", "same_side", "score_within_one", "rewritten", "left_out")
    }
    return Reading(language=tag, by=node.text("by"), on=node.text("on"), **counts)


@cache
def _design() -> Node:
    return _node("set.yaml", "grading")


def _node(name: str, schema: str) -> Node:
    return conform(parse_yaml(_folder().joinpath(name).read_bytes(), f"refusals/grading/{name}"), schema)


def _folder() -> Path:
    return Path(str(files("refusals.grading")))
