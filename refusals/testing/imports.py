"""To import a plugin is to list it, so it does nothing but define."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from refusals.testing.modules import hold

if TYPE_CHECKING:
    from types import ModuleType


# What costs a noticeable part of a second to import: a plugin does so when it is built or asked.
HEAVY = frozenset(
    [
        "aiohttp",
        "anthropic",
        "any_guardrail",
        "google.genai",
        "httpx",
        "inspect_ai",
        "jax",
        "jinja2",
        "numpy",
        "openai",
        "pandas",
        "py3langid",
        "requests",
        "rich",
        "scipy",
        "sentencepiece",
        "sklearn",
        "tensorflow",
        "torch",
        "transformers",
        "vllm",
    ]
)


def check_inert(module: ModuleType) -> None:
    """Import the module in a process of its own, and see what else that did."""
    path = os.pathsep.join(entry for entry in sys.path if entry)
    done = subprocess.run(  # noqa: S603 - our own interpreter, and a module that is imported here already
        [sys.executable, "-B", "-c", f"from refusals.testing.imports import probe; probe({module.__name__!r})"],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    *printed, last = done.stdout.splitlines() or [""]
    reason = (done.stderr.strip().splitlines() or [""])[-1]
    hold(done.returncode == 0, f"{module.__name__} cannot be imported on its own: {reason}")
    hold(not printed and not done.stderr, f"importing {module.__name__} prints something; it must do nothing")
    for effect in json.loads(last):
        raise AssertionError(f"importing {module.__name__} {effect}; it must do nothing but define")


def probe(name: str) -> None:
    """Import a module and print, as a JSON list, what that did beside defining."""
    import logging
    import threading
    from importlib import import_module

    effects: list[str] = []
    loaded = set(sys.modules)

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
        if writes or event in ("socket.connect", "subprocess.Popen", "os.mkdir", "os.remove", "os.chdir"):
            effects.append(f"does {event} {arguments[0]!r}")

    def state() -> tuple[object, ...]:
        return dict(os.environ), threading.active_count(), list(logging.root.handlers), list(sys.path)

    before = state()
    sys.addaudithook(watch)
    import_module(name)
    after = state()
    names = ("changes the environment", "starts a thread", "sets logging up", "changes sys.path")
    effects += [said for said, old, new in zip(names, before, after, strict=True) if old != new]
    effects += [f"loads {heavy}" for heavy in sorted(HEAVY & (set(sys.modules) - loaded))]
    print(json.dumps(effects))  # noqa: T201 - the parent process reads it
