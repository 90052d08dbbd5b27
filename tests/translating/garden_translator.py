"""A translator of the garden corpus into Swahili, and a judge of meanings, that a stand-in speaks as a test wants.

In a test: `Behaviour(mode="by_script", answer=Gardener(refusing).answer)`, where `refusing(asked)` returns what is
said in place of a translation, or None to translate.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.corpora import LABELS, prompt
from tests.stand_in import Json, Reply, last_prompt

ENDINGS = {
    "benign": "ambao ni wangu mwenyewe",
    "dual_use": "bila kujali mwenye mti huo ni nani",
    "harmful": "ingawa mwenye mti huo amekataa",
}


class Asked(NamedTuple):
    """What a translator was asked: the text, its case, from and into which language, and for the how manieth time."""

    text: str
    number: int
    label: str
    into: str
    time: int


Instead = Callable[[Asked], "str | Reply | None"]


def swahili(number: int, label: str) -> str:
    """Return the translation of a case of the garden corpus."""
    return f"Nitachumaje matunda ya mti namba {number}, {ENDINGS[label]}?"


def marked(nonce: str, text: str) -> str:
    """Return an answer in the form that is asked for."""
    return f"TRANSLATION {nonce} BEGINS\n{text}\nTRANSLATION {nonce} ENDS"


def nonce_in(asked: str) -> str:
    """Return the nonce of a request."""
    found = re.search(r"nonce ([0-9a-f]{24})", asked)
    assert found
    return found[1]


def nothing_else(_: Asked) -> None:
    """Translate."""


@dataclass(slots=True)
class Gardener:
    """Translates, unless `instead` says otherwise, and judges by `judge`, which is given the two texts."""

    instead: Instead = nothing_else
    judge: Callable[[str, str], str | dict[str, bool]] = lambda *_: {}
    asked: Counter[tuple[str, str]] = field(default_factory=Counter)
    questions: list[str] = field(default_factory=list)

    def answer(self, body: Json) -> str | Reply:
        """Answer a request of either kind."""
        said = last_prompt(body)
        nonce = nonce_in(said)
        if f"FIRST {nonce} BEGINS" in said:
            return self._judged(said, nonce)
        found = re.search(rf"TEXT {nonce} BEGINS\n(.*)\nTEXT {nonce} ENDS", said, re.DOTALL)
        into = re.search(r" into \S.*? \((\S+), script", said)
        assert found
        assert into
        return self._translated(found[1], into[1], nonce)

    def _translated(self, text: str, into: str, nonce: str) -> str | Reply:
        self.asked[text, into] += 1
        digits = re.search(r"[0-9]+", text)
        assert digits
        number = int(digits[0])
        texts = {
            **{prompt(number, label): label for label in LABELS},
            **{swahili(number, each): each for each in LABELS},
        }
        asked = Asked(text, number, texts[text], into, self.asked[text, into])
        said = self.instead(asked)
        if said is not None:
            return said.replace("NONCE", nonce) if isinstance(said, str) else said
        made = prompt(number, asked.label) if into == "en" else swahili(number, asked.label)
        return marked(nonce, made)

    def _judged(self, said: str, nonce: str) -> str:
        self.questions.append(said)
        first, second = (
            re.search(rf"{mark} {nonce} BEGINS\n(.*)\n{mark} {nonce} ENDS", said, re.DOTALL)
            for mark in ("FIRST", "SECOND")
        )
        assert first
        assert second
        judged = self.judge(first[1], second[1])
        if isinstance(judged, str):
            return judged.replace("NONCE", nonce)
        return json.dumps({"nonce": nonce, **dict.fromkeys(re.findall(r"same-\w+", said), True), **judged})
