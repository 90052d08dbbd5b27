"""The table of signals knows every value that the SDKs know, and readers say of each what the table says."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from refusals.errors import InputError
from refusals.schema import schema
from refusals.systems import Failure, Finish, Reply, Text, bedrock, gemini, mistral, openai_compatible
from refusals.systems import anthropic as anthropic_messages
from refusals.systems._chat_completions import DIALECTS
from refusals.systems._signals import Field, Means, ended, field, merged, providers, read_table

TABLE = Path(openai_compatible.__file__).with_name("signals.yaml")
FIXTURES = {path.stem: json.loads(path.read_text("utf-8")) for path in Path(__file__).parent.glob("fixtures/*.json")}
READERS: dict[str, Callable[[object], Reply]] = {
    "anthropic-messages": anthropic_messages.read,
    "openai-chat": openai_compatible.read,
    "openai-responses": openai_compatible.read,
    "azure-openai": openai_compatible.read,
    "gemini": gemini.read,
    "bedrock-converse": bedrock.read,
    "mistral": mistral.read,
}
ANSWERS = [(provider, answer) for provider, made in FIXTURES.items() for answer in made["answers"]]
WITHOUT_SDK = {"vllm"}  # a server; and Azure's own fields are Microsoft's documentation, in OpenAI's types


def _named(found: tuple[str, dict[str, Any]]) -> str:
    provider, answer = found
    return f"{provider}-{answer['field']}-{answer['value']}"


def test_every_provider_with_an_sdk_has_a_fixture() -> None:
    """No provider's values stand in the table on our word alone."""
    assert set(FIXTURES) | WITHOUT_SDK == set(providers())
    assert set(READERS) == set(FIXTURES)


@pytest.mark.parametrize("provider", FIXTURES)
def test_every_value_that_an_sdk_knows_is_in_the_table(provider: str) -> None:
    """A fixture that was built again with a newer SDK fails here until the table says what its new values are."""
    made, fields = FIXTURES[provider], providers()[provider].fields

    assert {name: set(values) - set(fields[name].values) for name, values in made["known"].items()} == {
        name: set() for name in made["known"]
    }
    assert sorted((answer["field"], answer["value"]) for answer in made["answers"]) == sorted(
        (name, value) for name, values in made["known"].items() for value in values
    )


@pytest.mark.parametrize("provider", sorted(set(FIXTURES) - {"azure-openai"}))
def test_the_table_names_the_sdk_that_its_fixture_was_built_with(provider: str) -> None:
    """What the page says of source and version is what the values were compared with."""
    assert (FIXTURES[provider]["sdk"], FIXTURES[provider]["version"]) == (
        providers()[provider].source,
        providers()[provider].version,
    )
    assert "not recorded" in FIXTURES[provider]["built"]


@pytest.mark.parametrize(("provider", "answer"), ANSWERS, ids=map(_named, ANSWERS))
def test_a_reader_says_what_the_table_says(provider: str, answer: dict[str, Any]) -> None:
    """From the answer that an SDK's types make of a value, the reader gets just the outcome that the table has."""
    said = providers()[provider].fields[answer["field"]].means(answer["value"])
    reply = READERS[provider](answer["raw"])

    if said in (Means.ERROR, Means.LASTING_ERROR):
        assert isinstance(reply, Failure)
        assert reply.lasting is (said is Means.LASTING_ERROR)
        assert answer["value"] in reply.message
    elif said is Means.PASSES:  # so something else in the answer has decided
        assert isinstance(reply, Text)
    else:
        assert isinstance(reply, Text)
        assert reply.finish == said.value
        assert answer["value"] in reply.signal or answer["field"] == reply.signal


@pytest.mark.parametrize("provider", FIXTURES)
def test_a_value_nobody_has_told_us_of_is_unknown(provider: str) -> None:
    """For every field that says how an answer ended, a new value is `unknown`, and no answer completes with it."""
    for answer in FIXTURES[provider]["answers"]:
        if answer["field"].startswith(("error.", "message.")):
            continue
        text = json.dumps(answer["raw"])
        reply = READERS[provider](json.loads(text.replace(json.dumps(answer["value"]), '"BRAND_NEW"')))

        assert isinstance(reply, Text)
        assert (reply.finish, "BRAND_NEW" in reply.signal) == (Finish.UNKNOWN, True)


def test_the_dialects_of_one_protocol_do_not_contradict_each_other() -> None:
    """Any server may speak any of them, so a value is one thing in all."""
    for name in {name for dialect in DIALECTS for name in providers()[dialect].fields}:
        assert field(name, *DIALECTS).values

    one = Field(other=Means.UNKNOWN, values={"stop": Means.COMPLETE}, notes={})
    with pytest.raises(InputError, match="reason=stop is complete and blocked among a, b"):
        merged("reason", {"a": one, "b": replace(one, values={"stop": Means.BLOCKED})})
    with pytest.raises(InputError, match="has the field 'reason'"):
        merged("reason", {})


def test_the_table_has_the_shape_that_its_schema_gives() -> None:
    """The reference validator agrees on the file, and the schema is one."""
    jsonschema.Draft202012Validator.check_schema(schema("signals"))
    jsonschema.validate(yaml.load(TABLE.read_text("utf-8"), Loader=yaml.BaseLoader), schema("signals"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("end_turn: complete", "end_turn: done"), "'done'"),
        (("other: unknown", "others: unknown"), "'others'"),
        (("tool_use: No tools", "tools: No tools"), "a note on 'tools'"),
        (("  version: 2.12.0\n", ""), "lacks the key 'version'"),
    ],
)
def test_a_wrong_table_is_refused_with_its_place(change: tuple[str, str], message: str) -> None:
    """What is wrong in the file is said with line and column."""
    with pytest.raises(InputError, match=rf"signals\.yaml:\d+:\d+.*{message}"):
        read_table(TABLE.read_text("utf-8").replace(*change, 1).encode(), "signals.yaml")


def test_nothing_said_is_unknown() -> None:
    """Where every field passes, the end of an answer is unknown and not complete."""
    assert ended(Means.PASSES, "status=") is Finish.UNKNOWN


def test_the_page_of_signals_is_todays() -> None:
    """docs/signals.md is made from the table, and made again when it changes."""
    from benchmarks.pages import joined
    from benchmarks.signals_page import DOC, page

    assert DOC.read_text("utf-8") == joined(page())
