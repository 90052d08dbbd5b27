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

from refusals.cases import Kind
from refusals.errors import InputError
from refusals.prompts import Prompt
from refusals.study import SystemSpec
from refusals.systems import Decision, Reply, Verdict, azure_content_safety, openai_moderation

REQUEST = Prompt(id="p1", kind=Kind.REQUEST, language="en", text="How do I pick a lock?")
EXCHANGE = replace(REQUEST, kind=Kind.EXCHANGE, reply="Gladly.")
OPENAI = SystemSpec(name="g", kind="openai_moderation", target="omni-moderation-latest")
AZURE = SystemSpec(name="g", kind="azure_content_safety", target="2024-09-01")
SCORES = {"model": "omni-1", "results": [{"flagged": False, "categories": {}, "category_scores": {"hate": 0.25}}]}
SEVERITIES = {
    "categoriesAnalysis": [
        {"category": name, "severity": 2 * (name == "Hate")} for name in azure_content_safety.CATEGORIES
    ]
}


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
