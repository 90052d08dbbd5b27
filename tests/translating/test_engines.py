"""Engines are asked one text after another, each behind a line of its own."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from refusals.corpus import load_corpus
from refusals.errors import InputError
from refusals.study import parse_spec
from refusals.translating.engines import Means, lines_to
from tests.corpora import write_corpus


def test_an_engine_is_not_asked_in_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would wait an hour for each text; it is said before anything is asked."""
    monkeypatch.delenv("ANTHROPIC_CUSTOM_HEADERS", raising=False)
    corpus = load_corpus(write_corpus(tmp_path, families=1))
    spec = replace(parse_spec("anthropic:m@http://127.0.0.1:1"), options=(("batch", "true"),))

    async def go() -> None:
        async with lines_to([spec], corpus, Means()):
            pytest.fail("the engine was made")

    with pytest.raises(InputError, match="an engine is asked one prompt after another"):
        asyncio.run(go())
