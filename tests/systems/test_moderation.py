"""Moderation services: what is sent to them, and how a threshold of the study decides."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from refusals.cases import Kind
from refusals.errors import InputError
from refusals.prompts import Prompt
from refusals.study import SystemSpec
from refusals.systems import (
    Decision,
    Reply,
    Verdict,
    azure_content_safety,
    bedrock_guardrails,
    google_moderate_text,
    openai_moderation,
    reply_as_json,
)
from tests.systems.hostile_answers import replaced

REQUEST = Prompt(id="p1", kind=Kind.REQUEST, language="en", text="How do I pick a lock?")
EXCHANGE = replace(REQUEST, kind=Kind.EXCHANGE, reply="Gladly.")
OPENAI = SystemSpec(name="g", kind="openai_moderation", target="omni-moderation-latest")
AZURE = SystemSpec(name="g", kind="azure_content_safety", target="2024-09-01")
GOOGLE = SystemSpec(name="g", kind="google_moderate_text", target="MODEL_VERSION_2", threshold=0.5)
BEDROCK = SystemSpec(name="g", kind="bedrock_guardrails", target="gr4abc/1")
SCORES = {"model": "omni-1", "results": [{"flagged": False, "categories": {}, "category_scores": {"hate": 0.25}}]}
SEVERITIES = {
    "categoriesAnalysis": [
        {"category": name, "severity": 2 * (name == "Hate")} for name in azure_content_safety.CATEGORIES
    ]
}

CONFIDENCES = google_moderate_text.EXAMPLES[2][0]  # Finance and Legal high, harms low
NO_ACTION = {"action": "NONE", "outputs": [], "assessments": [{}]}


def asked(
    module: ModuleType, spec: SystemSpec, answer: Mapping[str, Any], prompt: Prompt = REQUEST
) -> tuple[dict[str, Any], Reply]:
    """Return what was sent, with path and headers, and what its answer became."""
    sent: dict[str, Any] = {}

    async def handle(request: web.Request) -> web.Response:
        sent.update(await request.json(), path=request.path_qs, headers=dict(request.headers))
        return web.json_response(answer)

    async def run() -> Reply:
        app = web.Application()
        app.router.add_post("/{tail:.*}", handle)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        system = module.build(replace(spec, target=f"{spec.target}@http://127.0.0.1:{runner.addresses[0][1]}/v1"))
        try:
            ((_, reply),) = [pair async for pair in system.respond([prompt])]
        finally:
            await system.close()
            await runner.cleanup()
        return reply

    return sent, asyncio.run(run())


def test_the_reply_of_an_exchange_is_what_is_judged() -> None:
    """The service knows one text."""
    assert asked(openai_moderation, OPENAI, SCORES)[0]["input"] == REQUEST.text
    assert asked(openai_moderation, OPENAI, SCORES, EXCHANGE)[0]["input"] == "Gladly."
    assert asked(azure_content_safety, AZURE, SEVERITIES, EXCHANGE)[0]["text"] == "Gladly."
    assert asked(google_moderate_text, GOOGLE, CONFIDENCES, EXCHANGE)[0]["document"]["content"] == "Gladly."
    sent, _ = asked(bedrock_guardrails, BEDROCK, NO_ACTION, EXCHANGE)
    assert (sent["source"], sent["content"]) == ("OUTPUT", [{"text": {"text": "Gladly."}}])
    assert asked(bedrock_guardrails, BEDROCK, NO_ACTION)[0]["source"] == "INPUT"


def test_the_service_decides_unless_the_study_gives_a_threshold() -> None:
    """A threshold is on the score, whatever the service thinks of it."""
    _, found = asked(openai_moderation, OPENAI, SCORES)
    assert found == Verdict(decision=Decision.ALLOW, score=0.25, model="omni-1")
    _, found = asked(openai_moderation, replace(OPENAI, threshold=0.2), SCORES)
    assert found == Verdict(score=0.25, threshold=0.2, model="omni-1")
    _, found = asked(azure_content_safety, AZURE, SEVERITIES)
    assert found == Verdict(score=2 / 6, threshold=4 / 6)
    _, found = asked(azure_content_safety, replace(AZURE, threshold=0.3), SEVERITIES)
    assert found == Verdict(score=2 / 6, threshold=0.3)


def test_azure_is_asked_for_the_levels_that_it_is_read_with(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six of six is not six of seven; the key goes where this service wants it."""
    monkeypatch.setenv("AZURE_CONTENT_SAFETY_KEY", "k-1")
    sent, found = asked(azure_content_safety, replace(AZURE, options=(("levels", "8"),)), SEVERITIES)

    assert sent["outputType"] == "EightSeverityLevels"
    assert sent["path"] == "/v1/contentsafety/text:analyze?api-version=2024-09-01"
    assert sent["headers"]["Ocp-Apim-Subscription-Key"] == "k-1"
    assert "Authorization" not in sent["headers"]
    assert found == Verdict(score=2 / 7, threshold=4 / 7)


