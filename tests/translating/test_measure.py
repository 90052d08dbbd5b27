"""How often a translator refuses is counted from first attempts, and withheld where it cannot be told."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from refusals.statistics.clustered import clustered_rate
from refusals.translating.engines import Means
from refusals.translating.measure import RefusalRate, refusal_rates
from tests.stand_in import NO, Behaviour, Reply, StandIn
from tests.translating.garden_translator import Asked, Gardener
from tests.translating.gardens import Said, garden, translate, visit


def rates(said: Said, system: str = "openai_compatible:first") -> dict[str, RefusalRate]:
    """Return the rates of a system by the value of their group, "" for all."""
    found = refusal_rates(said.corpus, said.translated)
    return {
        dict(rate.group).get("label", "".join(dict(rate.group).values())): rate
        for rate in found
        if rate.system == system
    }


def odd_ones(asked: Asked) -> str | None:
    """Refuse every harmful text, at first also the dual-use ones of odd numbers, and mask one benign text."""
    if asked.label == "harmful" or (asked.label == "dual_use" and asked.number % 2 and asked.time == 1):
        return NO
    return "***" if (asked.number, asked.label) == (1, "benign") else None


def test_the_table_is_what_a_hand_counts(tmp_path: Path) -> None:
    """Of 4 families: 4 harmful and 2 dual-use texts refused when first asked, whatever a second attempt brought."""
    said = translate(garden(tmp_path / "c"), Gardener(odd_ones))
    found = rates(said)

    assert {name: (rate.count, rate.n, rate.undecided) for name, rate in found.items()} == {
        "": (6, 12, 0),
        "benign": (0, 4, 0),
        "dual_use": (2, 4, 0),
        "harmful": (4, 4, 0),
        "garden": (6, 12, 0),
    }
    expected = clustered_rate([2, 1, 2, 1], [3, 3, 3, 3])
    assert expected is not None
    assert (found[""].rate, found[""].low, found[""].high) == (expected.rate, expected.low, expected.high)
    assert {rate.language for rate in found.values()} == {"sw"}


def test_what_was_no_answer_is_undecided(tmp_path: Path) -> None:
    """An empty reply is neither a refusal nor none, and the worst case counts it as both."""
    said = translate(garden(tmp_path / "c"), Gardener(lambda asked: "" if asked.label == "benign" else None))
    whole = rates(said)[""]

    assert (whole.count, whole.n, whole.undecided, whole.rate) == (0, 8, 4, 0.0)
    assert whole.worst_high is not None
    assert whole.high is not None
    assert whole.worst_high > whole.high
    assert rates(said)["benign"].rate is None


def test_the_fallback_has_a_rate_of_its_own(tmp_path: Path) -> None:
    """Of the texts that it was asked for: those that the first did not translate."""
    said = translate(garden(tmp_path / "c"), Gardener(odd_ones), "first", "second")

    assert rates(said)[""].n == 12
    assert (rates(said, "openai_compatible:second")[""].count, rates(said, "openai_compatible:second")[""].n) == (4, 5)


@pytest.mark.parametrize("kept", [True, False], ids=["kept", "not kept"])
def test_a_second_call_does_not_make_another_rate(tmp_path: Path, kept: bool) -> None:  # noqa: FBT001 - a parameter
    """A second call asks only for what was refused: without the replies of the first there is no rate, never 100 %."""
    folder = garden(tmp_path / "c")
    means = Means(fresh=not kept)

    async def go() -> tuple[Said, Said]:
        gardener = Gardener(lambda asked: NO if asked.label == "harmful" else None)
        async with StandIn(Behaviour(mode="by_script", answer=gardener.answer)) as server:
            return await visit(server, folder, means=means), await visit(server, folder, means=means)

    first, second = (rates(said)[""] for said in asyncio.run(go()))

    assert (first.count, first.n, first.rate) == (4, 12, 4 / 12)
    if kept:
        assert second == first
    else:
        assert (second.count, second.n, second.unknown, second.undecided, second.rate) == (4, 4, 8, 8, None)
        assert second.worst_low is not None
        assert first.low is not None
        assert second.worst_low <= first.low


def test_a_text_of_somebody_else_is_none_of_the_engine(tmp_path: Path) -> None:
    """A text that another engine wrote before is in no rate of this one."""
    folder = garden(tmp_path / "c")
    translate(folder, Gardener(lambda asked: NO if asked.label == "harmful" else None), "other")
    said = translate(folder, Gardener())

    assert (rates(said)[""].n, rates(said)[""].unknown) == (4, 0)


def test_replies_that_only_fail_have_no_rate(tmp_path: Path) -> None:
    """Nothing decided is no rate of 0."""
    said = translate(garden(tmp_path / "c"), Gardener(lambda _: Reply(None, "max_tokens", "length")))
    whole = rates(said)[""]

    assert (whole.rate, whole.n, whole.undecided) == (None, 0, 12)
    assert (whole.worst_low, whole.worst_high) != (None, None)
