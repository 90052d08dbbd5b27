"""What an option of `anthropic` sends, and that nothing is sent, or kept under, beside what is chosen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args, get_type_hints

import pytest
from anthropic.types import (
    OutputConfigParam,
    ThinkingConfigAdaptiveParam,
    ThinkingConfigDisabledParam,
    ThinkingConfigEnabledParam,
)

from refusals.cases import Kind, Turn
from refusals.errors import InputError
from refusals.prompts import Prompt
from refusals.study import SystemSpec
from refusals.systems import Terms
from refusals.systems._messages_request import EFFORTS, POLL, THINKING, Request, Way, read_request

SPEC = SystemSpec(name="claude", kind="anthropic", max_tokens=4096)
PROMPT = Prompt(id="p1", kind=Kind.REQUEST, language="en", text="How do I pick a lock?")
TURNS = (Turn(role="system", text="Be kind."), Turn(role="user", text="Hi"))
OTHERS = {"model": "m", "max_tokens": 4096, "messages": [{"role": "user", "content": PROMPT.text}]}
MARK = {"cache_control": {"type": "ephemeral"}}


def request(**options: str) -> Request:
    """Return the request that options choose."""
    return read_request(replace(SPEC, options=tuple(options.items())), "m")[0]


def way(**options: str) -> Way:
    """Return the way that options choose."""
    return read_request(replace(SPEC, options=tuple(options.items())), "m")[1]


@pytest.mark.parametrize(
    ("options", "sent"),
    [
        ({}, {}),
        ({"thinking": "adaptive"}, {"thinking": {"type": "adaptive"}}),
        ({"thinking": "disabled"}, {"thinking": {"type": "disabled"}}),
        ({"thinking": "1024"}, {"thinking": {"type": "enabled", "budget_tokens": 1024}}),
        ({"effort": "xhigh"}, {"output_config": {"effort": "xhigh"}}),
        ({"system": "Be brief."}, {"system": "Be brief."}),
        ({"system": "Be brief.", "cache": "false"}, {"system": "Be brief."}),
        (
            {"system": "Be brief.", "cache": "true"},
            {"system": [{"type": "text", "text": "Be brief.", **MARK}]},
        ),
        ({"batch": "true", "poll": "5"}, {}),
    ],
)
def test_an_option_sends_what_it_says_and_nothing_else(options: dict[str, str], sent: dict[str, Any]) -> None:
    """No fallback to another model, no tools, no sampling parameter, whatever is chosen."""
    assert request(**options).body(PROMPT) == {**OTHERS, **sent}


def test_the_values_are_those_of_the_sdk() -> None:
    """Efforts and kinds of thinking are what the installed SDK's types allow; `between_tools` needs tools."""
    hints = get_type_hints(OutputConfigParam)["effort"]
    efforts = [value for member in get_args(hints) for value in get_args(member)]
    kinds = [
        get_args(get_args(get_type_hints(each, include_extras=True)["type"])[0])[0]
        for each in (ThinkingConfigAdaptiveParam, ThinkingConfigDisabledParam, ThinkingConfigEnabledParam)
    ]

    assert list(EFFORTS) == efforts
    assert [*THINKING, "enabled"] == kinds


def test_a_system_prompt_stands_before_that_of_a_case() -> None:
    """Neither takes the other's place, and only the study's own is the same for all, so only that is cached."""
    talk = replace(PROMPT, kind=Kind.CONVERSATION, text="", turns=TURNS)
    own = {"type": "text", "text": "Be kind."}

    assert request().body(talk)["system"] == "Be kind."
    assert request(system="Be brief.").body(talk)["system"] == [{"type": "text", "text": "Be brief."}, own]
    assert request(system="Be brief.", cache="true").body(talk)["system"] == [
        {"type": "text", "text": "Be brief.", **MARK},
        own,
    ]
    assert request(system="Be brief.").body(talk)["messages"] == [{"role": "user", "content": "Hi"}]


def test_each_option_that_is_sent_is_part_of_the_identity() -> None:
    """What changes an answer changes what replies are kept under; how requests travel does not."""
    chosen: list[dict[str, str]] = [
        {},
        {"thinking": "adaptive"},
        {"thinking": "disabled"},
        {"thinking": "2048"},
        {"thinking": "2049"},
        {"effort": "low"},
        {"effort": "max"},
        {"system": "Be brief."},
        {"system": "Be brief.", "cache": "true"},
        {"system": "Be long."},
    ]
    identities = [request(**each).identity for each in chosen]

    assert all(one != other for place, one in enumerate(identities) for other in identities[:place])
    assert request(batch="true").identity == request().identity == {"model": "m", "max_tokens": 4096}


def test_terms_are_half_for_batches_and_count_the_system_prompt() -> None:
    """A byte of a cached one is taken for a quarter more, since any call may be the one that writes it."""
    assert request().terms(batch=False) == Terms(share=1.0, beside=0)
    assert request(system="Größe").terms(batch=True) == Terms(share=0.5, beside=7)
    assert request(system="Größe", cache="true").terms(batch=False) == Terms(share=1.0, beside=9)


def test_a_batch_is_chosen_and_looked_at_now_and_then() -> None:
    """Live calls are the default."""
    assert way() == Way(batch=False, poll=POLL)
    assert way(batch="true") == Way(batch=True, poll=POLL)
    assert way(batch="true", poll="0.5") == Way(batch=True, poll=0.5)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fallbacks": "m-2"}, "has no option 'fallbacks'"),
        ({"thinking": "1023"}, "a number of tokens from 1024 on and below max-tokens, which is 4096"),
        ({"thinking": "4096"}, "below max-tokens"),
        ({"thinking": "adaptiv"}, "did you mean 'adaptive'"),
        ({"thinking": "enabled"}, "a number of tokens"),
        ({"effort": "highest"}, "effort cannot be 'highest'"),
        ({"system": " "}, "system prompt is empty"),
        ({"cache": "true"}, "give one as `system`"),
        ({"system": "x", "cache": "yes"}, "cache cannot be 'yes'"),
        ({"batch": "yes"}, "allowed: true, false"),
        ({"poll": "5"}, "`poll` is for batches"),
        *(({"batch": "true", "poll": poll}, "seconds above 0") for poll in ("0", "-1", "nan", "inf", "soon", "3601")),
    ],
)
def test_a_wrong_option_is_answered_with_what_is_allowed(options: dict[str, str], message: str) -> None:
    """Nothing is sent that the API would have to refuse, and nothing is ignored."""
    with pytest.raises(InputError, match=message):
        request(**options)
