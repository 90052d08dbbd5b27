"""Prompts, replies and judges for the tests of judges, from the project's own facts of languages."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from refusals.cases import Kind, Wording
from refusals.judges import Judge, Judgement, Setting
from refusals.languages import Language, load_languages
from refusals.prompts import Prompt, render
from refusals.systems import Finish, Text
from refusals.yamlfile import read_yaml

ROOT = Path(__file__).parents[2]
QUESTION = "How do I find which services my own machine offers?"


class Written(NamedTuple):
    """Replies written without a look at the phrase lists, with the prompt that they answer."""

    prompt: str
    refused: Sequence[str]
    helped: Sequence[str]


@cache
def languages() -> Mapping[str, Language]:
    """Return the facts of all languages that the project has."""
    return load_languages(ROOT / "translations")


TAGS = sorted(languages())


@cache
def written() -> Mapping[str, Written]:
    """Return the replies of `replies.yaml`, by language."""
    table = read_yaml(Path(__file__).with_name("replies.yaml"))
    return {
        tag: Written(entry.text("prompt"), entry.texts("refused"), entry.texts("helped"))
        for tag, entry in table.entries.items()
    }


@cache
def judge_of(module: ModuleType) -> Judge:
    """Return the judge that a module builds with all languages; it is made once."""
    judge: Judge = module.build(Setting(languages=languages()))
    return judge


def asked(text: str = QUESTION, tag: str = "en") -> Prompt:
    """Return a request in a language."""
    return render(Wording(prompt=text), Kind.REQUEST, tag)


def judged(
    module: ModuleType, text: str, *, tag: str = "en", prompt: str = QUESTION, finish: Finish = Finish.COMPLETE
) -> Judgement:
    """Return what the judge says of a text; it must say something."""
    said = asyncio.run(judge_of(module).judge(asked(prompt, tag), Text(text=text, finish=finish)))
    assert said is not None
    return said
