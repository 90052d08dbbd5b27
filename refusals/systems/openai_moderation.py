r"""`openai_moderation:MODEL` asks OpenAI's moderation endpoint, or one like it at `MODEL@BASE_URL`.

It answers whether a text is `flagged`, with a score for each of its categories. The score here is the highest of them;
`flagged` decides unless the study gives a threshold. The endpoint is recalibrated without a new name, so the model that
it says has answered is kept with each verdict. Of an exchange the reply is what is judged: the endpoint knows one text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from refusals.cases import Kind
from refusals.systems import Decision, Failure, Reply, Verdict
from refusals.systems._answer import finite, unreadable
from refusals.systems._chat import STATUS, at, literal, no_answer, read_options, text_at
from refusals.systems._endpoint import read_endpoint
from refusals.systems._guard import judged_text, score_decides
from refusals.systems._server import Served, Server
from refusals.systems._settings import kinds_of

if TYPE_CHECKING:
    from refusals.study import SystemSpec

_URL = "https://api.openai.com/v1"


def _answer(flagged: object, scores: Mapping[str, object] | None, **categories: object) -> dict[str, Any]:
    result = {"flagged": flagged, "categories": categories, "category_scores": scores}
    return {"model": "omni-1", "results": [result]}


EXAMPLES: tuple[tuple[object, Reply], ...] = (
    (
        _answer(True, {"violence": 0.75, "hate": 0.5}, violence=True, hate=False),  # noqa: FBT003 - a JSON value
        Verdict(decision=Decision.FLAG, score=0.75, categories=("violence",), model="omni-1"),
    ),
    (
        _answer(False, {"violence": 0.25}, violence=False),  # noqa: FBT003 - a JSON value
        Verdict(decision=Decision.ALLOW, score=0.25, model="omni-1"),
    ),
    (
        _answer(None, {"violence": 0.25}),
        unreadable(_answer(None, {"violence": 0.25})),
    ),
    (_answer(False, {}), unreadable(_answer(False, {}))),  # noqa: FBT003 - a JSON value
    (_answer(False, {"hate": "low"}), unreadable(_answer(False, {"hate": "low"}))),  # noqa: FBT003 - a JSON value
    ({"results": []}, unreadable({"results": []})),
    ({"results": [{}, {}]}, unreadable({"results": [{}, {}]})),
    ({STATUS: 429, "error": {"message": "Slow down."}}, Failure(message="http 429: Slow down.")),
    (None, Failure(message="the answer is not one complete JSON object")),
)


def build(spec: SystemSpec) -> Served:
    """Return the system.

    Raises:
        InputError: if the target, an option, a kind or the key is missing or wrong.
    """
    read_options(spec, {})
    endpoint = read_endpoint(spec, variable="OPENAI_API_KEY", url=_URL)
    decided = score_decides(read, spec.threshold)
    return Served(
        server=Server(endpoint=endpoint, timeout=spec.timeout, concurrency=spec.concurrency or 16),
        path="/moderations",
        body=lambda prompt: {"model": endpoint.model, "input": judged_text(prompt)},
        read=lambda raw, _: decided(raw),
        taxonomy=spec.taxonomy or "openai-omni-moderation-2024",
        kinds=kinds_of(spec, frozenset({Kind.REQUEST, Kind.EXCHANGE})),
        identity={
            "adapter": "openai_moderation/1",
            "url": endpoint.url,
            "model": endpoint.model,
            "threshold": spec.threshold,
        },
    )


def read(raw: object) -> Reply:
    """Return the verdict that an answer is."""
    failure = no_answer(raw)
    if failure or not isinstance(raw, Mapping):
        return failure or unreadable(raw)
    results, flagged = raw.get("results"), at(raw, "results", 0, "flagged")
    given, said = at(raw, "results", 0, "category_scores"), at(raw, "results", 0, "categories")
    scores = [finite(score) for score in given.values()] if isinstance(given, Mapping) else []
    if not isinstance(results, list) or len(results) != 1 or not isinstance(flagged, bool):
        return unreadable(raw)
    if not scores or None in scores or not isinstance(said, Mapping):
        return unreadable(raw)
    return Verdict(
        decision=Decision.FLAG if flagged else Decision.ALLOW,
        score=max(score for score in scores if score is not None),
        categories=tuple(literal(name) for name, hit in said.items() if hit is True),
        model=text_at(raw, "model"),
    )
