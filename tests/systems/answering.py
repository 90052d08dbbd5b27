"""A server that gives one JSON answer to every POST, and keeps what it was asked."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from aiohttp import web

from refusals.prompts import Prompt
from refusals.study import SystemSpec
from refusals.systems import Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request: its path as it was sent, its headers, its JSON."""

    path: str
    headers: dict[str, str]
    body: Any


@dataclass(slots=True)
class Answering:
    """Where the server listens, and what it was asked."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)


@asynccontextmanager
async def answering(answer: Any, status: int = 200) -> AsyncIterator[Answering]:
    """Answer every POST with this JSON."""

    async def serve(request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        heard.asked.append(Asked(path=request.raw_path, headers=headers, body=await request.json()))
        return web.json_response(answer, status=status)

    heard = Answering()
    app = web.Application()
    app.add_routes([web.post("/{path:.*}", serve)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.05)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        heard.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield heard
    finally:
        await runner.cleanup()


async def ask(module: ModuleType, spec: SystemSpec, prompt: Prompt) -> Reply:
    """Ask a system once, as the runner does."""
    system = module.build(spec)
    try:
        ((identity, reply),) = [pair async for pair in system.respond([prompt])]
    finally:
        await system.close()
    assert identity == prompt.id
    return reply