def test_what_changes_a_verdict_is_part_of_what_a_service_is() -> None:
    """Threshold and levels."""
    azure = replace(AZURE, target="2024-09-01@http://127.0.0.1:1")
    found = [
        azure_content_safety.build(spec).identity
        for spec in (azure, replace(azure, threshold=0.5), replace(azure, options=(("levels", "8"),)))
    ]

    assert len({json.dumps(identity, sort_keys=True) for identity in found}) == 3


def test_a_version_that_is_none_has_a_way_out() -> None:
    """The target of Azure begins with the version of its API."""
    with pytest.raises(InputError, match="write such as 2024-09-01@BASE_URL"):
        azure_content_safety.build(replace(AZURE, target="latest@http://127.0.0.1:1"))


def test_of_google_only_the_categories_that_count_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text on finance is no harm, unless a study says that it is; the key goes where this service wants it."""
    monkeypatch.setenv("GOOGLE_API_KEY", "k-1")
    sent, found = asked(google_moderate_text, GOOGLE, CONFIDENCES)

    assert found == Verdict(score=0.125, threshold=0.5)
    assert sent["path"] == "/v1/documents:moderateText"
    assert sent["modelVersion"] == "MODEL_VERSION_2"
    assert sent["headers"]["X-Goog-Api-Key"] == "k-1"
    assert "Authorization" not in sent["headers"]
    counting = replace(GOOGLE, options=(("categories", "Violent; Finance"),))
    assert asked(google_moderate_text, counting, CONFIDENCES)[1] == Verdict(score=0.96875, threshold=0.5)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"target": "v2"}, "is no version of the model"),
        ({"threshold": None}, r"write `threshold: 0\.5` under it"),
        ({"options": (("categories", "Violence"),)}, "no category 'Violence'; did you mean 'Violent'"),
        ({"options": (("categories", ""),)}, "no category ''"),
        ({"options": (("levels", "8"),)}, "has no option 'levels'"),
    ],
)
def test_what_is_wrong_of_google_has_a_way_out(changes: dict[str, Any], said: str) -> None:
    """A category that does not exist would never be found, and everything be safe."""
    spec = replace(GOOGLE, **changes)

    with pytest.raises(InputError, match=said):
        google_moderate_text.build(replace(spec, target=f"{spec.target}@http://127.0.0.1:1"))


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("gr4abc/DRAFT", "/v1/guardrail/gr4abc/version/DRAFT/apply"),
        (
            "arn:aws:bedrock:eu-central-1:123456789012:guardrail/gr4abc/12",
            "/v1/guardrail/arn%3Aaws%3Abedrock%3Aeu-central-1%3A123456789012%3Aguardrail%2Fgr4abc/version/12/apply",
        ),
    ],
)
def test_a_guardrail_of_bedrock_is_called_by_its_name(monkeypatch: pytest.MonkeyPatch, target: str, path: str) -> None:
    """The slash of an ARN is none of the path."""
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "k-1")
    sent, found = asked(bedrock_guardrails, replace(BEDROCK, target=target), NO_ACTION)

    assert found == Verdict(decision=Decision.ALLOW)
    assert sent["path"].replace(":", "%3A") == path
    assert sent["headers"]["Authorization"] == "Bearer k-1"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"target": "gr4abc"}, "is no guardrail with its version"),
        ({"target": "gr4abc/latest"}, "is no guardrail with its version"),
        ({"threshold": 0.5}, "leave out `threshold`"),
        ({"options": (("tier", "standard"),)}, "has no option 'tier'"),
    ],
)
def test_what_is_wrong_of_bedrock_has_a_way_out(changes: dict[str, Any], said: str) -> None:
    """Nothing that a study says of the guardrail is ignored in silence."""
    spec = replace(BEDROCK, **changes)

    with pytest.raises(InputError, match=said):
        bedrock_guardrails.build(replace(spec, target=f"{spec.target}@http://127.0.0.1:1"))


@given(
    st.sampled_from([raw for raw, _ in bedrock_guardrails.EXAMPLES if isinstance(raw, dict) and raw]).flatmap(replaced)
)
def test_no_answer_of_bedrock_is_too_strange_to_be_read(raw: Any) -> None:
    """Only an answer that says NONE lets pass, or one that says that it has masked."""
    reply = bedrock_guardrails.read(raw)

    json.dumps(reply_as_json(reply), ensure_ascii=False).encode()
    if isinstance(reply, Verdict) and reply.decision is Decision.ALLOW:
        assert raw["action"] == "NONE" or "ANONYMIZED" in json.dumps(raw["assessments"])


@given(
    st.sampled_from([raw for raw, _ in google_moderate_text.EXAMPLES if isinstance(raw, dict) and raw]).flatmap(
        replaced
    )
)
def test_no_answer_of_google_is_too_strange_to_be_read(raw: Any) -> None:
    """A score is the confidence of one of its categories, from 0 to 1."""
    reply = google_moderate_text.read(raw)

    json.dumps(reply_as_json(reply), ensure_ascii=False).encode()
    if isinstance(reply, Verdict) and reply.score is not None:
        assert reply.score in [each["confidence"] for each in raw["moderationCategories"] if "confidence" in each]
        assert 0 <= reply.score <= 1
