"""Gemini, Bedrock, Mistral and OpenAI's Responses over HTTP: what is sent where, with which key, what comes back."""

import asyncio
import json
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refusals.cases import Kind, Turn
from refusals.errors import InputError
from refusals.prompts import Prompt
from refusals.study import SystemSpec
from refusals.systems import CallError, Failure, Finish, Reply, Text, reply_as_json
from tests.systems.answering import Asked, answering, ask
from tests.systems.hostile_answers import replaced

CANARY = "sk-CANARY-7f8e9d0c"
FIXTURES = Path(__file__).parent / "fixtures"
SAID = "  Wie öffne ich\nein Schloss? 🔒 "
PROMPT = Prompt(id="p1", kind=Kind.REQUEST, language="de", text=SAID)
TURNS = (("system", "Be kind."), ("user", "Hi"), ("assistant", "Hello"), ("user", "And now?"))


def conversation(turns: tuple[tuple[str, str], ...]) -> Prompt:
    """Return the prompt that a conversation is."""
    made = tuple(Turn(role=role, text=text) for role, text in turns)
    return replace(PROMPT, text="", kind=Kind.CONVERSATION, turns=made)


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """A system, what it sends, and the fixture that it is answered with."""

    kind: str
    variable: str
    model: str
    path: str
    header: tuple[str, str]
    body: dict[str, Any]
    turns: dict[str, Any]
    fixture: str
    options: tuple[tuple[str, str], ...] = ()
    names_model: bool = True

    def spec(self, url: str, **changes: Any) -> SystemSpec:
        """Return the spec of the model at an address."""
        made = SystemSpec(name="m", kind=self.kind, target=f"{self.model}@{url}", timeout=20.0, options=self.options)
        return replace(made, **changes)

    def answer(self, value: str) -> Any:
        """Return the fixture's answer with a value."""
        made = json.loads((FIXTURES / f"{self.fixture}.json").read_text("utf-8"))
        return next(each["raw"] for each in made["answers"] if each["value"] == value)

    def ask(self, answer: Any, prompt: Prompt = PROMPT, status: int = 200, **changes: Any) -> tuple[Reply, Asked]:
        """Return the reply that an answer becomes, and what was asked."""

        async def run() -> tuple[Reply, Asked]:
            async with answering(answer, status) as server:
                module = import_module(f"refusals.systems.{self.kind}")
                reply = await ask(module, self.spec(server.url, **changes), prompt)
                (asked,) = server.asked
                return reply, asked

        return asyncio.run(run())


OPENAI_TURNS = [{"role": role, "content": text} for role, text in TURNS]
GEMINI = Protocol(
    kind="gemini", variable="GEMINI_API_KEY", model="gemini-m", path="/models/gemini-m:generateContent",
    header=("x-goog-api-key", CANARY), fixture="gemini",
    body={"contents": [{"role": "user", "parts": [{"text": SAID}]}], "generationConfig": {"maxOutputTokens": 1024}},
    turns={
        "systemInstruction": {"parts": [{"text": "Be kind."}]},
        "contents": [
            {"role": "user", "parts": [{"text": "Hi"}]},
            {"role": "model", "parts": [{"text": "Hello"}]},
            {"role": "user", "parts": [{"text": "And now?"}]},
        ],
        "generationConfig": {"maxOutputTokens": 1024},
    },
)  # fmt: skip
BEDROCK = Protocol(
    kind="bedrock", variable="AWS_BEARER_TOKEN_BEDROCK", model="arn:aws:bedrock:eu:1:inference-profile/eu.m-1:0",
    path="/model/arn:aws:bedrock:eu:1:inference-profile%2Feu.m-1:0/converse",
    header=("authorization", f"Bearer {CANARY}"), fixture="bedrock-converse", names_model=False,
    body={"messages": [{"role": "user", "content": [{"text": SAID}]}], "inferenceConfig": {"maxTokens": 1024}},
    turns={
        "system": [{"text": "Be kind."}],
        "messages": [{"role": role, "content": [{"text": text}]} for role, text in TURNS[1:]],
        "inferenceConfig": {"maxTokens": 1024},
    },
)  # fmt: skip
MISTRAL = Protocol(
    kind="mistral", variable="MISTRAL_API_KEY", model="m-large", path="/chat/completions",
    header=("authorization", f"Bearer {CANARY}"), fixture="mistral",
    body={"model": "m-large", "max_tokens": 1024, "messages": [{"role": "user", "content": SAID}]},
    turns={"model": "m-large", "max_tokens": 1024, "messages": OPENAI_TURNS},
)  # fmt: skip
RESPONSES = Protocol(
    kind="openai_compatible", variable="OPENAI_API_KEY", model="m-1", path="/responses",
    options=(("api", "responses"),),
    header=("authorization", f"Bearer {CANARY}"), fixture="openai-responses",
    body={"model": "m-1", "max_output_tokens": 1024, "store": False, "input": [{"role": "user", "content": SAID}]},
    turns={"model": "m-1", "max_output_tokens": 1024, "store": False, "input": OPENAI_TURNS},
)  # fmt: skip
PROTOCOLS = {each.kind: each for each in (GEMINI, BEDROCK, MISTRAL, RESPONSES)}
COMPLETE = {"gemini": "STOP", "bedrock": "end_turn", "mistral": "stop", "openai_compatible": "completed"}
BLOCKED = [
    ("gemini", "SAFETY"),
    ("gemini", "PROHIBITED_CONTENT"),
    ("bedrock", "guardrail_intervened"),
    ("openai_compatible", "refusal"),
    ("openai_compatible", "bio_policy"),
]


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for each in PROTOCOLS.values():
        monkeypatch.setenv(each.variable, CANARY)


