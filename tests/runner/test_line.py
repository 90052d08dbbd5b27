"""A line brings an answer for every prompt, whatever the system does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from refusals.cases import Kind, Wording
from refusals.prompts import Prompt, render
from refusals.runner.cache import Cache, cache_key
from refusals.runner.line import FAILURES_IN_A_ROW, Answer, Line, Purse
from refusals.study import Budget, SystemSpec
from refusals.systems import CallError, Failure, Reply, Terms, Text
from tests.runner.answering import HELP, Answering

SPEC = SystemSpec(name="x", kind="x", timeout=5.0, price_in=1.0, price_out=10.0)


def prompt(text: str = "How do I boil an egg?") -> Prompt:
    """Return a prompt of that text."""
    return render(Wording(prompt=text), Kind.REQUEST, "en")


def asked(line: Line, *prompts: Prompt) -> list[Answer]:
    """Ask and return all answers."""

    async def go() -> list[Answer]:
        return [answer async for answer in line.ask(prompts)]

    return asyncio.run(go())


def failing(times: int, error: CallError) -> Callable[[Prompt], Reply]:
    """Say the error so many times, then help."""
    left = [error] * times

    def say(_: Prompt) -> Reply:
        if left:
            raise left.pop()
        return Text(text=HELP)

    return say


def test_an_answer_says_what_it_took() -> None:
    """Attempts, cost and time stand beside the reply."""
    system = Answering(say=lambda _: Text(text=HELP, input_tokens=100, output_tokens=200))
    purse = Purse(Budget())
    (answer,) = asked(Line(SPEC, system, purse), prompt())

    assert answer.reply == Text(text=HELP, input_tokens=100, output_tokens=200)
    assert (answer.attempts, answer.cached, answer.sent) == (1, False, True)
    assert answer.cost == purse.cost == (100 * 1.0 + 200 * 10.0) / 1e6


def test_a_system_may_cost_less_than_its_price() -> None:
    """What a system states of its terms is in the cost that is counted."""

    class Halved(Answering):
        terms = Terms(share=0.5)

    system = Halved(say=lambda _: Text(text=HELP, input_tokens=100, output_tokens=200))
    purse = Purse(Budget())
    (answer,) = asked(Line(SPEC, system, purse), prompt())

    assert answer.cost == purse.cost == (100 * 1.0 + 200 * 10.0) / 1e6 / 2


def test_what_is_asked_again_stays_within_the_cap() -> None:
    """Of three that failed together, one more call is in the budget; the others end as they stood."""
    system = Answering(say=failing(99, CallError("500", again=True, after=0.0)), batch=None)
    line = Line(SPEC, system, Purse(Budget(max_calls=4)))
    answers = asked(line, *(prompt(f"{n}?") for n in range(3)))

    assert [answer.reply for answer in answers] == [Failure(message="500")] * 3
    assert sorted(answer.attempts for answer in answers) == [1, 1, 2]
    assert line.purse.calls == 4


def test_what_may_help_is_tried_again() -> None:
    """A 429 that asks for no wait is simply repeated."""
    system = Answering(say=failing(2, CallError("429", again=True, throttled=True, after=0.0)))
    (answer,) = asked(Line(SPEC, system, Purse(Budget())), prompt())

    assert answer.reply == Text(text=HELP)
    assert answer.attempts == 3


def test_attempts_are_bounded() -> None:
    """A server that always fails is asked so often, and then it is an error."""
    system = Answering(say=failing(99, CallError("500 always", again=True, after=0.0)))
    (answer,) = asked(Line(SPEC, system, Purse(Budget()), attempts=4), prompt())

    assert answer.reply == Failure(message="500 always")
    assert len(system.asked) == 4


def test_what_cannot_help_is_not_tried_again() -> None:
    """A wrong key stays wrong."""
    system = Answering(say=failing(99, CallError("401", again=False)))
    (answer,) = asked(Line(SPEC, system, Purse(Budget())), prompt())

    assert answer.reply == Failure(message="401")
    assert len(system.asked) == 1


@pytest.mark.parametrize("after", [1e9, 60.0])
def test_no_wait_outlasts_the_deadline(after: float) -> None:
    """A server that asks for an hour does not get it."""
    system = Answering(say=failing(99, CallError("429", again=True, throttled=True, after=after)))
    (answer,) = asked(Line(SPEC, system, Purse(Budget())), prompt())

    assert isinstance(answer.reply, Failure)
    assert len(system.asked) == 1


def test_a_call_that_hangs_ends_at_the_deadline() -> None:
    """The deadline is for the call with all its attempts."""
    system = Answering(latency=3600.0)
    spec = SystemSpec(name="x", kind="x", timeout=0.1)
    (answer,) = asked(Line(spec, system, Purse(Budget())), prompt())

    assert answer.reply == Failure(message="no answer within 0.1 s")


def test_a_system_that_forgets_a_prompt_has_failed_it() -> None:
    """Silence is an error, never an answer."""

    class Forgetful(Answering):
        async def respond(self, prompts):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
            async for answer in super().respond(prompts[:1]):
                yield answer

    answers = asked(Line(SPEC, Forgetful(batch=2), Purse(Budget())), prompt("One?"), prompt("Two?"))

    assert [type(answer.reply) for answer in answers] == [Text, Failure]


def test_only_prompts_without_an_answer_are_asked_again() -> None:
    """A batch that broke in the middle is not paid for twice."""
    broken = [CallError("cut", again=True, after=0.0)]

    def say(asked_for: Prompt) -> Reply:
        if asked_for.text == "Two?" and broken:
            raise broken.pop()
        return Text(text=HELP)

    system = Answering(say=say, batch=3)
    answers = asked(Line(SPEC, system, Purse(Budget())), prompt("One?"), prompt("Two?"), prompt("Three?"))

    assert [isinstance(answer.reply, Text) for answer in answers] == [True] * 3
    assert system.asked == ["One?", "Two?", "Two?", "Three?"]


def test_a_cap_on_calls_holds_back_the_rest() -> None:
    """What was not asked is said not to have been asked."""
    line = Line(SPEC, Answering(batch=None), Purse(Budget(max_calls=2)))
    answers = asked(line, *(prompt(f"{n}?") for n in range(5)))

    assert sorted(answer.sent for answer in answers) == [False] * 3 + [True] * 2
    assert {a.reply for a in answers if not a.sent} == {Failure(message="the budget of 2 calls is spent")}


def test_a_cap_on_cost_stops_further_calls() -> None:
    """The call that reaches the cap is the last one."""
    system = Answering(say=lambda _: Text(text=HELP, input_tokens=0, output_tokens=1_000_000))
    line = Line(SPEC, system, Purse(Budget(max_cost=15.0)))
    answers = [asked(line, prompt(f"{n}?"))[0] for n in range(4)]

    assert [answer.sent for answer in answers] == [True, True, False, False]
    assert "budget of 15 USD" in str(answers[-1].reply)


def test_a_line_that_only_fails_is_cut() -> None:
    """A wrong key does not cost a thousand calls; the rest says why it was not run."""
    system = Answering(say=failing(999, CallError("401 wrong key", again=False)))
    line = Line(SPEC, system, Purse(Budget()))
    answers = [asked(line, prompt(f"{n}?"))[0] for n in range(FAILURES_IN_A_ROW + 5)]

    assert len(system.asked) == FAILURES_IN_A_ROW
    assert not answers[-1].sent
    assert "stopped after 20 failures in a row, the last: 401 wrong key" in str(answers[-1].reply)


def test_a_reply_is_kept_under_what_was_sent_and_to_whom(tmp_path: Path) -> None:
    """Another model, another limit or another word is another question."""
    cache = Cache(tmp_path / "cache.sqlite")
    first = Line(SPEC, Answering(identity={"model": "a", "max_tokens": 5}), Purse(Budget()), cache)
    asked(first, prompt())

    assert first.recall(prompt()) is not None
    assert first.recall(prompt("How do I fry an egg?")) is None
    for other in ({"model": "b", "max_tokens": 5}, {"model": "a", "max_tokens": 6}, None):
        assert Line(SPEC, Answering(identity=other), Purse(Budget()), cache).recall(prompt()) is None
    cache.close()


def test_a_failure_is_never_kept(tmp_path: Path) -> None:
    """An outage must not answer for a system tomorrow."""
    cache = Cache(tmp_path / "cache.sqlite")
    line = Line(SPEC, Answering(say=failing(1, CallError("x", again=False)), identity={"a": 1}), Purse(Budget()), cache)
    asked(line, prompt())

    assert line.recall(prompt()) is None
    cache.close()


def test_a_broken_row_is_a_miss(tmp_path: Path) -> None:
    """Bytes of a cache are data that may be damaged."""
    import sqlite3

    cache = Cache(tmp_path / "cache.sqlite")
    key = cache_key({"a": 1}, prompt())
    cache.put([(key, Text(text=HELP))])
    assert cache.get(key) == Text(text=HELP)
    other = sqlite3.connect(tmp_path / "cache.sqlite", isolation_level=None)
    for damaged in ("{", "[]", "null", '{"type": "text", "colour": 1}', '{"type": "text", "finish": "sideways"}'):
        other.execute("UPDATE replies SET content = ?", (damaged,))
        assert cache.get(key) is None, damaged
    other.close()
    cache.close()


def test_each_repeat_has_its_own_place_in_the_cache(tmp_path: Path) -> None:
    """A second answer is never the first one again, and what is asked once is found where it always was."""
    cache = Cache(tmp_path / "cache.sqlite")
    line = Line(SPEC, Answering(identity={"model": "m"}), Purse(Budget()), cache)
    one = prompt("a?")
    asked(line, one)

    assert line.recall(one) is not None
    assert line.recall(one, 2) is None
    assert cache_key({}, one) == cache_key({}, one, 1) != cache_key({}, one, 2)
    cache.close()
