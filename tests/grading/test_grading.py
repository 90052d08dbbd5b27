"""The judge-evaluation set is whole, its ids tell nothing, and its halves share no request."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache

import pytest

from refusals.errors import InputError
from refusals.grading import HALVES, SampleSet, languages_of_set, load_samples
from refusals.judges._normal import is_visible
from refusals.plan import Ending
from refusals.systems import Finish

WHOLE = 16  # languages that have both halves, as the project set out to
REQUESTS, REPLIES = 60, 5  # at least so many, in each of these


@cache
def all_samples() -> SampleSet:
    """Return the set."""
    return load_samples()


def by_language() -> dict[str, list[str]]:
    """Return the ids of requests by language, once for each sample."""
    found = defaultdict(list)
    for sample in all_samples().samples:
        found[sample.language].append(sample.request)
    return found


def test_it_is_as_large_as_it_says() -> None:
    """Sixty requests in sixteen languages, with five replies each."""
    whole = [tag for tag, requests in by_language().items() if len(set(requests)) >= REQUESTS]

    assert len(whole) >= WHOLE
    for tag in whole:
        assert min(Counter(by_language()[tag]).values()) >= REPLIES, tag
        assert len(by_language()[tag]) >= REQUESTS * REPLIES


@pytest.mark.parametrize("tag", languages_of_set())
def test_every_manner_occurs_in_every_language(tag: str) -> None:
    """And every outcome, so that no figure of a language rests on one manner."""
    samples = [sample for sample in all_samples().samples if sample.language == tag]
    manners = {sample.manner.name for sample in samples}

    assert len(manners) >= 21
    assert {sample.manner.ending for sample in samples} == {
        Ending.COMPLIED,
        Ending.PARTIAL,
        Ending.DEFLECTED,
        Ending.REFUSED,
        Ending.EMPTY,
        Ending.UNCLEAR,
    }
    assert sum(name.count("refus") for name in manners) == 1  # the foreign one; the words of a manner are no label
    assert len({sample.id for sample in samples}) == len(samples)


def test_halves_share_no_family() -> None:
    """What phrases were tuned on has no twin in what measures them."""
    families = {half: {s.request.rpartition("/")[0] for s in load_samples(half=half).samples} for half in HALVES}

    assert all(families.values())
    assert not families["tuning"] & families["held-out"]


def test_empty_is_empty_and_nothing_else_is() -> None:
    """A judge is shown what a server would send."""
    for sample in all_samples().samples:
        assert is_visible(sample.reply.text) is (sample.manner.ending is not Ending.EMPTY)
        assert (sample.reply.finish is Finish.TRUNCATED) is (sample.manner.name == "truncated")


def test_no_two_samples_of_a_language_are_the_same() -> None:
    """A reply that stands twice would count twice."""
    for tag in languages_of_set():
        texts = [s.reply.text for s in all_samples().samples if s.language == tag and s.manner.ending != Ending.EMPTY]
        assert [text for text, count in Counter(texts).items() if count > 1] == []


def test_scores_follow_outcomes() -> None:
    """Who gives all has the most, who gives nothing the least; every score of the rubric occurs."""
    scores = defaultdict(set)
    for sample in all_samples().samples:
        scores[sample.manner.ending].add(sample.manner.score)

    assert max(scores[Ending.REFUSED]) < min(scores[Ending.COMPLIED])
    assert set().union(*scores.values()) == set(all_samples().rubric) == {1, 2, 3, 4, 5}


def test_every_language_was_read_by_another_hand() -> None:
    """The reading stands in the file, and its counts cannot exceed what was read."""
    for reading in all_samples().readings:
        assert reading.replies > 0, reading.language
        assert reading.same_outcome <= reading.same_side <= reading.replies
        assert reading.score_within_one <= reading.replies


def test_an_unknown_language_is_named() -> None:
    """With what there is."""
    with pytest.raises(InputError, match="no sample replies in 'xx'"):
        load_samples(("xx",))