@pytest.fixture(params=PROTOCOLS)
def protocol(request: pytest.FixtureRequest) -> Protocol:
    """All protocols in turn."""
    return PROTOCOLS[request.param]


def test_a_request_is_sent_as_it_is_and_nothing_beside_it(protocol: Protocol) -> None:
    """The text goes as it stands to the protocol's own path, with the key in its own header, and comes back as text."""
    reply, asked = protocol.ask(protocol.answer(COMPLETE[protocol.kind]))

    name, value = protocol.header
    assert (asked.path, asked.body, asked.headers[name]) == (protocol.path, protocol.body, value)
    assert isinstance(reply, Text)
    assert (reply.finish, reply.text) == (Finish.COMPLETE, "Of course. First read the manual.")
    assert reply.model == ("m-1" if protocol.names_model else "")
    assert (reply.input_tokens, reply.output_tokens) == (9, 5)


def test_a_conversation_is_sent_turn_by_turn(protocol: Protocol) -> None:
    """Each role has its place in the protocol."""
    _, asked = protocol.ask(protocol.answer(COMPLETE[protocol.kind]), conversation(TURNS))

    assert asked.body == protocol.turns


@pytest.mark.parametrize("kind", ["gemini", "bedrock"])
def test_a_system_that_speaks_later_cannot_be_sent(kind: str) -> None:
    """Where the protocol has a place for the system at the beginning only, the rest is an error and costs no call."""
    late = conversation((("user", "Hi"), ("assistant", "Hello"), ("system", "Be kind."), ("user", "And now?")))

    with pytest.raises(CallError, match="at the beginning only") as caught:
        PROTOCOLS[kind].ask({}, late)

    assert not caught.value.again


@pytest.mark.parametrize(("kind", "value"), BLOCKED)
def test_a_block_by_the_provider_is_a_reply(kind: str, value: str) -> None:
    """A refusal with status 200 is a result, whatever field it stands in."""
    reply, _ = PROTOCOLS[kind].ask(PROTOCOLS[kind].answer(value))

    assert isinstance(reply, Text)
    assert reply.finish is Finish.BLOCKED
    assert value in reply.signal


