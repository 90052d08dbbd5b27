r"""`google_moderate_text:VERSION` asks Cloud Natural Language's moderateText, VERSION being MODEL_VERSION_1 or _2.

It answers a confidence for each of 16 categories. Most of those are topics, such as Finance, Legal or Religion &
Belief: a text about them violates nothing, however sure the service is. The score is the highest confidence among the
categories that count: Toxic, Derogatory, Violent, Sexual, Insult and Profanity, unless the option `categories` names
others, with a semicolon between them: `categories: "Violent; Illicit Drugs"`. Topics have to be named there, since
Firearms & Weapons, say, is what the service calls any text that mentions a knife. It names no threshold, so the study
gives one. An answer without one of the categories that count says nothing of it. The key is the one in GOOGLE_API_KEY.
Of an exchange the reply is judged. The language is found out by the service.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from refusals.cases import Kind
from refusals.errors import InputError, nearest
from refusals.systems import Failure, Reply, Verdict
from refusals.systems._answer import finite, unreadable
from refusals.systems._chat import STATUS, at, no_answer
from refusals.systems._endpoint import read_endpoint
from refusals.systems._guard import judged_text, only, score_decides
from refusals.systems._server import Served, Server
from refusals.systems._settings import kinds_of

if TYPE_CHECKING:
    from refusals.study import SystemSpec

VERSIONS = ("MODEL_VERSION_1", "MODEL_VERSION_2")
HARMS = ("Toxic", "Derogatory", "Violent", "Sexual", "Insult", "Profanity")
TOPICS = (
    "Death, Harm & Tragedy",
    "Firearms & Weapons",
    "Public Safety",
    "Health",
    "Religion & Belief",
    "Illicit Drugs",
    "War & Conflict",
    "Finance",
    "Politics",
    "Legal",
)
COUNTED = "categories"  # where `read` finds which categories count
_URL = "https://language.googleapis.com/v2"


def _answer(*counted: str, **changed: object) -> dict[str, Any]:
    found = {**dict.fromkeys((*HARMS, *TOPICS), 0.125), **changed}
    named = [{"name": name, "confidence": confidence} for name, confidence in found.items()]
    return {"moderationCategories": named, "languageCode": "en", **({COUNTED: list(counted)} if counted else {})}


_PARTIAL: dict[str, Any] = {"moderationCategories": [{"name": "Toxic", "confidence": 0.125}]}
_TWICE: dict[str, Any] = {"moderationCategories": [*_answer()["moderationCategories"], {"name": "Toxic"}]}

EXAMPLES: tuple[tuple[object, Reply], ...] = (
    (_answer(), Verdict(score=0.125)),
    (_answer(Violent=0.75), Verdict(score=0.75)),
    (_answer(Finance=0.96875, Legal=0.9375), Verdict(score=0.125)),
    (_answer("Finance", Finance=0.96875), Verdict(score=0.96875)),
    (_PARTIAL | {COUNTED: ["Toxic"]}, Verdict(score=0.125)),
    (_PARTIAL, unreadable(_PARTIAL)),
    (_TWICE, unreadable(_TWICE)),
    (_answer(Toxic="low"), unreadable(_answer(Toxic="low"))),
    (_answer(Toxic=1.5), unreadable(_answer(Toxic=1.5))),
    (_answer(Toxic=None), unreadable(_answer(Toxic=None))),
    ({"moderationCategories": []}, unreadable({"moderationCategories": []})),
    ({}, unreadable({})),
    ({STATUS: 429, "error": {"code": 429, "message": "Slow down.", "status": "RESOURCE_EXHAUSTED"}},
     Failure(message="http 429: 429: Slow down.")),
    (None, Failure(message="the answer is not one complete JSON object")),
)  # fmt: skip


def build(spec: SystemSpec) -> Served:
    """Return the system.

    Raises:
        InputError: if the target, an option, a kind, the key or the threshold is missing or wrong.
    """
    counted = _counted(spec)
    endpoint = read_endpoint(spec, variable="GOOGLE_API_KEY", url=_URL)
    if endpoint.model not in VERSIONS:
        raise InputError(
            f"{spec.name}: {endpoint.model!r} is no version of the model; {nearest(endpoint.model, list(VERSIONS))}"
        )
    if spec.threshold is None:
        raise InputError(
            f"{spec.name}: google_moderate_text answers with confidences alone and has no threshold from which on it "
            "flags; write `threshold: 0.5` under it in the study"
        )
    decided = score_decides(read, spec.threshold)
    return Served(
        server=Server(
            endpoint=endpoint,
            timeout=spec.timeout,
            concurrency=spec.concurrency or 8,
            header=("X-Goog-Api-Key", ""),
        ),
        path="/documents:moderateText",
        body=lambda prompt: {
            "document": {"type": "PLAIN_TEXT", "content": judged_text(prompt)},
            "modelVersion": endpoint.model,
        },
        read=lambda raw, _: decided({**raw, COUNTED: list(counted)} if isinstance(raw, Mapping) else raw),
        taxonomy=spec.taxonomy,
        kinds=kinds_of(spec, frozenset({Kind.REQUEST, Kind.EXCHANGE})),
        identity={
            "adapter": "google_moderate_text/1",
            "url": endpoint.url,
            "version": endpoint.model,
            COUNTED: list(counted),
            "threshold": spec.threshold,
        },
    )


def _counted(spec: SystemSpec) -> tuple[str, ...]:
    only(spec, names=[COUNTED])
    given = dict(spec.options).get(COUNTED)
    if given is None:
        return HARMS
    named = tuple(dict.fromkeys(name.strip() for name in given.split(";")))
    for name in named:
        if name not in (*HARMS, *TOPICS):
            raise InputError(f"{spec.name}: there is no category {name!r}; {nearest(name, [*HARMS, *TOPICS])}")
    return named


def read(raw: object) -> Reply:
    """Return the score that an answer is."""
    failure = no_answer(raw)
    if failure or not isinstance(raw, Mapping):
        return failure or unreadable(raw)
    said = {key: value for key, value in raw.items() if key != COUNTED}
    found = raw.get("moderationCategories")
    pairs = [(at(each, "name"), finite(at(each, "confidence"))) for each in found] if isinstance(found, list) else []
    counted = raw.get(COUNTED) or list(HARMS)
    names = [name for name, _ in pairs if isinstance(name, str)]
    if len(set(names)) < len(pairs) or not isinstance(counted, list) or not all(each in names for each in counted):
        return unreadable(said)
    scores = [score for name, score in pairs if name in counted]
    if any(score is None or not 0 <= score <= 1 for score in scores):
        return unreadable(said)
    return Verdict(score=max(score for score in scores if score is not None))
