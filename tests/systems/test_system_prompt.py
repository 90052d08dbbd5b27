"""A chat model may be asked under a system prompt, which goes before that of the case and is part of the identity."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from refusals.cases import Kind, Turn, Wording
from refusals.errors import InputError
from refusals.prompts import Prompt, render
from refusals.study import parse_spec
from refusals.systems import bedrock, gemini, mistral, openai_compatible
from refusals.systems._server import Served

KINDS = {"bedrock": bedrock, "gemini": gemini, "mistral": mistral, "openai_compatible": openai_compatible}
ASKED = render(Wording(prompt="How do I prune a pear tree?"), Kind.REQUEST, "en")
TURNS = (Turn(role="system", text="You sell trees."), Turn(role="user", text="Which one?"))
TALKED = render(Wording(turns=TURNS), Kind.CONVERSATION, "en")


def served(kind: str, monkeypatch: pytest.MonkeyPatch, **options: str) -> Served:
    """Return the system with these options."""
    for name in ("OPENAI_API_KEY", "GEMINI_API_KEY", "MISTRAL_API_KEY", "AWS_BEARER_TOKEN_BEDROCK"):
        monkeypatch.setenv(name, "k")
    spec = replace(parse_spec(f"{kind}:m@http://127.0.0.1:9/v1"), options=tuple(options.items()))
    made = KINDS[kind].build(spec)
    assert isinstance(made, Served)
    return made


def sent(system: Served, prompt: Prompt) -> Mapping[str, object]:
    """Return the body for a prompt."""
    body = system.body(prompt)
    assert isinstance(body, Mapping)
    return body


@pytest.mark.parametrize("kind", KINDS)
def test_it_goes_first_and_once(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the case's own words after it, and before all that the user says."""
    system = served(kind, monkeypatch, system="Be brief.")

    for prompt, words in (
        (ASKED, ["Be brief.", ASKED.text]),
        (TALKED, ["Be brief.\\n\\nYou sell trees.", "Which one?"]),
    ):
        body = sent(system, prompt)
        written = json.dumps(body, ensure_ascii=False)
        assert [written.count(word) for word in words] == [1, 1]
        # Gemini and Bedrock have a place of its own for it.
        named = next((body[key] for key in ("system", "systemInstruction") if key in body), None)
        if named is None:
            assert written.index(words[0]) < written.index(words[1])
            assert '"role": "system"' in written
        else:
            assert words[0] in json.dumps(named)


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_part_of_the_identity(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a reply under another is not taken from the cache; without one nothing changes."""
    plain, one, other = (served(kind, monkeypatch, **given) for given in ({}, {"system": "a"}, {"system": "b"}))

    assert plain.identity is not None
    assert one.identity == {**plain.identity, "system": "a"}
    assert one.identity != other.identity
    assert "system" not in json.dumps(sent(plain, ASKED)).lower()


@pytest.mark.parametrize("kind", KINDS)
def test_one_without_words_is_refused(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty one is a slip, not a wish."""
    with pytest.raises(InputError, match="the system prompt is empty"):
        served(kind, monkeypatch, system=" ")