@pytest.mark.parametrize(
    ("kind", "value", "again"),
    [
        ("gemini", "LANGUAGE", False),
        ("gemini", "PUP_LIMITED_DISABLED", False),
        ("gemini", "MALFORMED_RESPONSE", True),
        ("bedrock", "malformed_model_output", True),
        ("mistral", "error", True),
        ("openai_compatible", "server_error", True),
        ("openai_compatible", "data_residency_mismatch", False),
    ],
)
def test_an_error_in_place_of_an_answer_is_asked_again_where_that_may_help(
    kind: str,
    value: str,
    again: bool,  # noqa: FBT001 - a table of examples
) -> None:
    """What the table calls an error never becomes a reply, and a lasting one costs no second call."""
    with pytest.raises(CallError, match=value) as caught:
        PROTOCOLS[kind].ask(PROTOCOLS[kind].answer(value))

    assert again == caught.value.again


@pytest.mark.parametrize(("status", "again", "throttled"), [(400, False, False), (429, True, True), (503, True, False)])
def test_a_status_that_is_no_success_is_an_error(
    protocol: Protocol,
    status: int,
    again: bool,  # noqa: FBT001 - a table of examples
    throttled: bool,  # noqa: FBT001 - a table of examples
) -> None:
    """The rule of all servers holds here too, and the key shows in no error."""
    with pytest.raises(CallError) as caught:
        protocol.ask({"error": {"message": f"no: {CANARY}"}, "message": "no"}, status=status)

    assert (caught.value.again, caught.value.throttled) == (again, throttled)
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize("kind", PROTOCOLS)
@given(data=st.data())
def test_no_answer_is_too_strange_to_be_read(kind: str, data: st.DataObject) -> None:
    """Whatever stands in an answer, the reply can be stored, and an unknown literal never completes it."""
    module = import_module(f"refusals.systems.{kind}")
    examples = [raw for raw, _ in module.EXAMPLES if isinstance(raw, dict) and raw]
    reply = module.read(data.draw(st.sampled_from(examples).flatmap(replaced)))

    assert isinstance(reply, Text | Failure)
    json.dumps(reply_as_json(reply), ensure_ascii=False).encode()
    if isinstance(reply, Text) and reply.finish is Finish.COMPLETE:
        assert reply.signal.rpartition("=")[2] in {"STOP", "end_turn", "stop_sequence", "stop", "completed"}


def test_the_identity_is_what_is_sent_and_to_whom(protocol: Protocol) -> None:
    """What changes the answer changes the identity; what does not, leaves it, and the key is not in it."""
    module = import_module(f"refusals.systems.{protocol.kind}")
    url = "https://models.example/v1"
    identity = module.build(protocol.spec(url)).identity
    others = [
        protocol.spec("https://models.example/v2"),
        protocol.spec(url, max_tokens=9),
        protocol.spec(url, target=f"m-2@{url}"),
    ]

    assert identity == module.build(protocol.spec(url, timeout=1.0, concurrency=3)).identity
    assert all(module.build(spec).identity != identity for spec in others)
    assert CANARY not in json.dumps(identity)


@pytest.mark.parametrize(
    ("kind", "changes", "message"),
    [
        ("gemini", {"options": (("temperature", "0"),)}, "has no option 'temperature'"),
        ("mistral", {"kinds": ("transcript",)}, "reads no 'transcript'"),
        ("bedrock", {"target": "m-1"}, "write bedrock:MODEL@BASE_URL"),
        ("bedrock", {"key": "TEAM_KEY"}, "environment variable TEAM_KEY"),
        ("openai_compatible", {"options": (("api", "assistants"),)}, "api cannot be 'assistants'"),
        (
            "openai_compatible",
            {"options": (("api", "responses"), ("max-tokens-field", "max_tokens"))},
            "max-tokens-field is for api: chat-completions",
        ),
    ],
)
def test_a_wrong_setting_is_answered_with_a_way_out(kind: str, changes: dict[str, Any], message: str) -> None:
    """What cannot work is said when the system is made, before the first call."""
    with pytest.raises(InputError, match=message):
        import_module(f"refusals.systems.{kind}").build(PROTOCOLS[kind].spec("https://models.example", **changes))


@pytest.mark.parametrize("kind", ["gemini", "mistral"])
def test_a_provider_with_one_address_needs_none(kind: str) -> None:
    """`gemini:MODEL` and `mistral:MODEL` go to the provider."""
    identity = import_module(f"refusals.systems.{kind}").build(PROTOCOLS[kind].spec("", target="m-1")).identity

    assert identity["url"].startswith("https://")
